"""The ledger: payments and refunds change the account balance and the bills."""

from datetime import datetime

from console.sandbox.fulfilment import RecordEditor
from console.sandbox.records import Record
from console.sandbox.resources.shapes import instant


class PaymentLedger:
    """Books payments and refunds in billing once they are done."""

    def __init__(self, own: RecordEditor) -> None:
        self._own = own

    def book(self, record: Record, when: datetime) -> None:
        """Subtract the amount from the account's receivable balance, and from the bills that a payment names."""
        number = str((record.get("account") or {}).get("id"))
        account = self._own.one("billingAccount", number)
        amount = record.get("totalAmount") or {}
        if account is None or not isinstance(amount.get("value"), int | float):
            return
        balances = [
            {**balance, "amount": _less(balance["amount"], amount["value"])}
            if balance.get("balanceType") == "receivableBalance"
            else balance
            for balance in account.get("accountBalance", [])
        ]
        self._own.change("billingAccount", {**account, "accountBalance": balances, "lastModified": instant(when)}, when)
        for item in record.get("paymentItem", []):
            bill = self._own.one("customerBill", str((item.get("item") or {}).get("id")))
            paid = (item.get("amount") or {}).get("value")
            if bill is not None and isinstance(paid, int | float):
                self._own.change("customerBill", _paid(bill, record, item["amount"], when), when)


def _paid(bill: Record, payment: Record, amount: Record, when: datetime) -> Record:
    remaining = _less(bill["remainingAmount"], amount["value"])
    applied = [
        *bill.get("appliedPayment", []),
        {"appliedAmount": amount, "payment": {"id": payment["id"], "href": payment["href"]}},
    ]
    state = "settled" if remaining["value"] <= 0 else "partiallyPaid"
    return {
        **bill,
        "remainingAmount": remaining,
        "appliedPayment": applied,
        "state": state,
        "lastUpdate": instant(when),
    }


def _less(amount: Record, value: float) -> Record:
    rest = round(amount["value"] - value, 2)
    return {**amount, "value": int(rest) if amount["unit"] == "JPY" else rest}
