"""The alerts of a customer page, worst first: at most four, the rest behind a button."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.errors import BadResponseError, NotServedError, SignInRequiredError, UnknownCustomerError
from console.models.health import SystemHealth, SystemState
from console.models.outbox import Action, ActionState, StepState
from console.models.provenance import Records
from console.services.actions.kinds.approvals import open_approvals
from console.services.console import Console, SystemInfo
from console.services.customer.customer_view import CustomerView
from console.services.customer.dataset_loader import DatasetState
from console.services.discrepancies.watch import DiscrepancyWatch
from console.views import texts
from console.views.customer.discrepancies_view import discrepancy_words
from console.views.customer.panels.facts import promise_words
from console.views.message_words import in_words
from console.views.outbox.words import action_state, is_there_twice
from console.views.texts import tr
from console.views.widgets.labels import Button, Label

_MOST = 4
_FIRST_WIDTH, _LEAST_WIDTH = 320, 110
_SLOW_AFTER_S = 4.0
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_RECENT = timedelta(days=7)


class AlertTarget(Enum):
    """The view that a click on an alert opens, for alerts without an action."""

    NOTHING = "nothing"
    DISCREPANCIES = "disagreements"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: its text, colour state, rank (the lowest is the worst), and the target of a click."""

    text: str
    state: str
    rank: int
    behind: Action | AlertTarget = AlertTarget.NOTHING


class AlertChip(Label):
    """The label of one alert; `clicked` carries the alert. Keyboard users open the target with its key letters."""

    clicked = Signal(object)

    def __init__(self) -> None:
        super().__init__("", "small", look="chip", elide=True)
        self.alert = Alert("", "", 0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit(self.alert)


class AlertRow(QWidget):
    """The row of alert chips: one for all systems that are down, one for each that is slow or sent unreadable data.

    A click on a discrepancy emits `wanted`. A click on an action with several steps emits `action_wanted` with it.
    """

    wanted = Signal()
    action_wanted = Signal(object)

    def __init__(self, view: CustomerView, console: Console, watch: DiscrepancyWatch) -> None:
        super().__init__()
        self._watch = watch
        watch.subscribe(lambda: self.tick(view.now()))
        self.setAccessibleName(tr("Alerts"))
        self._view, self._console = view, console
        self._all = False
        self._chips: list[AlertChip] = []
        self._none = Label(tr("No alerts"), "small", look="muted")
        self._more = Button("", "link", "small")
        self._more.clicked.connect(self._toggle)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 10, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._none)
        self._row.addStretch()
        self._row.addWidget(self._more)
        self._more.hide()
        self.setFixedHeight(32)  # a fixed height, so that a new alert does not move the panels

    def tick(self, now: datetime) -> None:
        """Update the alerts as of `now` (aware UTC)."""
        found = self._alerts(now)
        shown = found if self._all else found[:_MOST]
        while len(self._chips) < len(shown):
            chip = AlertChip()
            chip.clicked.connect(self._clicked)
            self._row.insertWidget(len(self._chips), chip)
            self._chips.append(chip)
        for i, chip in enumerate(self._chips):
            chip.setVisible(i < len(shown))
            if i < len(shown):
                chip.alert = shown[i]
                text, state = chip.alert.text, chip.alert.state
                if chip.text() != text:
                    chip.setText(text)
                    least = _FIRST_WIDTH if i == 0 else _LEAST_WIDTH  # readable without the mouse
                    chip.setMinimumWidth(min(least, chip.sizeHint().width()))
                    chip.setToolTip(texts.tooltip(text))
                    chip.setAccessibleName(text)
                chip.set_look("chip", state)
        hidden = len(found) - len(shown)
        self._more.setVisible(hidden > 0 or (self._all and len(found) > _MOST))
        self._more.setText(tr("{} more").format(hidden) if hidden else tr("fewer"))
        view = self._view
        telling = (
            view.customer, view.accounts, view.bills, view.payments,
            view.service_orders, view.product_orders, view.tickets,
        )  # fmt: skip
        waiting = any(dataset.state.loading_since and dataset.state.facts is None for dataset in telling)
        self._none.set_words(tr("No alerts so far. Some systems have not replied.") if waiting else tr("No alerts"))
        self._none.setVisible(not found)

    def _clicked(self, alert: Alert) -> None:
        if alert.behind is AlertTarget.DISCREPANCIES:
            self.wanted.emit()
        elif isinstance(alert.behind, Action):
            self.action_wanted.emit(alert.behind)

    def _toggle(self) -> None:
        self._all = not self._all

    def _alerts(self, now: datetime) -> list[Alert]:
        """Return all alerts without duplicates, worst first."""
        view = self._view
        found: list[Alert] = []
        if view.as_of is None:
            found += [*self._of_systems(now), *_actions(view, self._console)]
        found += [
            Alert(discrepancy_words(one), "conflict", 1, AlertTarget.DISCREPANCIES)
            for one in self._watch.comparison.found
        ]
        message = (
            _late(view, now), _promised(view), _over_limit(view), _stuck(view), _payment_failed(view, now),
            _tickets_overdue(view, now),
        )  # fmt: skip
        found += [Alert(text, "attention", 3) for text in message if text]
        once = {(alert.text, alert.state): alert for alert in found}
        return sorted(once.values(), key=lambda alert: alert.rank)

    def _of_systems(self, now: datetime) -> Iterator[Alert]:
        """Yield the alerts about systems; all systems that are down share one alert."""
        away: list[_Away] = []
        for info in self._console.systems:
            datasets = [dataset.state for dataset in self._view.loaders if dataset.state.system == info.name]
            trouble = self._trouble(info, datasets, now)
            if isinstance(trouble, _Away):
                away.append(trouble)
            elif trouble is not None:
                yield trouble
            damaged = sum(len(dataset.facts.damaged) for dataset in datasets if isinstance(dataset.facts, Records))
            if damaged:
                text = tr("{}: {} records or values could not be read. See the Systems page.")
                yield Alert(text.format(info.label, damaged), "attention", 2)
        if away:
            yield Alert(_away_words(away), "danger", 0)

    def _trouble(
        self, info: SystemInfo, datasets: Sequence[DatasetState[Any]], now: datetime
    ) -> "Alert | _Away | None":
        """Return the problem of a system: it rejected a request, is down, or is slow; None if there is none."""
        health = self._console.health.health(info.name)
        failed = [dataset for dataset in datasets if _is_news(dataset, health)]
        error = failed[0].failure.error if failed and failed[0].failure else None
        if isinstance(error, UnknownCustomerError | BadResponseError | SignInRequiredError):
            return Alert(in_words(error.message), "attention" if isinstance(error, BadResponseError) else "danger", 0)
        if failed or health.state is SystemState.DOWN:
            is_known = not failed or any(dataset.facts is not None for dataset in failed)
            return _Away(info.label, _away_since(health, failed, now), is_known=is_known)
        waited_s = _waited_s(datasets, now)
        if waited_s <= _SLOW_AFTER_S:
            return None
        return Alert(tr("{} is slow: {} s").format(info.label, int(waited_s)), "info", 1)


