"""The dialog that verifies the caller, or asks for a reason to open an account without one.

Of the account it shows only the name, phone number and customer number, as far as the deployment allows.
"""

import contextlib
import functools
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.messages import QT_TR_NOOP
from console.messages.names import name_of
from console.models.caller_proof import SentCode
from console.models.customer import CustomerId
from console.services.access.access_service import AccessGrant, AccessLevel, AccessReason, Caller
from console.services.console import Console
from console.services.search.days import InvalidDateError, read_past_day
from console.services.search.phone import show_phone
from console.settings.verification import Method
from console.views import texts
from console.views.keys.send import is_send
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.action_dialog import send_words
from console.views.widgets.choice import ChoiceButton
from console.views.widgets.fields import FramedDialog
from console.views.widgets.labels import Button, Label, button_row
from console.views.widgets.live_page import PlainScroll

_REASONS = (
    (AccessReason.TICKET, QT_TR_NOOP("No caller: working on a ticket")),
    (AccessReason.JOB, QT_TR_NOOP("No caller: working on an appointment")),
    (AccessReason.TYPED, QT_TR_NOOP("No caller: other reason")),
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The entry field for one way to open an account.

    `wants` is whether an entry is needed, `words` is the label, `hint` the placeholder, `digits` allows digits only.
    """

    wants: bool
    words: str
    hint: str = ""
    digits: bool = False


class AccessDialog(FramedDialog):
    """The dialog over the window. Up and Down choose the way, Ctrl+Enter opens, Esc cancels.

    It emits `opened` with the customer number when the account is open.
    """

    opened = Signal(str)

    def __init__(self, console: Console, bridge: Bridge, customer_id: CustomerId, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Who's calling?"))
        self.setMinimumWidth(480)
        self._console, self._bridge, self._customer_id = console, bridge, customer_id
        self.busy = False
        self._prepared: set[str] = set()
        self.who = Label(customer_id, "page", semibold=True)
        self.message = Label("", "small", wrap=True)
        self.message.setMinimumHeight(2 * self.message.fontMetrics().lineSpacing())
        self.answer = self._answer_field()
        self._asked = Label("", look="muted")
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(self.who)
        is_open = self._is_open = console.access.grant_of(customer_id) is not None
        intro = tr("Locked. Verify the caller, or give a reason for opening without one.")
        if is_open:
            self.setWindowTitle(tr("Verify the caller"))
            intro = tr("The account is open. For call details, orders and new contact details, use one of these.")
        column.addWidget(Label(intro, "small", look="secondary", wrap=True))
        self.ways: list[tuple[ChoiceButton, str, AccessReason | None]] = []
        ways = self._make_ways()
        room = self._room = PlainScroll(ways)
        column.addWidget(room, 1)
        form = QFormLayout()
        form.addRow(self._asked, self.answer)
        column.addLayout(form)
        column.addWidget(self.message)
        self.open_button = Button(send_words(tr("Verify") if is_open else tr("Open the account")), "main")
        self.open_button.setAutoDefault(False)
        self.open_button.clicked.connect(self.open_account)
        leave = Button((tr("Close   {}") if is_open else tr("Cancel   {}")).format("Esc"), "plain")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        column.addLayout(button_row(leave, self.open_button))
        self._group.buttonToggled.connect(lambda _button, _on: self._show_way())
        self.ways[0][0].setChecked(True)
        self.answer.setFocus()
        whole = self.sizeHint().height() - room.sizeHint().height() + ways.sizeHint().height()
        title = 40  # pixels for the title bar; Qt knows the real height only after the dialog is shown
        self.resize(self.minimumWidth(), min(whole, self.screen().availableGeometry().height() - title))
        refusal = console.access.refusal_to_open(customer_id)
        if refusal is not None:
            self.message.set_look("mark", "danger")
            self.message.set_words(in_words(refusal))
        bridge.run_query(self, console.access.caller(customer_id), self._show_caller, self._failed)

    def _make_ways(self) -> QWidget:
        """Return the choices: the ways to verify the caller, or the reasons for having no caller."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        access = self._console.access
        found: list[tuple[str, str, AccessReason | None]] = []
        for method in access.methods_for(self._customer_id):
            more = tr("  ·  also unlocks call details") if method.opens == "call detail" and not self._is_open else ""
            found.append((tr(method.words) + more, method.name, None))
        if access.grant_of(self._customer_id) is None:
            found += [(tr(words), "", reason) for reason, words in _REASONS]
        for words, name, reason in found:
            button = ChoiceButton(words, words)
            self._group.addButton(button)
            column.addWidget(button)
            self.ways.append((button, name, reason))
        return inner

    def _show_caller(self, caller: Caller) -> None:
        shown = [caller.name or "", caller.phone or "", caller.customer_id]
        self.who.setText("  ·  ".join(part for part in shown if part))

    @property
    def _way(self) -> tuple[str, AccessReason | None]:
        return next((name, reason) for button, name, reason in self.ways if button.isChecked())

    def _by_reason(self, reason: AccessReason) -> _Asked:
        hints = {AccessReason.TICKET: tr("Ticket number"), AccessReason.JOB: tr("Appointment number")}
        return _Asked(wants=True, words=tr("Number or reason"), hint=hints.get(reason, ""))

    def _by_method(self, name: str) -> _Asked:
        method = next(one for one in self._console.access.methods if one.name == name)
        if method.checks is None:
            return _Asked(wants=False, words=tr("No entry needed"), digits=method.proof is not None)
        hint = tr("like Nov 25 1980") if method.checks == "birth_on" else ""
        return _Asked(wants=True, words=tr("Caller's answer"), hint=hint, digits=method.proof is not None)

    def _show_way(self) -> None:
        name, reason = self._way
        self._room.ensureWidgetVisible(next(button for button, _name, _reason in self.ways if button.isChecked()))
        asked = self._by_reason(reason) if reason is not None else self._by_method(name)
        self.answer.setPlaceholderText(asked.hint)
        self._asked.set_words(asked.words)
        self.answer.setAccessibleName(asked.words)
        self.answer.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly if asked.digits else Qt.InputMethodHint.ImhNone
        )
        self.answer.setReadOnly(not asked.wants)  # disabled, it would give a button the focus, and Enter would cancel
        self.answer.clear()
        self.message.set_words(
            "" if asked.wants else tr("By opening this account you confirm that you did this. It is logged.")
        )
        self.message.set_look("mark", "info")
        if asked.wants:
            self.answer.setFocus()
        self._name_button()

    def _answer_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName("answer")
        field.returnPressed.connect(self.open_account)
        field.textEdited.connect(self._show_reading)
        return field

    def _show_reading(self, typed: str) -> None:
        """Show how the date of birth was read. The country sets the order of numbers; an invalid date shows nothing."""
        method = next((one for one in self._console.access.methods if one.name == self._way[0]), None)
        if method is None or method.checks != "birth_on":
            return
        words = ""
        with contextlib.suppress(InvalidDateError):
            words = tr("Read as {}.").format(texts.weekday(read_past_day(typed, self._console.actions.day_order)))
        self.message.set_look("mark", "info")
        self.message.set_words(words)

    @property
    def _first(self) -> Method | None:
        """The chosen method while its first step is missing: show the number on file, or send a code. Else None."""
        method = next((one for one in self._console.access.methods if one.name == self._way[0]), None)
        needs = method is not None and (method.shows == "phone" or method.checks == "code")
        return method if needs and method is not None and method.name not in self._prepared else None

    def _name_button(self) -> None:
        opens = tr("Verify") if self._is_open else tr("Open the account")
        first = self._first
        if first is not None:
            opens = tr("Send the code") if first.checks == "code" else tr("Show the number")
        self.open_button.setText(send_words(opens))

    def _show_sent(self, name: str, sent: SentCode) -> None:
        self.busy = False
        self._prepared.add(name)
        self._name_button()
        if self._way[0] == name:
            self.message.set_look("mark", "info")
            self.message.set_words(
                tr("Sent to the number ending in {}. Enter the code that the caller reads.").format(sent.ends_in)
            )
            self.answer.setFocus()

    def _show_number(self, name: str, number: str) -> None:
        self.busy = False
        self._prepared.add(name)
        self._name_button()
        if self._way[0] == name:
            call = tr("On file: {}. By opening this account you confirm that you called this number. It is logged.")
            self.message.set_words(call.format(show_phone(number)) if number else tr("CRM has no phone number."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = [button for button, _name, _reason in self.ways]
        if is_send(event):
            self.open_account()
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:  # also while the field has the focus
            at = next(index for index, button in enumerate(ways) if button.isChecked())
            ways[(at + (1 if event.key() == Qt.Key.Key_Down else -1)) % len(ways)].setChecked(True)
        else:
            super().keyPressEvent(event)

    def open_account(self) -> None:
        """Open the account in the chosen way, or do the method's first step. On failure show the reason."""
        if self.busy:
            return
        self.busy = True
        first = self._first
        if first is not None and first.checks == "code":
            sending = self._console.access.send_code(self._customer_id)
            self._bridge.run_command(self, sending, functools.partial(self._show_sent, first.name), self._failed)
            return
        if first is not None:
            numbers = self._console.access.number_on_file(self._customer_id)
            self._bridge.run_query(self, numbers, functools.partial(self._show_number, first.name), self._failed)
            return
        self._bridge.run_command(self, self._open(), self._done, self._failed)

    async def _open(self) -> AccessGrant:
        name, reason = self._way
        if reason is not None:
            return await self._console.access.open_for(self._customer_id, reason, self.answer.text())
        return await self._console.access.verify(self._customer_id, name, self.answer.text())

    def _done(self, grant: AccessGrant) -> None:
        how = tr("Everything is open.")
        if grant.level is not AccessLevel.CALL_DETAIL:
            how = tr("For call details, orders and new contact details, use a stronger verification.")
        self._bridge.on_unhandled(tr("Open for {}: {}. {}").format(tr(name_of(grant.reason)), grant.how, how))
        self.accept()
        self.opened.emit(self._customer_id)

    def _failed(self, error: ConsoleError) -> None:
        self.busy = False
        self.message.set_look("mark", "danger")
        self.message.set_words(in_words(error.message))
        self.answer.setFocus()  # after a click the button has it, and the next keys would be lost
        self.answer.selectAll()


def close_forms(window: QWidget) -> None:
    """Close all forms and origin dialogs over the page of a locked account. Access dialogs stay open."""
    for dialog in window.findChildren(QDialog):
        if not isinstance(dialog, AccessDialog):
            dialog.reject()
