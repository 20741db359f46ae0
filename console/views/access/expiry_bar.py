"""Closes accounts whose opening has lapsed, and says so two minutes before, when it can still be prolonged."""

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
    """Stands over the window while an opening is about to lapse; takes no focus. `close` closes a customer's tabs."""

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
        self.setAccessibleName(tr("About to close"))
        self.message = Label("", wrap=True)
        self.message.set_look("mark", "attention")
        self.button = Button(
            tr("Still with them: keep it open   {}").format(texts.keys(PROLONG_KEYS)), "plain", "small"
        )
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
        """Close what has lapsed and tell of what is about to."""
        expired, soon = self._access.expiring()
        for grant in expired:
            name = self._name_of(grant.customer_id)
            self._close(grant.customer_id)
            self._access.close(grant.customer_id)
            message = tr("{} was closed, as its time had passed. What you typed is kept; {} opens it again.")
            self._window.status.say(message.format(name, texts.keys("Ctrl+Shift+T")))
        self.setVisible(bool(soon))
        if soon:
            message = tr("{}: the account closes within two minutes; what you typed is kept.")
            words = message.format(self._names(soon))
            keep = tr("Still with them: keep it open   {}") if len(soon) == 1 else tr("Keep all {} open   {}")
            self.button.setText(keep.format(*([] if len(soon) == 1 else [len(soon)]), texts.keys(PROLONG_KEYS)))
            if self.message.text() != words:
                self.message.set_words(words)
                self._window.status.say(words)

    def prolong(self) -> None:
        """Keep open what is about to close."""
        soon = self._access.expiring()[1]
        for grant in soon:
            self._access.prolong(grant.customer_id)
        if soon:
            self._window.status.say(tr("Stays open: {}.").format(self._names(soon)))
        self.look()

    def _names(self, access: Sequence[AccessGrant]) -> str:
        names = [self._name_of(grant.customer_id) for grant in access]
        more = tr(" and {} more").format(len(names) - _MOST_NAMED) if len(names) > _MOST_NAMED else ""
        return ", ".join(names[:_MOST_NAMED]) + more
