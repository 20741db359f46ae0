"""The form for a promise to pay: amount, due date and account."""

from collections.abc import Coroutine
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from console.bridge import Bridge
from console.models.billing_account import BillingAccount
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.services.search.days import InvalidDateError
from console.views import texts
from console.views.customer.panels.facts import promise_words
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.action_dialog import ActionDialog
from console.views.widgets.labels import Button, Label

_OFFERED_DAYS = (7, 14, 30)


class PromiseForm(ActionDialog):
    """The form for a promise on an account with a balance due. It shows how it read the typed date."""

    def __init__(self, console: Console, bridge: Bridge, view: CustomerView, window: QWidget) -> None:
        title = tr("Promise to pay: {}").format(view.name)
        super().__init__(title, tr("Save the promise"), console.drafts, bridge, window)
        self._console, self._customer_id = console, view.customer_id
        accounts = [item.value for item in view.accounts.state.facts or ()]
        self._accounts = [account for account in accounts if account.balance and account.balance.amount > 0]
        self.account = QComboBox()
        self.account.setAccessibleName(tr("Account"))
        for account in self._accounts:
            self.account.addItem(tr("{}   {} due").format(account.id, texts.money(account.balance)))
        self.form.addRow(Label(tr("Account"), look="muted"), self.account)
        self.amount = self.add_field("amount", f"promise/{view.customer_id}", tr("Amount"))
        self.due = self.add_field("due", f"promise/{view.customer_id}/by", tr("By"))
        self.due.setPlaceholderText(tr("like Dec 2, Friday or +7"))
        self.form.addRow("", self._offered_days())
        self.account.currentIndexChanged.connect(lambda _index: self.show_effect())
        self.send_button.setEnabled(bool(self._accounts))
        self.show_effect()
        self.amount.setFocus()

    def _offered_days(self) -> QWidget:
        offered = QWidget()
        row = QHBoxLayout(offered)
        row.setContentsMargins(0, 0, 0, 0)
        for days in _OFFERED_DAYS:
            day = _today() + timedelta(days=days)
            button = Button(texts.weekday(day), "plain", "small")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, chosen=day: self._take_day(chosen))
            row.addWidget(button)
        row.addStretch()
        return offered

    def _take_day(self, day: date) -> None:
        self.due.setText(f"{day:%Y-%m-%d}")
        self.due.textEdited.emit(self.due.text())

    def show_effect(self) -> None:
        if not self._accounts:
            self.effect.set_words(tr("No account has a balance due."))
            return
        account = self._accounts[self.account.currentIndex()]
        message = tr("Saved with the account in Billing. Not sent if the balance ({} now) changes.")
        lines = [self._day_words(), message.format(texts.money(account.balance))]
        if account.promises:
            lines.insert(0, tr("Already promised: {}.").format(promise_words(account.promises)))
        self.effect.set_words("\n".join(lines))

    def _day_words(self) -> str:
        typed = self.due.text().strip()
        if not typed:
            return tr("By: no date yet.")
        try:
            day = self._console.actions.read_day(typed)
        except InvalidDateError as error:
            return in_words(error.message)
        days = (day - _today()).days
        if days < 0:
            return tr("By {}. That date has passed.").format(texts.weekday(day))
        ahead = {0: tr("today"), 1: tr("tomorrow")}.get(days, tr("in {} days").format(days))
        return tr("By {}, {}.").format(texts.weekday(day), ahead)

    def doing(self) -> Coroutine[Any, Any, Any]:
        return self._promise(self._accounts[self.account.currentIndex()], self.amount.text(), self.due.text())

    async def _promise(self, account: BillingAccount, amount: str, due: str) -> None:
        due_on = self._console.actions.read_day(due)
        await self._console.actions.promise_to_pay(
            self._customer_id, account, amount=amount, due_on=due_on, typed_in=self.draft_keys
        )


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
