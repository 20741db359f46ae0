"""The form for phone number and e-mail address: shows the value in each system, and the change to it."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QWidget

from console.bridge import Bridge
from console.services.console import Console
from console.services.customer.contact import IN_BILLING, IN_CRM, SeenContact, known_contact
from console.services.customer.customer_view import CustomerView
from console.views.texts import tr
from console.views.widgets.action_dialog import ActionDialog, shortened


class ContactForm(ActionDialog):
    """The form that changes the contact details in CRM and the copy in Billing.

    It can be filled and sent at once; the current values load meanwhile. It sends the change from the shown values. If
    a system has a different value by then, the user decides in the Outbox.
    """

    def __init__(self, console: Console, bridge: Bridge, view: CustomerView, window: QWidget) -> None:
        title = tr("Contact details: {}").format(view.name)
        super().__init__(title, tr("Save changes"), console.drafts, bridge, window)
        customer, accounts = view.customer.unmasked, view.accounts.unmasked
        first = next(iter(accounts or ()), None)
        account = first.value if first is not None else None
        self._console, self._customer_id = console, view.customer_id
        self._systems = {IN_CRM: console.actions.system_for(IN_CRM)}
        if first is not None:
            self._systems[IN_BILLING] = first.origin.system
        self._account_id = account.id if account is not None else None
        self._seen = known_contact(customer.value if customer is not None else None, account)
        self._several = accounts is not None and len(accounts) > 1
        self._asked = False
        draft_key = f"contact/{view.customer_id}"
        self._words = {"phone": tr("Phone"), "email": tr("E-mail")}
        for key, words in self._words.items():
            self.add_field(key, f"{draft_key}/{key}", words)
        self.fill()
        self.show_effect()
        self.fields["phone"].setFocus()
        looking = console.actions.look_at_contact(self._customer_id, self._account_id, self._seen)
        bridge.run_query(self, looking, self._show_seen)

    def fill(self) -> None:
        for key, field in self.fields.items():
            if not self.has_draft(field):
                field.setText(self._seen.shown.get(key, ""))

    def show_effect(self) -> None:
        self.effect.set_words("\n".join(self._effect_at(kind) for kind in self._systems))

    def doing(self) -> Coroutine[Any, Any, Any]:
        wanted = {key: field.text() for key, field in self.fields.items()}
        return self._console.actions.change_contact(
            self._customer_id, self._account_id, wanted, self._seen, typed_in=self.draft_keys
        )

    def _show_seen(self, seen: SeenContact) -> None:
        self._seen, self._asked = seen, True
        self.fill()
        self.show_effect()

    def _effect_at(self, kind: str) -> str:
        label, held = self._console.label(self._systems[kind]), self._seen.values.get(kind)
        if kind == IN_BILLING and self._several:
            label = tr("{}, account {} only").format(label, self._account_id)
        message = tr("{}: {}").format(label, self._change_words(held or {}))
        if kind in self._seen.answered:
            return message
        if not self._asked:
            return tr("{} Loading…").format(message)
        if held is None:
            unknown = tr("{} is not responding and there's no saved data. It will get the change when it's back.")
            return unknown.format(label)
        return tr("{} Last known; not responding now. It will get the change when it's back.").format(message)

    def _change_words(self, held: Any) -> str:
        """Return the change to each value in one system, as text."""
        parts = []
        for key, field in self.fields.items():
            now, typed, started = held.get(key, ""), field.text().strip(), self._seen.shown.get(key, "")
            word = self._words[key].lower()
            if typed and typed not in {started, now}:
                message = tr("{0}: {1} → {2}") if now else tr("{0}: none → {2}")
                parts.append(message.format(word, shortened(now), shortened(typed)))
            else:
                parts.append(tr("{} {} unchanged").format(word, shortened(now)) if now else tr("no {}").format(word))
        return "; ".join(parts) + "."
