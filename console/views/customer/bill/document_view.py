"""The bill document that the customer received: its pages from top to bottom, each rendered when it is visible."""

import asyncio
import functools

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractScrollArea, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.errors import ConsoleError
from console.models.customer import CustomerId
from console.models.customer_bill import CustomerBill
from console.services.billing.bill_documents import OpenDocument, PageImage
from console.services.console import Console
from console.views.message_words import in_words
from console.views.texts import tr
from console.views.theme import THEME
from console.views.widgets.labels import Button, Label, Surface
from console.views.widgets.message import PanelMessage

_GAP = 12  # logical pixels between pages
_ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
_MOST_KEPT = 12  # rendered pages in memory


class DocumentView(Surface):
    """The view of one document at a time. `closed` requests to go back. The document is never written to disk."""

    closed = Signal()

    def __init__(self, console: Console, bridge: Bridge, customer_id: CustomerId) -> None:
        super().__init__("window")
        self._console, self._bridge, self._customer_id = console, bridge, customer_id
        self._bill: CustomerBill | None = None
        self._grant: asyncio.Task[OpenDocument] | None = None
        self.pages = PagesView(bridge)
        self.message = PanelMessage()
        self.message.button.clicked.connect(self._ask_again)
        self.title = Label("", "body", semibold=True)
        self.page_label = Label("", "small", look="secondary")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.pages)
        self._stack.addWidget(self.message)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_bar())
        layout.addWidget(self._stack, 1)
        self.pages.moved.connect(self._show_page_number)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit)

    def show_bill(self, bill: CustomerBill) -> None:
        """Load and show the document of a bill."""
        self.leave()
        self._bill = bill
        self.title.setText(tr("Bill {} as sent to the customer").format(bill.label))
        self.setAccessibleName(self.title.text())
        self._say("asking", "info", tr("Loading the bill…"), "", can_refresh=False)
        question = self._console.documents.open(self._customer_id, bill)
        self._grant = self._bridge.run_query(self, question, self._on_open, self._on_error)
        self.pages.setFocus()

    def leave(self) -> None:
        """Cancel loading and close the document."""
        if self._grant is not None:
            self._grant.cancel()
            self._grant = None
        document = self.pages.release()
        if document is not None:
            self._bridge.run_query(self._bridge_owner(), document.aclose())

    def _bridge_owner(self) -> QWidget:
        # The view may be destroyed in the same event loop turn. The window lives until the document is closed.
        return self.window()

    def _on_open(self, document: OpenDocument) -> None:
        self._grant = None
        self._stack.setCurrentWidget(self.pages)
        self.pages.show_document(document)
        self.pages.setFocus()

    def _on_error(self, error: ConsoleError) -> None:
        self._grant = None
        text = tr("The bill lines are on the customer page.")
        self._say("down", "danger", in_words(error.message), text, can_refresh=True)
        self.message.button.setFocus()

    def _ask_again(self) -> None:
        if self._bill is not None:
            self.show_bill(self._bill)

    def _say(self, icon: str, state: str, title: str, text: str, *, can_refresh: bool) -> None:
        self.message.show_words(icon, state, title, text, can_refresh=can_refresh)
        self.page_label.setText("")
        self._stack.setCurrentWidget(self.message)

    def _show_page_number(self, page: int, pages: int) -> None:
        percent = round(self.pages.zoom * 100)
        self.page_label.setText(tr("page {} of {}, {} %").format(page + 1, pages, percent))

    def _make_bar(self) -> QWidget:
        bar = Surface("cardHead", "b")
        back = Button(tr("Back"), "link")
        back.clicked.connect(self.closed)
        back.setToolTip(tr("Back to the customer (Esc)"))
        smaller, larger = Button("−", "link"), Button("+", "link")
        for button, name, by in ((smaller, tr("Smaller"), -1), (larger, tr("Larger"), 1)):
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(lambda _checked=False, step=by: self.pages.step_zoom(step))
        row = QHBoxLayout(bar)
        row.setContentsMargins(10, 4, 10, 4)
        row.addWidget(back)
        row.addWidget(self.title)
        row.addStretch()
        for widget in (self.page_label, smaller, larger):
            row.addWidget(widget)
        return bar