@dataclass(frozen=True, slots=True)
class _Away:
    """A system that is down, since when, and whether saved data of it is shown."""

    label: str
    since: datetime
    is_known: bool


def _is_news(dataset: DatasetState[Any], health: SystemHealth) -> bool:
    """Return whether a dataset's failure gets an alert.

    A failure is skipped while the dataset reloads from a system that replies again. It is also skipped if the system
    does not serve the dataset, as nothing failed then.
    """
    if dataset.failure is not None and isinstance(dataset.failure.error, NotServedError):
        return False
    is_back = health.state in {SystemState.ANSWERING, SystemState.SLOW}
    return dataset.failure is not None and not (is_back and dataset.loading_since)


def _away_since(health: SystemHealth, failed: Sequence[DatasetState[Any]], now: datetime) -> datetime:
    """Return since when a system is down. Datasets are retried several times, so the first failure counts."""
    if health.state is SystemState.DOWN and health.since is not None:
        return health.since
    return min((dataset.failure.at for dataset in failed if dataset.failure), default=now)


def _waited_s(datasets: Sequence[DatasetState[Any]], now: datetime) -> float:
    """Return how many seconds the oldest open request to a system has waited; 0 without one."""
    since = min((dataset.loading_since for dataset in datasets if dataset.loading_since), default=now)
    return (now - since).total_seconds()


def _actions(view: CustomerView, console: Console) -> Iterator[Alert]:
    """Yield the alerts of this customer's actions that are not in every system yet, and of duplicates and approvals."""
    plain: list[Action] = []
    for action in console.outbox.of_customer(view.customer_id):
        if is_there_twice(action):
            yield Alert(tr("Duplicate: {}. Go to the Outbox.").format(console.title_of(action)), "attention", -1)
        alert = _action_alert(action, console) if action.is_open else None
        if alert is not None:
            yield alert
        elif action.is_open:
            plain.append(action)
    yield from _approval_asked(view, console)
    if len(plain) == 1:
        yield Alert(tr("Waiting: {}").format(console.title_of(plain[0])), "info", 0, _steps_of(plain[0]))
    elif plain:
        yield Alert(tr("{} actions waiting to be sent").format(len(plain)), "info", 0)


