"""What can be done on a customer's page: the note over it, and the forms. On a page of the past nothing can."""

from collections.abc import Callable, Iterator
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.bridge import Bridge
from console.models.outbox import Act, StepState
from console.services.acts import CHANGES
from console.services.customer_view import CustomerView
from console.services.desk import Desk
from console.views import texts
from console.views.customer.act_dialogs import ContactDialog, PromiseDialog
from console.views.customer.dock import NoteDock
from console.views.texts import tr
from console.views.widgets.labels import Label


class CustomerActs:
    """The acts of one page; `go_back` takes the focus when the note is closed, `close` stops listening."""

    def __init__(
        self, page: QWidget, view: CustomerView, desk: Desk, bridge: Bridge, go_back: Callable[[], None]
    ) -> None:
        self._go_back = go_back
        self._page, self._view, self._desk, self._bridge = page, view, desk, bridge
        self.dock: NoteDock | None = None
        self._done = {place for act in desk.outbox.of_customer(view.customer_id) for place in _done(act)}
        self._unsubscribe = desk.outbox.subscribe(self._on_act)

    def _on_act(self, act: Act) -> None:
        """Ask again for what a step has changed that is done now."""
        if act.customer_id != self._view.customer_id or self._view.as_of is not None:
            return
        for done in set(_done(act)) - self._done:
            self._done.add(done)
            self._view.ask_about(CHANGES[act.steps[done[1]].kind])

    def open_note(self) -> None:
        """Open the note over the page and put the focus into it."""
        if self._view.as_of is not None:
            return
        if self.dock is None:
            self.dock = NoteDock(self._desk, self._bridge, self._view.customer_id, self._page)
            self.dock.closed.connect(self.close_note)
        self.dock.show()
        self.place()
        self.dock.raise_()
        self.dock.text.setFocus()

    def close_note(self) -> None:
        """Close the note; its text stays."""
        if self.dock is not None:
            self.dock.hide()
        self._go_back()

    def place(self) -> None:
        """Keep the note at the right of the page."""
        if self.dock is not None and self.dock.isVisible():
            self.dock.place(self._page)

    def open_contact_form(self) -> None:
        """Open the form for phone and e-mail."""
        if self._view.as_of is None:
            accounts = self._view.accounts.part.facts
            account = next((item.value.id for item in accounts or ()), None)
            customer = self._view.customer_id
            ContactDialog(self._desk, self._bridge, customer, account, self._page.window()).open()

    def open_promise_form(self) -> None:
        """Open the form for a promise to pay; without accounts there is nothing to promise."""
        accounts = [item.value for item in self._view.accounts.part.facts or ()]
        if self._view.as_of is None and accounts:
            customer = self._view.customer_id
            PromiseDialog(self._desk, self._bridge, customer, accounts, self._page.window()).open()

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        if self.dock is not None:
            self.dock.close_dock()


def _done(act: Act) -> Iterator[tuple[str, int]]:
    return ((act.id, place) for place, step in enumerate(act.steps) if step.state is StepState.DONE)


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
