"""Record numbers that look random and can be decoded to their serial without a table."""

import random

# Number of digits -> largest prime with so many digits.
_PRIMES = {7: 9_999_991, 8: 99_999_989, 9: 999_999_937, 10: 9_999_999_967, 12: 999_999_999_989, 13: 9_999_999_999_971}


class Numbering:
    """Maps 0, 1, 2, ... one to one to numbers of fixed length after a prefix, by a linear function modulo a prime."""

    def __init__(self, prefix: str, digits: int, seed: int) -> None:
        rng = random.Random(f"{seed} {prefix}")
        self._prefix = prefix
        self._digits = digits
        self._prime = _PRIMES[digits]
        self._factor = rng.randrange(self._prime // 3, self._prime // 2)
        self._offset = rng.randrange(self._prime)
        self._back = pow(self._factor, -1, self._prime)

    def encode(self, serial: int) -> str:
        number = (serial * self._factor + self._offset) % self._prime
        return f"{self._prefix}{number:0{self._digits}}"

    def decode(self, text: str) -> int | None:
        """Return the serial of a number, or None if the text is not a number of this kind."""
        digits = text.removeprefix(self._prefix)
        if (
            not text.startswith(self._prefix)
            or len(digits) != self._digits
            or not digits.isascii()
            or not digits.isdigit()
        ):
            return None
        return (int(digits) - self._offset) * self._back % self._prime


class Numbers:
    """All numberings of one world. Each serial contains its owner's: customer, account, bill, line."""

    ACCOUNTS = 8  # maximum accounts of one customer
    MONTHS = 1024  # maximum months of one account, counted from January 2000
    LINES = 64  # maximum lines of one bill
    ITEMS = 64  # maximum orders, products, services, tickets, appointments or tests of one customer
    CONTACTS = 1024  # maximum interactions of one customer
    PAYMENTS = 4  # maximum payments of one bill
    CALLS = 64  # maximum usage records of one product in one month

    def __init__(self, seed: int, billing_seed: int | None = None) -> None:
        """`billing_seed` gives billing's records other numbers, like a second billing system after a merger."""
        billing = seed if billing_seed is None else billing_seed
        self.customer = Numbering("CU-", 7, seed)
        self.party = Numbering("P", 9, seed)
        self.account = Numbering("BA-", 8, billing)
        self.bill = Numbering("", 12, billing)
        self.line = Numbering("", 13, billing)
        self.product_order = Numbering("PO-", 9, seed)
        self.service_order = Numbering("SO-", 9, seed)
        self.product = Numbering("PR", 10, seed)
        self.service = Numbering("SV", 10, seed)
        self.charge = Numbering("CH", 10, billing)
        self.ticket = Numbering("TT-", 9, seed)
        self.interaction = Numbering("PI-", 10, seed)
        self.appointment = Numbering("AP-", 9, seed)
        self.test = Numbering("ST-", 9, seed)
        self.payment = Numbering("PY-", 12, billing)
        self.refund = Numbering("RF-", 9, billing)
        self.usage = Numbering("U", 13, billing)

    def bill_number(self, account: int, month: int) -> str:
        """Return the number printed on a bill: year, month and the account's digits."""
        year, index = divmod(month, 12)
        return f"B-{year % 100:02}{index + 1:02}-{self.account.encode(account).removeprefix('BA-')}"

    def read_bill_number(self, text: str) -> tuple[int, int] | None:
        """Return account serial and month of a bill number, or None if the text is not a bill number."""
        parts = text.split("-")
        if len(parts) != 3 or parts[0] != "B" or len(parts[1]) != 4 or not parts[1].isdigit():
            return None
        account = self.account.decode(f"BA-{parts[2]}")
        month = int(parts[1][:2]) * 12 + int(parts[1][2:]) - 1
        return None if account is None or not 1 <= int(parts[1][2:]) <= 12 else (account, month)
