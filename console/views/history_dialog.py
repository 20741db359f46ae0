"""The dialog that lists when something about a customer changed, to open a past view of that time."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from console.services.customer.dataset_cache import CustomerChange
from console.views import texts
from console.views.texts import tr
from console.views.widgets.fact import ShownFact
from console.views.widgets.labels import Button, Label, button_row
from console.views.widgets.row_model import Cell, Row
from console.views.widgets.rows import FactList


class HistoryDialog(QDialog):
    """The list of past changes. Emits `chosen` with a time (aware UTC). Up and Down move, Enter opens, Esc closes."""

    chosen = Signal(object)

    def __init__(self, customer: str, moments: Sequence[CustomerChange], window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Past view: {}").format(customer))
        self.setMinimumSize(460, 360)
        self._moments = list(moments)
        message = tr("Each line is a change that this console loaded. Choose one to see the customer at that time.")
        if not self._moments:
            message = tr("This computer has no saved data about this customer yet.")
        self.list = FactList(tr("Changes"), uniform=True)
        self.list.show_rows([self._row(index, moment) for index, moment in enumerate(self._moments)])
        self.list.opened.connect(self._open)
        self._open_button = Button(tr("Show   {}").format(tr("Enter")), "main")
        self._open_button.setAutoDefault(False)
        self._open_button.setEnabled(bool(self._moments))
        self._open_button.clicked.connect(lambda: self._open(self.list.rows_model.row(self.list.currentIndex().row())))
        close = Button(tr("Close   {}").format("Esc"), "plain")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        row = button_row(close, self._open_button)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(Label(message, wrap=True))
        column.addWidget(self.list, 1)
        column.addLayout(row)
        if self._moments:
            self.list.setCurrentIndex(self.list.rows_model.index(0, 0))
        self.list.setFocus()

    def _row(self, index: int, moment: CustomerChange) -> Row:
        first = index == len(self._moments) - 1
        changed = ", ".join(moment.changed)
        message = tr("First loaded: {}").format(changed) if first else tr("Changed: {}").format(changed)
        since = tr("From")
        when = f"{since} {texts.recent_day(moment.at)} {texts.clock(moment.at, seconds=True)}"
        cells = (Cell(_fact(tr("When"), when)), Cell(_fact(tr("What"), message)))
        return Row(str(index), cells)

    def _open(self, row: Row) -> None:
        self.accept()
        self.chosen.emit(self._moments[int(row.key)].at)


def _fact(label: str, text: str) -> ShownFact:
    return ShownFact(label, text, None, tr("This console"))
