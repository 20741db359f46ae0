"""The discrepancies between systems about a customer: what each system says, since when, the cost, and the fixes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from console.messages.names import name_of
from console.models.discrepancy import Discrepancy, SuggestedFix, SystemStatement
from console.services.actions.catalogue import ACTIONS
from console.services.customer.customer_view import CustomerView
from console.services.discrepancies.watch import DiscrepancyWatch
from console.views import texts
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.widgets.fact import console_fact
from console.views.widgets.labels import Button, Label, Surface, titled_surface
from console.views.widgets.live_page import PlainScroll
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactTable


class DiscrepanciesView(Surface):
    """The view over the panels that lists discrepancies. Up and Down select one, Esc goes back.

    `fix_wanted` carries the name of the action that fixes the selected one, and the start values of its form.
    """

    closed = Signal()
    fix_wanted = Signal(str, dict)

    def __init__(self, view: CustomerView, watch: DiscrepancyWatch) -> None:
        super().__init__("window")
        self.setAccessibleName(tr("Discrepancies between systems"))
        self._view, self._watch = view, watch
        self._title = Label("", "body", semibold=True)
        found = (tr("What"), tr("About"), tr("Systems"), tr("Since"), tr("Amount"))
        self.found = FactTable(tr("Discrepancies"), found, stretch=0, optional=(2, 3))
        self.found.chosen.connect(lambda _row: self._show_chosen())
        self.found.opened.connect(lambda _row: self._first_fix())
        self._meaning = Label("", wrap=True)
        self._meaning.setContentsMargins(10, 0, 10, 0)
        statements = (tr("System"), tr("Says"), tr("Since"), tr("Record"))
        self.statements = FactTable(tr("What each system says"), statements, stretch=1, optional=(2,))
        self._fixes = QHBoxLayout()
        self._fixes.setContentsMargins(10, 0, 10, 4)
        self.buttons: list[Button] = []
        self._not_compared = Label("", "small", look="secondary", wrap=True)
        self._not_compared.setAccessibleName(tr("Not compared"))
        self._not_compared.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._not_compared.setContentsMargins(10, 2, 10, 2)
        room = PlainScroll(self._not_compared)
        back = Button(tr("Back   {}").format("Esc"), "plain")
        back.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(back)
        head.addWidget(self._title)
        head.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(titled_surface(tr("Discrepancies"), self.found), 3)
        card = titled_surface(tr("What each system says"), self.statements, self._meaning)
        inner = card.layout()
        if isinstance(inner, QVBoxLayout):
            inner.addLayout(self._fixes)
        layout.addWidget(card, 3)
        layout.addWidget(titled_surface(tr("Not compared"), room), 1)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit)
        watch.subscribe(self.refresh)

    def open_view(self) -> None:
        """Update the list and take the focus."""
        self.refresh()
        self.found.setFocus()

    def refresh(self) -> None:
        """Show the discrepancies found so far."""
        comparison = self._watch.comparison
        count = len(comparison.found)
        words = tr("1 discrepancy") if count == 1 else tr("{} discrepancies").format(count)
        self._title.set_words(f"{self._view.name}  ·  {words if count else self._none_words()}")
        self.found.show_rows([_row(one) for one in comparison.found])
        lines = [
            f"{texts.sentence(tr(name_of(one.kind)))}: {in_words(one.why)}"
            if one.kind
            else tr("Everything: {}").format(in_words(one.why))
            for one in comparison.not_compared
        ]
        self._not_compared.set_words("\n".join(lines) or tr("All checks ran."))
        self._show_chosen()

    def _none_words(self) -> str:
        if self._watch.is_waiting:
            return tr("no discrepancy so far; some systems have not replied")
        if self._watch.comparison.not_compared:
            return tr("no discrepancy in the compared data")
        return tr("no discrepancies")

    @property
    def chosen(self) -> Discrepancy | None:
        """The discrepancy at the cursor, else the first; None without any."""
        row = self.found.currentIndex().row()
        found = self._watch.comparison.found
        if not found:
            return None
        return found[row] if 0 <= row < len(found) else found[0]

    def _show_chosen(self) -> None:
        one = self.chosen
        self.statements.show_rows(
            [_claim_row(n, statement) for n, statement in enumerate(one.statements)] if one else []
        )
        self._meaning.set_words(in_words(one.meaning) if one else "")
        fixes = [fix for fix in one.fixes if fix.action in ACTIONS] if one else []
        for button in self.buttons:
            self._fixes.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(fix) for fix in fixes]
        for n, button in enumerate(self.buttons):
            self._fixes.insertWidget(n, button)
        if self._fixes.count() == len(self.buttons):
            self._fixes.addStretch()

    def _button(self, fix: SuggestedFix) -> Button:
        button = Button(tr("{}…").format(in_words(ACTIONS[fix.action].title)), "plain")
        button.clicked.connect(lambda: self.fix_wanted.emit(fix.action, dict(fix.values)))
        return button

    def _first_fix(self) -> None:
        if self.buttons:
            self.buttons[0].click()


def discrepancy_words(one: Discrepancy) -> str:
    """Return a discrepancy as one line of text, for an alert."""
    message = f"≠ {texts.sentence(tr(name_of(one.kind)))}: {in_words(one.subject)}"
    return tr("{}, {}").format(message, texts.money(one.cost)) if one.cost else message


def _row(one: Discrepancy) -> Row:
    systems = ", ".join(dict.fromkeys(statement.system for statement in one.statements))
    cells = (
        Cell(console_fact(tr("What"), texts.sentence(tr(name_of(one.kind)))), state="conflict"),
        Cell(console_fact(tr("About"), in_words(one.subject))),
        Cell(console_fact(tr("Systems"), systems)),
        Cell(console_fact(tr("Since"), texts.weekday(one.since) if one.since else tr("not known"))),
        Cell(console_fact(tr("Amount"), texts.money(one.cost) if one.cost else ""), number=True, strong=True),
    )
    return Row(f"{one.kind.name} {one.about}", cells)


def _claim_row(number: int, statement: SystemStatement) -> Row:
    cells = (
        Cell(console_fact(tr("System"), statement.system), strong=True),
        Cell(console_fact(tr("Says"), in_words(statement.says))),
        Cell(console_fact(tr("Since"), texts.weekday(statement.since) if statement.since else "")),
        Cell(console_fact(tr("Record"), statement.record)),
    )
    return Row(f"{number} {statement.record}", cells)