def _action_alert(action: Action, console: Console) -> Alert | None:
    """Return the alert of an action that needs a person; None for an action that only waits to be sent."""
    state, word = action_state(action)
    title = console.title_of(action)
    if action.state not in {ActionState.SENDING, ActionState.CONFLICT} and action.is_begun:
        lacks = next(step.system for step in action.steps if step.state is not StepState.DONE)
        message = tr("Half done: {}. {} doesn't have it").format(title, console.label(lacks))
        return Alert(message, "danger" if action.needs_user else state, -1, _steps_of(action))
    if action.needs_user:
        return Alert(tr("{}: {}. Go to the Outbox.").format(title, word.lower()), state, 0, _steps_of(action))
    if action.state is ActionState.AWAITING:
        return Alert(tr("Waiting for approval: {}").format(title), "attention", 1, _steps_of(action))
    return None


def _approval_asked(view: CustomerView, console: Console) -> Iterator[Alert]:
    asked = open_approvals([item.value for item in view.tickets.state.facts or ()])
    if asked and console.actions.may("decide-approval") is None:
        keys = f"{texts.keys('Ctrl+D')} H"
        yield Alert(tr("Approval requested: {}. {}").format(asked[0].name, keys), "attention", -1)


def _steps_of(action: Action) -> Action | AlertTarget:
    """Return the target of a click on an action's alert: its list of steps, if it has several."""
    return action if len(action.steps) > 1 else AlertTarget.NOTHING


def _late(view: CustomerView, now: datetime) -> str:
    """Return the text about overdue bills; empty without any."""
    bills = view.bills.state.facts
    late = [
        item.value
        for item in bills or ()
        if item.value.is_late(texts.local_day(now)) and item.value.remaining and item.value.remaining.amount > 0
    ]
    if not late:
        return ""
    oldest = min(bill.due_on for bill in late if bill.due_on)
    count = tr("1 bill") if len(late) == 1 else tr("{} bills").format(len(late))
    if bills is not None and not bills.is_whole:
        return tr("At least {} late, one since {}").format(count, texts.day(oldest))
    return tr("{} late, the oldest since {}").format(count, texts.day(oldest))


def _promised(view: CustomerView) -> str:
    """Return the text about promises to pay; empty without any."""
    message = promise_words(plan for item in view.accounts.state.facts or () for plan in item.value.promises)
    return tr("Promised: {}").format(message) if message else ""


def _over_limit(view: CustomerView) -> str:
    """Return the accounts that owe more than their credit limit; empty without any."""
    over = [
        f"{account.id}: {texts.money(account.balance)} owed, limit {texts.money(account.credit_limit)}"
        for account in (item.value for item in view.accounts.state.facts or ())
        if account.balance
        and account.credit_limit
        and account.balance.currency == account.credit_limit.currency
        and account.balance.amount > account.credit_limit.amount
    ]
    return tr("Over the credit limit: {}").format("; ".join(over)) if over else ""


def _tickets_overdue(view: CustomerView, now: datetime) -> str:
    """Return the text about open tickets past their expected resolution time; empty without any."""
    late = [
        item.value
        for item in view.tickets.state.facts or ()
        if item.value.is_open and item.value.expected_at and item.value.expected_at < now
    ]
    if not late:
        return ""
    if len(late) == 1 and late[0].expected_at:
        return tr("Ticket overdue since {}: {}").format(
            texts.recent_day(late[0].expected_at, within=True), late[0].name
        )
    return tr("{} tickets overdue").format(len(late))


def _stuck(view: CustomerView) -> str:
    """Return the orders that are failed, partial or held and do not continue by themselves; empty without any."""
    orders = [*(view.service_orders.state.facts or ()), *(view.product_orders.state.facts or ())]
    stuck = {item.value.description: item.value for item in orders if item.value.state in {"failed", "partial", "held"}}
    named = [f"{order.description}: {texts.state(order.state)[0].lower()}" for order in stuck.values()]
    return "; ".join(named)


def _payment_failed(view: CustomerView, now: datetime) -> str:
    """Return the text about the newest payment, if it failed in the last 7 days; else an empty text."""
    payments = view.payments.state.facts
    if payments is None or not payments.knows_newest:
        return ""
    newest = max(payments, key=lambda item: item.value.paid_at or _BEFORE_ALL, default=None)
    if newest is None or not newest.value.failed or newest.value.paid_at is None:
        return ""
    if now - newest.value.paid_at > _RECENT:
        return ""
    message = tr("Payment failed {}").format(texts.recent_day(newest.value.paid_at, within=True))
    return f"{message}: {newest.value.description}" if newest.value.description else message


def _away_words(away: Sequence[_Away]) -> str:
    """Return one text: which systems are down, since when, and (for a single one) whether there is saved data."""
    since = texts.clock(min(one.since for one in away))
    if len(away) > 1:
        return tr("No reply since {}: {}.").format(since, ", ".join(one.label for one in away))
    shown = tr("Showing saved data.") if away[0].is_known else tr("No saved data.")
    silent = tr("{} has been down since {}.").format(away[0].label, since)
    return f"{silent} {shown}"
