"""The head of a customer page: name, number, contact details and access."""

from datetime import datetime

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from console.messages.names import name_of
from console.models.customer import ContactMedium, Party, PartyKind
from console.models.provenance import Origin
from console.services.access.access_service import AccessGrant, AccessLevel, AccessReason
from console.services.customer.customer_view import CustomerView
from console.services.search.phone import show_phone
from console.views import texts
from console.views.customer.panels.facts import FactMaker
from console.views.customer.panels.system_words import SystemNames
from console.views.icons import ICON
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.fact import FactLabel, ShownFact
from console.views.widgets.labels import Button, Label, Surface

_MARGIN, _GAP = 10, 8
_CONTACTS = ("phone", "email", "address")
# Chips to hide in a narrow head, in this order. The tooltip then lists them.
_GO_FIRST = ("language", "since", "kind", "born", "status")


class CustomerHead(Surface):
    """Name, kind, start date, number and contact details, from the customer and party records of CRM."""

    def __init__(self, view: CustomerView, systems: SystemNames) -> None:
        super().__init__("card", "b")
        self.setAccessibleName(tr("Customer"))
        self._view = view
        self._systems, self._system_label = systems, systems.together
        self.name = FactLabel(tr("Name"), "name", semibold=True)
        self._number = FactLabel(tr("Customer number"), look="muted")
        names = ("kind", "since", "status", "born", "language")
        self._chips = {key: Label("", "small", look="chip") for key in names}
        self.grant, self._shield = Label("", semibold=True), QLabel()
        self._sign: tuple[str, str] | None = None
        self._icons = {key: QLabel() for key in _CONTACTS}
        self._contacts = {
            key: FactLabel(tr(word), elide=key != "phone")  # the rep dials the number, so it is never cut
            for key, word in zip(_CONTACTS, ("Phone", "E-mail", "Address"), strict=True)
        }
        self._more, self._origin = Label("", "small", look="muted"), Label("", "small")
        for label in (*self._chips.values(), self._more, self._origin, self.grant, self._shield):
            label.hide()
        self.full = Button(tr("Show in full"), "link", "small")
        self.full.setToolTip(tr("Shows full phone numbers, e-mail addresses and date of birth. This is logged."))
        self.full.setAccessibleDescription(self.full.toolTip())
        self.full.clicked.connect(view.unmask)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.name)
        for chip in self._chips.values():
            top.addWidget(chip)
        top.addWidget(self._number)
        top.addStretch()
        top.addWidget(self._shield)
        top.addWidget(self.grant)
        for key in _CONTACTS:
            bottom.addWidget(self._icons[key])
            bottom.addWidget(self._contacts[key])
            self._contacts[key].setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        bottom.addWidget(self._more)
        bottom.addWidget(self.full)
        bottom.addWidget(self._origin)
        bottom.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 6, _MARGIN, 6)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addLayout(bottom)
        self._unsubscribe = [
            view.customer.subscribe(lambda _part: self.render_head()),
            view.party.subscribe(lambda _part: self.render_head()),
        ]
        ICON.loaded.connect(self._take_icons)
        THEME.changed.connect(self._take_icons)
        self._take_icons()
        self.render_head()

    def close_head(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def tick(self, now: datetime) -> None:
        state = self._view.customer.state
        self._origin.setVisible(True)
        if state.read_at is None:
            failed = state.failure is not None
            asking = tr("{} · no data then") if state.is_past else tr("{} · loading")
            text = in_words(state.failure.error.message) if state.failure else asking.format(self._system_label)
            self._origin.set_words(text)
            self._origin.set_look("mark", "danger" if failed else "info")
        elif state.is_past:
            self._origin.set_words(tr("{} · as of {}").format(self._system_label, texts.moment(state.read_at)))
            self._origin.set_look("chip", "stale")
        elif state.is_fresh(now):
            self._origin.set_words(f"{self._system_label} · {texts.age(state.read_at, now)}")
            self._origin.set_look("muted")
        else:
            self._origin.set_words(tr("{} · as of {}").format(self._system_label, texts.clock(state.read_at)))
            self._origin.set_look("chip", "stale")

    def _render_person(self, party: Party | None) -> None:
        born = party.birth_on if party else None
        self._chip("born", tr("Born {}").format(texts.written_day(born)) if born else "")
        languages = ", ".join(party.languages).upper() if party else ""
        self._chip("language", tr("Speaks {}").format(languages) if languages else "")

    def render_head(self) -> None:
        now = self._view.now()
        found = self._view.customer.state.facts
        self.full.setVisible(bool(self._view.masked) and found is not None)
        if found is None:
            self.name.setText(self._view.customer_id)
            self.tick(now)
            return
        customer, make = (
            found.value,
            FactMaker(found.origin, self._systems, fresh=self._view.customer.state.is_fresh(now)),
        )
        self.name.show_fact(make.fact(tr("Name"), customer.name), lambda: self._record(make))
        self._number.show_fact(make.fact(tr("Customer number"), customer.id))
        kinds = {PartyKind.INDIVIDUAL: tr("Residential"), PartyKind.ORGANIZATION: tr("Business"), None: ""}
        self._chip("kind", kinds[customer.kind])
        self._chip("since", tr("Since {}").format(texts.month(customer.since)) if customer.since else "")
        word, state = texts.state(customer.status)
        self._chip("status", word if (customer.status or "").lower() not in {"", "active"} else "", state)
        party = self._view.party.state.facts
        self._render_person(party.value if party else None)
        media, origin = (customer.contact_media, found.origin)
        if not media and party is not None:
            media, origin = party.value.contact_media, party.origin
        self._show_contacts(media, customer.ended_media, origin)
        self._fit()
        self.tick(now)

    def show_access(self, grant: AccessGrant | None) -> None:
        """Show why the account is unlocked; show nothing if accounts are never locked (`grant` is None)."""
        if grant is None:
            self._sign, words = None, ""
        elif grant.reason is AccessReason.CALLER:
            calls = tr(", call details too") if grant.level is AccessLevel.CALL_DETAIL else ""
            self._sign, words = (
                ("verified", "ok"),
                tr("Caller verified until {}").format(texts.clock(grant.until)) + calls,
            )
        else:
            self._sign, words = (
                ("unverified", "attention"),
                tr("Opened without a caller: {}").format(tr(name_of(grant.reason))),
            )
        self.grant.set_words(words)
        self.grant.set_look("mark", self._sign[1] if self._sign else "neutral")
        self.grant.setToolTip(texts.tooltip(grant.how) if grant is not None else "")
        self.grant.setVisible(grant is not None)
        self._shield.setVisible(grant is not None)
        self._take_icons()
        self._fit()

    def _record(self, make: FactMaker) -> tuple[ShownFact, ...]:
        """Return all facts of the customer and party records; empty while the customer is not loaded."""
        customer, party = self._view.customer.state.facts, self._view.party.state.facts
        if customer is None:
            return ()
        known = customer.value
        status = " · ".join(text for text in (texts.state(known.status)[0], known.status_reason) if text)
        chips = [make.fact(tr("About"), chip.text()) for chip in self._chips.values() if chip.text()]
        media = [make.fact(texts.spelt_out(medium.medium), medium.text) for medium in known.contact_media]
        facts = [make.fact(tr("State"), status), *chips, *media, *(cell.fact for cell in make.details(known.details))]
        if party is not None:
            of_party = FactMaker(party.origin, self._systems)
            facts += [of_party.fact(tr("Person or company"), party.value.name)]
            facts += [cell.fact for cell in of_party.details(party.value.details)]
        return tuple(facts)

    def _chip(self, key: str, text: str, state: str = "neutral") -> None:
        self._chips[key].set_words(text)
        self._chips[key].set_look("chip", state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Hide the chips that do not fit. Name, number and access are always shown."""
        shown = [key for key in self._chips if self._chips[key].text()]
        first = [self.name, self._number, self.grant, self._shield]
        used = sum(one.sizeHint().width() + _GAP for one in first if not one.isHidden())
        widths = {key: self._chips[key].sizeHint().width() + _GAP for key in shown}
        gone: list[str] = []
        for key in _GO_FIRST:
            if used + sum(widths.values()) <= self.contentsRect().width() - 2 * _MARGIN:
                break
            if widths.pop(key, None) is not None:
                gone.append(self._chips[key].text())
        for key, chip in self._chips.items():
            chip.setVisible(key in widths)
        self.setToolTip(texts.tooltip("\n".join(gone)))
        self.setAccessibleDescription(", ".join(gone))

    def _show_contacts(
        self, media: tuple[ContactMedium, ...], ended: tuple[ContactMedium, ...], origin: Origin
    ) -> None:
        make = FactMaker(origin, self._systems)
        hidden = []
        for key in _CONTACTS:
            ways = sorted((medium for medium in media if medium.kind == key), key=lambda medium: not medium.preferred)
            text = ways[0].text if ways else ""
            self._contacts[key].show_fact(
                make.fact(self._contacts[key].objectName(), show_phone(text) if key == "phone" else text)
            )
            self._icons[key].setVisible(bool(text))
            hidden += [f"{medium.medium}: {medium.text}" for medium in ways[1:]]
        hidden += [tr("{}: {} (not valid now)").format(medium.medium, medium.text) for medium in ended]
        self._more.set_words(tr("(+{})").format(len(hidden)))
        self._more.setToolTip(texts.tooltip("\n".join(hidden)))
        self._more.setAccessibleDescription("\n".join(hidden))
        self._more.setVisible(bool(hidden))

    def _take_icons(self) -> None:
        for key, label in self._icons.items():
            label.setPixmap(ICON.pixmap(key, 14, THEME.colour("textSecondary")))
        if self._sign is not None:
            name, state = self._sign
            self._shield.setPixmap(ICON.pixmap(name, 18, THEME.state(state).text))
