"""Forms for acts on a customer. Each shows what is there now, keeps what is typed, and hands over what was checked."""

import functools
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QDateEdit, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.models.billing_account import BillingAccount
from console.models.customer import CustomerId
from console.services.acts import SeenContact
from console.services.desk import Desk
from console.views import texts
from console.views.keys.send import is_send
from console.views.texts import tr
from console.views.widgets.labels import Button, Label

_STEPS = {"change-contact": "crm", "change-billing-contact": "billing"}


class ActDialog(QDialog):
    """A form with what it will do in words, one button that sends, and a line for what is wrong. Ctrl+Enter sends."""

    def __init__(self, title: str, send: str, desk: Desk, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(440)
        self._desk, self._bridge = desk, bridge
        self._sending = False
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(16)
        self.effect = Label("", "small", look="secondary", wrap=True)
        self.told = Label("", "small", wrap=True)
        self.told.set_look("mark", "danger")
        self.send_button = Button(send, "main")
        self.send_button.setToolTip(QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText))
        self.send_button.setAutoDefault(False)
        self.send_button.clicked.connect(self._send)
        cancel = Button(tr("Cancel"), "plain")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(self.send_button)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(self.form)
        column.addWidget(self.effect)
        column.addWidget(self.told)
        column.addLayout(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_send(event):
            self._send()
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:  # Enter alone never sends
            super().keyPressEvent(event)

    def doing(self) -> Coroutine[Any, Any, Any]:
        """Return what sends the form as it is filled now."""
        raise NotImplementedError  # pragma: no cover - every form has its own

    def _send(self) -> None:
        if self._sending:
            return
        self._sending = True
        self.told.set_words("")
        self._bridge.run_command(self, self.doing(), lambda _act: self.accept(), self._failed)

    def _failed(self, error: ConsoleError) -> None:
        self._sending = False
        self.told.set_words(str(error))


class ContactDialog(ActDialog):
    """Changes phone and e-mail in CRM and in billing's copy; what each holds now stands beside the fields."""

    def __init__(
        self, desk: Desk, bridge: Bridge, customer_id: CustomerId, account_id: str | None, window: QWidget
    ) -> None:
        super().__init__(tr("Change contact data"), tr("Change in both systems"), desk, bridge, window)
        self._customer_id, self._account_id = customer_id, account_id
        self._seen = SeenContact({})
        self.fields: dict[str, QLineEdit] = {}
        for key, name in (("phone", tr("Phone")), ("email", tr("E-mail"))):
            field = QLineEdit(desk.drafts.text(self._place(key)))
            field.setObjectName(key)
            field.setAccessibleName(name)
            field.setEnabled(False)
            field.textEdited.connect(functools.partial(desk.drafts.type, self._place(key)))
            self.fields[key] = field
            self.form.addRow(Label(name, look="muted"), field)
        self.effect.set_words(tr("Asking what CRM and billing hold now…"))
        self.send_button.setEnabled(False)
        bridge.run_query(self, desk.acts.look_at_contact(customer_id, account_id), self._show_seen)

    def _place(self, key: str) -> str:
        return f"contact/{self._customer_id}/{key}"

    def _show_seen(self, seen: SeenContact) -> None:
        self._seen = seen
        known: Mapping[str, str] = next((values for values in seen.values.values() if values is not None), {})
        for key, field in self.fields.items():
            if not field.text():
                field.setText(known.get(key, ""))
            field.setEnabled(True)
        lines = []
        for kind, values in seen.values.items():
            label = self._desk.label(_STEPS[kind])
            if values is None:
                lines.append(tr("{} does not answer; it gets the change as soon as it does.").format(label))
            else:
                held = ", ".join(value for value in values.values() if value) or tr("nothing")
                lines.append(tr("{} holds now: {}").format(label, held))
        self.effect.set_words("\n".join(lines))
        self.send_button.setEnabled(True)
        self.fields["phone"].setFocus()
        self.fields["phone"].selectAll()

    def doing(self) -> Coroutine[Any, Any, Any]:
        wanted = {key: field.text() for key, field in self.fields.items()}
        return self._change(wanted)

    async def _change(self, wanted: Mapping[str, str]) -> None:
        await self._desk.acts.change_contact(self._customer_id, self._account_id, wanted, self._seen)
        for key in self.fields:
            self._desk.drafts.type(self._place(key), "")


class PromiseDialog(ActDialog):
    """Takes a promise to pay on one account; what is owed stands beside it. Enter alone never sends it."""

    def __init__(
        self, desk: Desk, bridge: Bridge, customer_id: CustomerId, accounts: Sequence[BillingAccount], window: QWidget
    ) -> None:
        super().__init__(tr("Promise to pay"), tr("Keep the promise"), desk, bridge, window)
        self._customer_id, self._accounts = customer_id, list(accounts)
        self.account = QComboBox()
        self.account.setAccessibleName(tr("Account"))
        for account in self._accounts:
            self.account.addItem(f"{account.id}   {texts.money(account.balance)}")
        self.amount = QLineEdit(desk.drafts.text(self._place))
        self.amount.setObjectName("amount")
        self.amount.setAccessibleName(tr("Amount"))
        self.amount.textEdited.connect(lambda text: desk.drafts.type(self._place, text))
        today = datetime.now(UTC).astimezone().date()
        self.due = QDateEdit(_qdate(today + timedelta(days=7)))
        self.due.setCalendarPopup(True)
        self.due.setAccessibleName(tr("By"))
        self.due.setMinimumDate(_qdate(today))
        self.due.setMaximumDate(_qdate(today + timedelta(days=90)))
        self.form.addRow(Label(tr("Account"), look="muted"), self.account)
        self.form.addRow(Label(tr("Amount"), look="muted"), self.amount)
        self.form.addRow(Label(tr("By"), look="muted"), self.due)
        self.account.currentIndexChanged.connect(lambda _index: self._show_effect())
        self._show_effect()
        self.amount.setFocus()

    @property
    def _place(self) -> str:
        return f"promise/{self._customer_id}"

    def _show_effect(self) -> None:
        account = self._accounts[self.account.currentIndex()]
        told = tr("Owed now: {}. Billing keeps the promise with the account; it is not sent if the balance has moved.")
        self.effect.set_words(told.format(texts.money(account.balance)))

    def doing(self) -> Coroutine[Any, Any, Any]:
        return self._promise(self._accounts[self.account.currentIndex()], self.amount.text())

    async def _promise(self, account: BillingAccount, amount: str) -> None:
        day = self.due.date()
        due_on = datetime(day.year(), day.month(), day.day(), tzinfo=UTC).date()
        await self._desk.acts.promise_to_pay(self._customer_id, account, amount=amount, due_on=due_on)
        self._desk.drafts.type(self._place, "")


def _qdate(day: Any) -> QDate:
    return QDate(day.year, day.month, day.day)
