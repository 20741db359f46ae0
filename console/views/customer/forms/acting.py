"""The actions of a customer page: the note and the forms. A page of a past view has no actions."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from console.bridge import Bridge
from console.messages import QT_TR_NOOP
from console.models.outbox import Action, ActionState, StepState
from console.models.provenance import Origin
from console.services.access.denial import DenialReason
from console.services.access.permissions import DataScope
from console.services.actions import CHANGES
from console.services.actions.catalogue import ACTIONS
from console.services.console import Console
from console.services.customer.customer_view import CustomerView
from console.views import texts
from console.views.customer.dock import NoteDock
from console.views.customer.forms.action_form import ActionForm
from console.views.customer.forms.contact_form import ContactForm
from console.views.customer.forms.half_done import HalfDoneDialog
from console.views.customer.forms.promise_form import PromiseForm
from console.views.customer.forms.started import StartedResults
from console.views.message_words import in_words
from console.views.outbox.words import is_there_twice, only_starts
from console.views.texts import tr
from console.views.widgets.labels import Label

_HOW_IT_GOES = {
    ActionState.QUEUED: QT_TR_NOOP("Saved. It will be sent as soon as possible: {}."),
    ActionState.AWAITING: QT_TR_NOOP("Approval requested: {}."),
    ActionState.DONE: QT_TR_NOOP("Done: {}."),
    ActionState.HALF_DONE: QT_TR_NOOP("Half done: {}. See the alert above."),
    ActionState.REJECTED: QT_TR_NOOP("Rejected: {}. See the Outbox."),
    ActionState.CONFLICT: QT_TR_NOOP("Changed by someone else. Decide in the Outbox: {}."),
}


class CustomerActions:
    """The actions of one page.

    `go_back` moves the focus when the note closes. `lay_out` updates the layout when the note opens or closes.
    """

    def __init__(
        self,
        page: QWidget,
        view: CustomerView,
        console: Console,
        bridge: Bridge,
        go_back: Callable[[], None],
        lay_out: Callable[[], None],
    ) -> None:
        self._go_back, self._lay_out = go_back, lay_out
        self._page, self._view, self._console, self._bridge = page, view, console, bridge
        self.dock: NoteDock | None = None
        actions = console.outbox.of_customer(view.customer_id)
        self._done = {index for action in actions for index in _done(action)}
        self._shown_states = {action.id: action.state for action in actions}
        self._told_twice = {action.id for action in actions if is_there_twice(action)}
        self._unsubscribe = console.outbox.subscribe(self._on_action)
        self._results = StartedResults(view, bridge)

    def _on_action(self, action: Action) -> None:
        """Refresh the data that a finished step changed, now and again after each delay in `follow_s`."""
        if action.customer_id != self._view.customer_id or self._view.as_of is not None:
            return
        self._tell(action)
        for done in set(_done(action)) - self._done:
            self._done.add(done)
            scopes = CHANGES[action.steps[done[1]].kind]
            self._ask_about(scopes)
            for after_s in ACTIONS[action.kind].follow_s if action.kind in ACTIONS else ():
                QTimer.singleShot(int(after_s * 1000), self._page, functools.partial(self._ask_about, scopes))

    def _tell(self, action: Action) -> None:
        """Report each state of an action once while the page is visible, as the rep looks here, not at the Outbox."""
        if is_there_twice(action) and action.id not in self._told_twice:
            self._told_twice.add(action.id)
            self._bridge.on_unhandled(tr("Duplicate: {}. See the Outbox.").format(self._console.title_of(action)))
            return
        if self._shown_states.get(action.id) is action.state or (
            action.state in _HOW_IT_GOES and not self._page.isVisible()
        ):
            return
        self._shown_states[action.id] = action.state
        words = _HOW_IT_GOES.get(action.state)
        if action.state is ActionState.DONE and only_starts(action):
            words = QT_TR_NOOP("Started: {}. The result will appear here.")
            self._results.expect(action)
        if words:
            self._bridge.on_unhandled(tr(words).format(self._console.title_of(action).rstrip(".")))

    def _ask_about(self, scopes: Sequence[DataScope]) -> None:
        for scope in scopes:
            self._view.refresh_scope(scope)

    def open_note(self, *, with_focus: bool = True) -> None:
        """Open the note and, `with_focus`, move the focus into it."""
        if self._is_past():
            return
        if self.dock is None:
            self.dock = NoteDock(self._console, self._bridge, self._view.customer_id, self._page)
            self.dock.closed.connect(self.close_note)
        self.dock.show()
        self.dock.raise_()
        self._lay_out()
        self._console.drafts.type(self._open_draft_key, "open")
        if with_focus:
            self.dock.text.setFocus()

    def _is_past(self) -> bool:
        """Return whether this is a past view; if so, show a message."""
        if self._view.as_of is not None:
            self._bridge.on_unhandled(tr("This is a past view. Open the current one to make changes."))
        return self._view.as_of is not None

    @property
    def _open_draft_key(self) -> str:
        return f"note/{self._view.customer_id}/open"

    def restore(self) -> None:
        """Open the note if it was open when the console ended. The focus does not move."""
        if self._console.drafts.text(self._open_draft_key):
            self.open_note(with_focus=False)

    def add_to_note(self, text: str) -> None:
        """Open the note and append a text."""
        self.open_note()
        if self.dock is not None and self._view.as_of is None:
            before = self.dock.text.toPlainText()
            self.dock.text.moveCursor(QTextCursor.MoveOperation.End)
            self.dock.text.insertPlainText(f"\n{text}" if before and not before.endswith("\n") else text)

    def close_note(self) -> None:
        """Close the note; the draft stays."""
        if self.dock is not None:
            self.dock.hide()
            self._lay_out()
            self._console.drafts.type(self._open_draft_key, "")
        self._go_back()

    def reposition(self, head: int) -> int:
        """Place the note beside the page, whose head has height `head`; return the width for the page. In pixels."""
        if self.dock is None or not self.dock.isVisibleTo(self._page):
            return self._page.width()
        return self.dock.reposition(self._page, head)

    def open_contact_form(self) -> None:
        """Open the form for phone number and e-mail address."""
        if not self._is_past():
            self._note_in_form()
            ContactForm(self._console, self._bridge, self._view, self._page.window()).open()

    def _note_in_form(self) -> None:
        if self._view.log_unmasked_form():
            message = tr("This form shows full phone numbers and e-mail addresses. Opening it is logged.")
            self._bridge.on_unhandled(message)

    def open_promise_form(self) -> None:
        """Open the form for a promise to pay; show a message if the balance is not loaded yet."""
        if self._is_past():
            return
        if self._view.accounts.state.facts is None:
            self._bridge.on_unhandled(tr("Billing has not sent the balance yet. Try again when it's loaded."))
        else:
            PromiseForm(self._console, self._bridge, self._view, self._page.window()).open()

    def open_action(
        self,
        kind: str,
        values: Mapping[str, str] | None = None,
        instead_of: Action | None = None,
        selected: Origin | None = None,
    ) -> None:
        """Open the form of a declared action; show a message if the role denies it or this is a past view.

        The fields start from `values` and from the record that is `selected` on the page.
        """
        if self._is_past():
            return
        refusal = self._console.actions.may(kind, self._view.customer_id)
        if refusal is not None:
            by_role = refusal.reason is DenialReason.ROLE
            opens = "" if by_role else tr(" Press {} to verify.").format(texts.keys("Ctrl+Shift+V"))
            self._bridge.on_unhandled(in_words(refusal.message) + opens)
            return
        if ACTIONS[kind].in_full:
            self._note_in_form()
        window = self._page.window()
        ActionForm(self._console, self._bridge, self._view, kind, values or {}, window, instead_of, selected).open()

    def edit(self, action: Action) -> None:
        """Open the form of an action with its values. Sending the form replaces the action."""
        self.open_action(action.kind, action.values, action)

    def open_half_done(self, action: Action | None = None) -> None:
        """Open the finish-or-undo dialog for `action`, else for the last open one, else the last that can be undone."""
        actions = [one for one in self._console.outbox.of_customer(self._view.customer_id) if not one.withdrawn]
        open_ones = [one for one in actions if one.is_open and one.kind]
        undoable = [one for one in actions if one.can_be_undone]
        chosen = action or next(reversed([*undoable, *open_ones]), None)
        if chosen is None:
            self._bridge.on_unhandled(tr("No action to undo or to finish."))
        elif not self._is_past():
            HalfDoneDialog(self._console, self._bridge, chosen, self._page.window()).open()

    def close(self) -> None:
        """Unsubscribe from the outbox, the results and the note."""
        self._unsubscribe()
        self._results.close()
        if self.dock is not None:
            self.dock.close_dock()


def _done(action: Action) -> Iterator[tuple[str, int]]:
    return ((action.id, index) for index, step in enumerate(action.steps) if step.state is StepState.DONE)


def past_banner(as_of: datetime) -> Label:
    """Return the banner of a page that shows a past view, in local time."""
    text = tr("Past view of {}, {}. Do not quote it as current.").format(texts.day(as_of), texts.clock(as_of))
    banner = Label(text, semibold=True)
    banner.set_look("chip", "stale")
    banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
    banner.setFixedHeight(28)
    return banner
