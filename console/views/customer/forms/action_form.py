"""The form of every declared action: fields at the left, the changes in each system at the right."""

import functools
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from console.bridge import Bridge
from console.models.customer_bill import CustomerBillId
from console.models.outbox import Action
from console.models.provenance import Origin, Records
from console.services.actions.catalogue import ACTIONS
from console.services.actions.declared import ActionPlan, Field, FieldKind, FieldOption
from console.services.actions.selection import starts_from
from console.services.console import Console
from console.services.customer.contact import NotPossibleError
from console.services.customer.customer_view import CustomerView
from console.views import texts
from console.views.customer.forms.preview import PreviewTable
from console.views.keys.send import is_send
from console.views.message_words import in_words, shown
from console.views.texts import tr
from console.views.widgets.action_dialog import ActionDialog, FormText, send_words
from console.views.widgets.labels import Label

_FORM_WIDTH, _PREVIEW_WIDTH, _HEIGHT = 320, 720, 540
_LEAST_PREVIEW = (300, 180)
_ROUND_IT = 24  # logical pixels of the window that stay free around a form
_TEXT_HEIGHT = 88
_MOST_CHOSEN_FROM = 2_000  # records; a longer list is too long to pick from
_CHOSEN = {FieldKind.CHOICE, FieldKind.PICK}


def _words_of(choice: FieldOption) -> str:
    words = choice.words if isinstance(choice.words, str) else shown(choice.words)
    return f"{words}, {texts.state(choice.state)[0]}" if choice.state else words