class PagesView(QAbstractScrollArea):
    """The pages of a document. `moved` carries the index of the top page, from 0, and the number of pages."""

    moved = Signal(int, int)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._document: OpenDocument | None = None
        self._images: dict[int, QImage] = {}
        self._failed: dict[int, str] = {}
        self._rendering: dict[int, asyncio.Task[PageImage]] = {}
        self.zoom = 1.0
        self._fits = True
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Pages of the bill"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(60)
        self._settle.timeout.connect(self._render_visible)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._on_scroll())

    @property
    def is_shown(self) -> bool:
        """Whether every visible page is rendered or shows why it failed."""
        shown = [page for page, _ in self._visible()] if self._document is not None else []
        return bool(shown) and all(page in self._images or page in self._failed for page in shown)

    def show_document(self, document: OpenDocument) -> None:
        self._document = document
        self._fits = True
        self._fit()
        self.verticalScrollBar().setValue(0)
        self._on_scroll()
        self._render_visible()
        self._bridge.run_query(self, document.text(0), self.setAccessibleDescription)

    def release(self) -> OpenDocument | None:
        """Clear the view and return the document, which the caller closes."""
        document, self._document = self._document, None
        self._drop()
        return document

    def step_zoom(self, by: int) -> None:
        """Zoom in (`by` > 0) or out by one step of `_ZOOMS`."""
        steps = [step for step in _ZOOMS if (step > self.zoom + 0.01 if by > 0 else step < self.zoom - 0.01)]
        if steps:
            self._fits = False
            self._set_zoom(steps[0] if by > 0 else steps[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        moves = {
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_Down: 40,
            Qt.Key.Key_Up: -40,
            Qt.Key.Key_End: bar.maximum(),
            Qt.Key.Key_Home: -bar.maximum(),
        }
        if event.key() in moves:
            bar.setValue(bar.value() + moves[Qt.Key(event.key())])
        elif event.key() in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.step_zoom(1)
        elif event.key() == Qt.Key.Key_Minus:
            self.step_zoom(-1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(self.viewport().rect(), THEME.colour("window"))
            if self._document is None:
                return
            for page, rect in self._visible():
                painter.fillRect(rect, Qt.GlobalColor.white)
                painter.setPen(THEME.colour("border"))
                image = self._images.get(page)
                if image is not None:
                    painter.drawImage(rect, image)
                else:
                    text = self._failed.get(page) or tr("page {}").format(page + 1)
                    painter.setPen(Qt.GlobalColor.darkGray)
                    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
                painter.setPen(THEME.colour("border"))
                painter.drawRect(rect.adjusted(-1, -1, 0, 0))
            if self.hasFocus():
                painter.setPen(THEME.colour("focusRing"))
                painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    # ------------------------------------------------------------------ page positions

    def _size(self, page: int) -> QSize:
        width, height = self._document.page_sizes[page] if self._document is not None else (1.0, 1.0)
        # Pages are measured in points (1/72 inch); a logical pixel is 1/96 inch.
        return QSize(max(1, round(width * self.zoom * 96 / 72)), max(1, round(height * self.zoom * 96 / 72)))

    def _tops(self) -> list[int]:
        tops, top = [], _GAP
        for page in range(len(self._document.page_sizes) if self._document else 0):
            tops.append(top)
            top += self._size(page).height() + _GAP
        return [*tops, top]

    def _visible(self) -> list[tuple[int, QRect]]:
        found = []
        offset, height = self.verticalScrollBar().value(), self.viewport().height()
        tops = self._tops()
        for page, top in enumerate(tops[:-1]):
            size = self._size(page)
            if top + size.height() < offset or top > offset + height:
                continue
            left = max(_GAP, (self.viewport().width() - size.width()) // 2) - self.horizontalScrollBar().value()
            found.append((page, QRect(left, top - offset, size.width(), size.height())))
        return found

    def _fit(self) -> None:
        """Fit the widest page to the width of the view, unless the user chose a zoom."""
        if self._document is None:
            return
        if self._fits:
            widest = max(width for width, _ in self._document.page_sizes)
            room = max(200, self.viewport().width() - 2 * _GAP)
            self._set_zoom(max(0.2, min(1.5, room / (max(1.0, widest) * 96 / 72))))
        else:
            self._set_zoom(self.zoom)

    def _set_zoom(self, zoom: float) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / bar.maximum() if bar.maximum() else 0.0
        if abs(zoom - self.zoom) > 0.001:
            self.zoom = zoom
            self._drop()
        tops = self._tops()
        bar.setRange(0, max(0, tops[-1] - self.viewport().height()))
        bar.setPageStep(max(40, self.viewport().height() - 40))
        bar.setSingleStep(40)
        widest = max((self._size(page).width() for page in range(len(tops) - 1)), default=0)
        self.horizontalScrollBar().setRange(0, max(0, widest + 2 * _GAP - self.viewport().width()))
        bar.setValue(round(share * bar.maximum()))
        self._on_scroll()

    # ------------------------------------------------------------------ rendering

    def _on_scroll(self) -> None:
        self.viewport().update()
        self._settle.start()
        shown = self._visible()
        if shown and self._document is not None:
            self.moved.emit(shown[0][0], len(self._document.page_sizes))

    def _render_visible(self) -> None:
        if self._document is None:
            return
        shown = [page for page, _ in self._visible()]
        for page in [page for page in self._rendering if page not in shown]:
            self._rendering.pop(page).cancel()
        for page in shown:
            if page in self._images or page in self._rendering or page in self._failed:
                continue
            scale = self.zoom * 96 / 72 * self.devicePixelRatioF()
            self._rendering[page] = self._bridge.run_query(
                self,
                self._document.render(page, scale=scale),
                functools.partial(self._on_rendered, page),
                functools.partial(self._on_failed, page),
            )

    def _on_rendered(self, page: int, image: PageImage) -> None:
        self._rendering.pop(page, None)
        made = QImage(image.pixels, image.width, image.height, image.stride, QImage.Format.Format_RGB32).copy()
        self._images[page] = made
        while len(self._images) > _MOST_KEPT:
            del self._images[next(iter(self._images))]
        self.viewport().update()

    def _on_failed(self, page: int, error: ConsoleError) -> None:
        self._rendering.pop(page, None)
        self._failed[page] = in_words(error.message)
        self.viewport().update()

    def _drop(self) -> None:
        for task in self._rendering.values():
            task.cancel()
        self._rendering, self._images, self._failed = {}, {}, {}
        self.viewport().update()
