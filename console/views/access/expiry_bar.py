"""The bar that locks accounts when their access grant expires. It warns 2 minutes before, so that reps can extend."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout

from console.models.customer import CustomerId
from console.services.access.access_service import AccessGrant, AccessService
from console.views import texts
from console.views.texts import tr
from console.views.widgets.labels import Button, Label, StateSurface
from console.views.window.main_window import MainWindow

PROLONG_KEYS = "Ctrl+Shift+G"
_LOOK_EVERY_MS = 2000
_MOST_NAMED = 3


class ExpiryBar(StateSurface):
    """The bar above the window, visible while an access grant expires soon. It does not take the focus.

    `close` closes a customer's tabs.
    """

    def __init__(
        self,
        window: MainWindow,
        access: AccessService,
        *,
        name_of: Callable[[CustomerId], str],
        close: Callable[[CustomerId], None],
    ) -> None:
        super().__init__()
        self._window, self._access, self._name_of, self._close = window, access, name_of, close
        self.set_state("attention")
        self.setAccessibleName(tr("Locks soon"))
        self.message = Label("", wrap=True)
        self.message.set_look("mark", "attention")
        self.button = Button(tr("Still on the call: keep open   {}").format(texts.keys(PROLONG_KEYS)), "plain", "small")
        self.button.setAccessibleName(tr("Keep the account open"))
        self.button.clicked.connect(self.prolong)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.addWidget(self.message, 1)
        row.addWidget(self.button)
        self.hide()
        window.put_on_top(self)
        window.events.on_key(PROLONG_KEYS, self.prolong)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.look)
        self._looking.start(_LOOK_EVERY_MS)

    def look(self) -> None:
        """Lock accounts whose access grant has expired, and show those that expire soon."""
        expired, soon = self._access.expiring()
        for grant in expired:
            name = self._name_of(grant.customer_id)
            self._close(grant.customer_id)
            self._access.close(grant.customer_id)
            message = tr("{} was locked because its time ran out. Your drafts are saved. Press {} to open it again.")
            self._window.status.say(message.format(name, texts.keys("Ctrl+Shift+T")))
        self.setVisible(bool(soon))
        if soon:
            message = tr("{}: locks in 2 minutes. Your drafts are saved.")
            words = message.format(self._names(soon))
            keep = tr("Still on the call: keep open   {}") if len(soon) == 1 else tr("Keep all {} open   {}")
            self.button.setText(keep.format(*([] if len(soon) == 1 else [len(soon)]), texts.keys(PROLONG_KEYS)))
            if self.message.text() != words:
                self.message.set_words(words)
                self._window.status.say(words)

    def prolong(self) -> None:
        """Extend all access grants that expire soon."""
        soon = self._access.expiring()[1]
        for grant in soon:
            self._access.prolong(grant.customer_id)
        if soon:
            self._window.status.say(tr("Kept open: {}.").format(self._names(soon)))
        self.look()

    def _names(self, access: Sequence[AccessGrant]) -> str:
        names = [self._name_of(grant.customer_id) for grant in access]
        more = tr(" and {} more").format(len(names) - _MOST_NAMED) if len(names) > _MOST_NAMED else ""
        return ", ".join(names[:_MOST_NAMED]) + more
