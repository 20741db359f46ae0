"""The dialog with the full origin of a value. Every line can be selected and copied."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from console.views.texts import tr
from console.views.widgets.fact import ShownFact, copy_text
from console.views.widgets.labels import Label


class OriginDialog(QDialog):
    """System, record, version and read time of one value. For a row, it shows all its values in full.

    Use `open`, not `exec`, so that the console stays responsive.
    """

    def __init__(self, fact: ShownFact, parent: QWidget, row: Sequence[ShownFact] = ()) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Where this comes from"))
        self._row = tuple(row)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        for name, text in self._lines(fact):
            label, value = Label(name, look="muted"), QLabel(text)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            value.setWordWrap(True)
            value.setMinimumWidth(280)
            value.setAccessibleName(f"{name}: {text}")
            form.addRow(label, value)
        title = Label(self._row[0].text if self._row else fact.label, "page", semibold=True, wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy all"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: copy_text("\n".join(f"{name}: {text}" for name, text in self._lines(fact))))
        buttons.rejected.connect(self.close)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(title)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def _lines(self, fact: ShownFact) -> list[tuple[str, str]]:
        lines = [(part.label, part.text) for part in self._row if part.text] or [(tr("Value"), fact.text)]
        if fact.origin is None:
            return [*lines, (tr("Origin"), tr("not known"))]
        local = fact.origin.read_at.astimezone()
        lines += [
            (tr("System"), fact.system_label),
            (tr("Record"), f"{fact.origin.resource} {fact.origin.id}"),
            (tr("Version"), fact.origin.version or tr("none")),
            (tr("Read"), f"{local:%Y-%m-%d %H:%M:%S %Z}"),
        ]
        if fact.worked_out:
            lines.append((tr("Note"), tr("This console calculated the value from this record and others.")))
        if not fact.fresh:
            lines.append((tr("Note"), tr("Old: not safe to quote until it is refreshed.")))
        return lines
