"""What can be done on a customer's page: the note over it, and the forms. On a page of the past nothing can."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from console.bridge import Bridge
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
    ActionState.QUEUED: "Kept, and sent as soon as it can be: {}.",
    ActionState.AWAITING: "A supervisor has been asked: {}.",
    ActionState.DONE: "Done: {}.",
    ActionState.HALF_DONE: "Half done: {}. See the alert above.",
    ActionState.REJECTED: "Refused: {}. The Outbox says why.",
    ActionState.CONFLICT: "Changed meanwhile, so it waits for you in the Outbox: {}.",
}


class CustomerActions:
    """The acts of one page; `close` stops listening.

    `go_back` takes the focus when the note is closed; `lay_out` gives it room, or takes that back.
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
        """Ask again for what a step has changed that is done now."""
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
        """Say how an act goes on, each state once: whoever sent it looks at this page, not at the outbox."""
        if is_there_twice(action) and action.id not in self._told_twice:
            self._told_twice.add(action.id)
            self._bridge.on_unhandled(
                tr("There twice: {}. The Outbox says where.").format(self._console.title_of(action))
            )
            return
        if self._shown_states.get(action.id) is action.state or (
            action.state in _HOW_IT_GOES and not self._page.isVisible()
        ):
            return
        self._shown_states[action.id] = action.state
        words = _HOW_IT_GOES.get(action.state)
        if action.state is ActionState.DONE and only_starts(action):
            words = "Started: {}. Its result is shown here when it comes."
            self._results.expect(action)
        if words:
            self._bridge.on_unhandled(tr(words).format(self._console.title_of(action)))

    def _ask_about(self, scopes: Sequence[DataScope]) -> None:
        for scope in scopes:
            self._view.refresh_scope(scope)

    def open_note(self, *, with_focus: bool = True) -> None:
        """Open the note over the page and put the focus into it."""
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
        """Whether nothing can be done here; then it is said."""
        if self._view.as_of is not None:
            self._bridge.on_unhandled(tr("This is the past: nothing can be done here. Go to the customer's own tab."))
        return self._view.as_of is not None

    @property
    def _open_draft_key(self) -> str:
        return f"note/{self._view.customer_id}/open"

    def restore(self) -> None:
        """Open the note where it was open when the program ended; the focus stays where it is."""
        if self._console.drafts.text(self._open_draft_key):
            self.open_note(with_focus=False)

    def add_to_note(self, text: str) -> None:
        """Put a text at the end of the note."""
        self.open_note()
        if self.dock is not None and self._view.as_of is None:
            before = self.dock.text.toPlainText()
            self.dock.text.moveCursor(QTextCursor.MoveOperation.End)
            self.dock.text.insertPlainText(f"\n{text}" if before and not before.endswith("\n") else text)

    def close_note(self) -> None:
        """Close the note; its text stays."""
        if self.dock is not None:
            self.dock.hide()
            self._lay_out()
            self._console.drafts.type(self._open_draft_key, "")
        self._go_back()

    def reposition(self, head: int) -> int:
        """Keep the note at the right of the page, whose head is so high; return the width that is left for the rest."""
        if self.dock is None or not self.dock.isVisibleTo(self._page):
            return self._page.width()
        return self.dock.reposition(self._page, head)

    def open_contact_form(self) -> None:
        """Open the form for phone and e-mail."""
        if not self._is_past():
            self._note_in_form()
            ContactForm(self._console, self._bridge, self._view, self._page.window()).open()

    def _note_in_form(self) -> None:
        if self._view.note_in_form():
            message = tr("This form has phone numbers and e-mail addresses in full. That it was opened is recorded.")
            self._bridge.on_unhandled(message)

    def open_promise_form(self) -> None:
        """Open the form for a promise to pay; while it is not known what is owed it says so."""
        if self._is_past():
            return
        if self._view.accounts.state.facts is None:
            self._bridge.on_unhandled(tr("Billing has not said yet what is owed, so nothing can be promised on it."))
        else:
            PromiseForm(self._console, self._bridge, self._view, self._page.window()).open()

    def open_action(
        self,
        kind: str,
        values: Mapping[str, str] | None = None,
        instead_of: Action | None = None,
        selected: Origin | None = None,
    ) -> None:
        """Open the form of a declared act; where this user may not, or nothing can be done, it says so.

        `values` are what its fields start from; so is the record that is `selected` on the page.
        """
        if self._is_past():
            return
        refusal = self._console.actions.may(kind, self._view.customer_id)
        if refusal is not None:
            by_role = refusal.reason is DenialReason.ROLE
            opens = "" if by_role else tr(" {} verifies.").format(texts.keys("Ctrl+Shift+V"))
            self._bridge.on_unhandled(in_words(refusal.message) + opens)
            return
        if ACTIONS[kind].in_full:
            self._note_in_form()
        window = self._page.window()
        ActionForm(self._console, self._bridge, self._view, kind, values or {}, window, instead_of, selected).open()

    def edit(self, action: Action) -> None:
        """Open a declared act's form with what was entered; sent, it stands in place of the act."""
        self.open_action(action.kind, action.values, action)

    def open_half_done(self, action: Action | None = None) -> None:
        """Open the choice for an act that stopped half way; without one, the last that did, or that can be undone."""
        actions = [one for one in self._console.outbox.of_customer(self._view.customer_id) if not one.withdrawn]
        open_ones = [one for one in actions if one.is_open and one.kind]
        undoable = [one for one in actions if one.can_be_taken_back]
        chosen = action or next(reversed([*undoable, *open_ones]), None)
        if chosen is None:
            self._bridge.on_unhandled(tr("Nothing done here can be taken back, and nothing stopped half way."))
        elif not self._is_past():
            HalfDoneDialog(self._console, self._bridge, chosen, self._page.window()).open()

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        self._results.close()
        if self.dock is not None:
            self.dock.close_dock()


def _done(action: Action) -> Iterator[tuple[str, int]]:
    return ((action.id, index) for index, step in enumerate(action.steps) if step.state is StepState.DONE)


def past_banner(as_of: datetime) -> Label:
    """Return what says that nothing here is of now."""
    local = as_of.astimezone()
    text = tr("As it stood on {} at {}. This is the past: do not quote it as of now.").format(
        texts.day(as_of), f"{local:%H:%M}"
    )
    banner = Label(text, semibold=True)
    banner.set_look("chip", "stale")
    banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
    banner.setFixedHeight(28)
    return banner