class ActionForm(ActionDialog):
    """The form of one action. It updates the plan on each entry and on each reply of a system.

    Nothing is written before the user sends it. Sending makes the plan again, from the data known at that time.
    """

    def __init__(
        self,
        console: Console,
        bridge: Bridge,
        view: CustomerView,
        kind: str,
        values: Mapping[str, str],
        window: QWidget,
        instead_of: Action | None = None,
        selected: Origin | None = None,
    ) -> None:
        self._kind = ACTIONS[kind]
        title = f"{in_words(self._kind.title)}: {view.name}"
        super().__init__(title, in_words(self._kind.send), console.drafts, bridge, window)
        self._console, self._view, self._instead_of = console, view, instead_of
        self._given, self._selected = dict(values), selected
        self._near: Mapping[str, str] = {}
        self._inputs: dict[str, QComboBox | QLineEdit | QPlainTextEdit] = {}
        self._readers: dict[str, Callable[[], str]] = {}
        self._shown: dict[str, Field] = {}
        self._awaited_lines: set[str] = set()
        self._filling = self._has_begun = False
        self.plan: ActionPlan | None = None
        self.subject = Label("", "page", semibold=True, elide=True)
        self.preview = PreviewTable()
        self._fresh = Label("", "small", look="chip")
        self._cut = Label("", "small", look="secondary", wrap=True)
        self._notice = Label("", "small", wrap=True)
        self._notice.set_look("chip", "attention")
        self._notice.setAccessibleName(tr("Approval"))
        self._notice.setMargin(6)
        self._lay_out()
        self._unsubscribe = [
            getattr(view, name).subscribe(lambda _part: self.refresh())
            for name in dict.fromkeys((*self._kind.asks, "customer"))
        ]
        self.finished.connect(lambda _result: self._leave())
        for name in self._kind.asks:
            getattr(view, name).refresh_newest()
        self.refresh()

    # ------------------------------------------------------------------ fields

    def _lay_out(self) -> None:
        """Place the preview beside the fields, and both above the error message and the buttons."""
        column = self.layout()
        if not isinstance(column, QVBoxLayout):
            return
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        left = QWidget()
        fields = QVBoxLayout(left)
        fields.setContentsMargins(0, 0, 0, 0)
        column.removeItem(self.form)
        fields.addLayout(self.form)
        fields.addWidget(self._cut)
        fields.addStretch()
        effect = self.effect.parentWidget()
        while effect is not None and effect.parentWidget() is not self:
            effect = effect.parentWidget()
        if effect is not None:  # the cost goes below the fields
            column.removeWidget(effect)
            fields.addWidget(effect)
        right = QVBoxLayout()
        head = QHBoxLayout()
        head.addWidget(Label(tr("What will change"), semibold=True))
        head.addWidget(Label(tr("nothing is saved yet"), "small", look="muted"))
        head.addStretch()
        head.addWidget(self._fresh)
        right.addLayout(head)
        right.addWidget(self.preview, 1)
        right.addWidget(self._notice)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(left)
        row.addLayout(right, 1)
        column.insertWidget(0, self.subject)
        column.insertLayout(2, row, 1)
        self.preview.setMinimumSize(*_LEAST_PREVIEW)
        parent = self.parentWidget()
        room = parent.size() if parent is not None else QSize(1280, 720)
        width, height = room.width() - _ROUND_IT, room.height() - _ROUND_IT
        left.setFixedWidth(min(_FORM_WIDTH, width // 3))
        self.resize(min(_FORM_WIDTH + _PREVIEW_WIDTH, width), min(_HEIGHT, height))

    def refresh(self) -> None:
        """Update fields and plan from the declaration and the data known now."""
        if self._filling:
            return
        self._filling = True
        self._read_on()
        try:
            self._show_fields()
        except NotPossibleError as error:
            self._cannot(in_words(error.message))
        else:
            self.show_effect()
        finally:
            self._filling = False
        if self._inputs and not self._has_begun:  # fields may appear only after the facts load
            self._has_begun = True
            self._focus_first()

    def _read_on(self) -> None:
        """Load more of the incomplete lists that the fields use, and show how many records are loaded."""
        cut = []
        for name in self._kind.asks:
            loader = getattr(self._view, name)
            facts = loader.state.facts
            if isinstance(facts, Records) and not facts.complete:
                cut.append(tr("{} of {} {}").format(len(facts), facts.total or tr("more"), name.replace("_", " ")))
                if len(facts) < _MOST_CHOSEN_FROM:
                    loader.load_more()
        self._cut.set_words(tr("Loaded: {}").format(", ".join(cut)) if cut else "")
        self._cut.setVisible(bool(cut))

    def _show_fields(self) -> None:
        context = self._console.actions.context(self._view)
        if self._selected is not None:
            self._near = starts_from(self._selected.resource, self._selected.id, context)
        for _ in range(2):  # twice: one choice may decide the choices of another field
            for field in self._kind.fields(context, self.values):
                self._show_field(field)
        bill = self.values.get("bill")
        if bill and self._kind.name == "dispute-line":
            lines = self._view.bill_lines(CustomerBillId(bill))
            if lines.state.facts is None and bill not in self._awaited_lines:
                self._awaited_lines.add(bill)
                self._unsubscribe.append(lines.subscribe(lambda _part: self.refresh()))

    def _show_field(self, field: Field) -> None:
        if field.name not in self._inputs:
            self._add_input(field)
        before = self._shown.get(field.name)
        self._shown[field.name] = field
        widget = self._inputs[field.name]
        if isinstance(widget, QComboBox):
            self._fill_choices(widget, field)
        elif isinstance(widget, QLineEdit):
            widget.setPlaceholderText(in_words(field.hint))
            untouched = not self._drafts.text(self._draft_key(field.name))
            if untouched and (before is None or before.start != field.start):
                widget.setText(self._given.get(field.name, field.start))
        elif before is None and not widget.toPlainText():
            widget.setPlainText(self._given.get(field.name, field.start))

    def _add_input(self, field: Field) -> None:
        draft_key = self._draft_key(field.name)
        if field.kind in _CHOSEN:
            box = QComboBox()
            box.setPlaceholderText(tr("Choose…"))
            box.setObjectName(field.name)
            box.setAccessibleName(in_words(field.label))
            box.setMinimumContentsLength(20)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.activated.connect(functools.partial(self._chosen, field.name))
            self.form.addRow(Label(in_words(field.label), look="muted"), box)
            self._inputs[field.name] = box
            self._readers[field.name] = lambda: str(box.currentData() or "")
        elif field.kind is FieldKind.LONG_TEXT:
            text = FormText(field.name, in_words(field.label), self._drafts.text(draft_key))
            text.setPlaceholderText(in_words(field.hint))
            text.setFixedHeight(_TEXT_HEIGHT)
            text.textChanged.connect(lambda: self._text_changed(draft_key, text))
            if text.toPlainText():
                self.say_it_is_back()
            self.form.addRow(Label(in_words(field.label), look="muted"), text)
            self._inputs[field.name] = text
            self._readers[field.name] = text.toPlainText
        else:
            line = self.add_field(field.name, draft_key, in_words(field.label))
            self._inputs[field.name] = line
            self._readers[field.name] = line.text

    def _fill_choices(self, box: QComboBox, field: Field) -> None:
        now = [(_words_of(choice), choice.value) for choice in field.choices]
        if now == [(box.itemText(i), box.itemData(i)) for i in range(box.count())]:
            return
        before = str(box.currentData()) if box.count() and box.currentData() is not None else ""
        box.clear()
        for words, value in now:
            box.addItem(words, value)
        box.setCurrentIndex(self._index_of(before, box, field))

    def _index_of(self, before: str, box: QComboBox, field: Field) -> int:
        """Return the index of the choice to select, -1 for none. A missing choice is never replaced by another one."""
        if before or field.name in self._given:
            return box.findData(before or self._given[field.name])
        if field.name in self._near:  # the record selected now wins over the draft
            return box.findData(self._near[field.name])
        if kept := self._drafts.text(self._draft_key(field.name)):
            return box.findData(kept)
        if field.start:
            return box.findData(field.start)
        return -1 if field.kind is FieldKind.PICK and box.count() > 1 else 0

    def _chosen(self, name: str, _index: int) -> None:
        self._drafts.type(self._draft_key(name), self._readers[name]())
        self.message.set_words("")
        self.refresh()

    def _text_changed(self, draft_key: str, text: QPlainTextEdit) -> None:
        if not self._filling:
            self._drafts.type(draft_key, text.toPlainText())
            self.message.set_words("")
            self.show_effect()

    def _draft_key(self, name: str) -> str:
        of = f"{self._instead_of.id}/" if self._instead_of else ""
        return f"act/{self._view.customer_id}/{self._kind.name}/{of}{name}"

    @property
    def draft_keys(self) -> list[str]:
        """The keys of this form's drafts."""
        return [self._draft_key(name) for name in self._inputs]

    def forget_drafts(self) -> None:
        for draft_key in self.draft_keys:
            self._drafts.type(draft_key, "")

    @property
    def values(self) -> dict[str, str]:
        """The entered values by field name, on top of the values the form was opened with."""
        return {**self._given, **{name: read() for name, read in self._readers.items()}}

    def _focus_first(self) -> None:
        """Focus the first empty field, else the first field."""
        empty = (one for one in self._inputs.values() if not self._has_entry(one))
        (next(empty, None) or next(iter(self._inputs.values()), self)).setFocus()

    @staticmethod
    def _has_entry(field: QComboBox | QLineEdit | QPlainTextEdit) -> bool:
        if isinstance(field, QComboBox):
            return field.currentIndex() >= 0 or not field.count()
        return bool(field.text() if isinstance(field, QLineEdit) else field.toPlainText())

    def _show_subject(self) -> None:
        """Show the action and its record as the title: the record selected on the page or in the form."""
        picked = [
            box.currentText() or self._nothing_words(name)
            for name, box in self._inputs.items()
            if isinstance(box, QComboBox) and self._shown[name].kind is FieldKind.PICK and box.count()
        ]
        self.subject.set_words(": ".join([in_words(self._kind.title), *filter(None, [" · ".join(picked[:2])])]))

    def _nothing_words(self, name: str) -> str:
        selected = name in self._near and self._near[name]
        return tr("not possible for the selected record") if selected else tr("choose one")

    # ------------------------------------------------------------------ plan and preview

    def show_effect(self) -> None:
        """Plan the action with the entered values and show the plan, or show why it is not possible."""
        self._show_subject()
        context = self._console.actions.context(self._view)
        try:
            self.plan = self._console.actions.plan(self._kind.name, context, self.values)
            touched = self._console.actions.touched(self.plan, context)
        except NotPossibleError as error:
            self._cannot(in_words(error.message))
            return
        self.effect.set_words("\n".join(filter(None, map(in_words, (self.plan.cost, *self.plan.warnings)))))
        self.preview.show_effects(touched)
        self._show_notice()
        self._show_freshness()
        self.send_button.setEnabled(True)
        words = tr("Ask for approval") if self.plan.approval else in_words(self._kind.send)
        self.send_button.setText(send_words(words))
        self.send_button.setAccessibleName(words)

    def _cannot(self, sentence: str) -> None:
        self.plan = None
        asking = [name for name in self._kind.asks if getattr(self._view, name).state.loading_since]
        waiting = tr("Loading…") if asking and not self._inputs else ""
        self.effect.set_words(waiting or sentence)
        self.preview.show_effects(())
        self._notice.hide()
        self._show_freshness()
        self.send_button.setEnabled(False)

    def _show_notice(self) -> None:
        plan = self.plan
        message = in_words(plan.approval) if plan is not None else ""
        say = tr("Say: “{}”").format(in_words(plan.say)) if plan is not None and plan.say else ""
        self._notice.set_words(message or say)
        self._notice.set_look("chip", "attention" if message else "info")
        self._notice.setVisible(bool(message or say))

    def _show_freshness(self) -> None:
        now = self._view.now()
        states = [getattr(self._view, name).state for name in self._kind.asks]
        read = [state.read_at for state in states if state.read_at is not None]
        if len(read) == len(states) and read and all(state.is_fresh(now) for state in states):
            self._fresh.set_words(tr("All data current, oldest {}").format(texts.age(min(read), now)))
            self._fresh.set_look("chip", "ok")
        else:
            self._fresh.set_words(tr("Some data is old"))
            self._fresh.set_look("chip", "stale")

    def doing(self) -> Coroutine[Any, Any, Any]:
        return self._console.actions.do(
            self._kind.name,
            self._console.actions.context(self._view),
            self.values,
            self._view.customer_id,
            typed_in=self.draft_keys,
            instead_of=self._instead_of,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and is_send(event) and self.plan is None:
            self._say(self.effect.text(), "danger")
            return
        super().keyPressEvent(event)

    def _leave(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
