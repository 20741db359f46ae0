"""Forms use the selected record: every action from every record, and never another record of the kind."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from console.models.provenance import Origin
from console.services.actions.catalogue import ACTIONS
from console.services.actions.declared import Field, FieldKind
from console.services.actions.selection import starts_from
from console.services.customer.contact import NotPossibleError
from console.views.customer.forms.action_form import ActionForm
from console.views.customer.page import CustomerPage
from console.views.message_words import in_words
from console.views.widgets.rows import FactList, FactTable
from tests.support.acting import first_for_whom, numbers_of
from tests.views.conftest import Rig

CTRL = Qt.KeyboardModifier.ControlModifier


async def busy_customer(rig: Rig) -> CustomerPage:
    """Return the page of a customer with several services, tickets, bills and orders."""
    for customer in numbers_of(1, 120):
        page = await rig.open(customer)
        view = page.view
        view.load_all()
        await view.wait_idle()
        if (
            len(view.services.unmasked or ()) > 2
            and len(view.tickets.unmasked or ()) > 1
            and len(view.products.unmasked or ()) > 2
        ):
            return page
        rig.workspace.customers.close_tab(rig.window.tabs.currentIndex())
    pytest.fail("nobody has several of everything")


def records_of(page: CustomerPage) -> Iterator[Origin]:
    """Yield the origins of the records on the page that can be selected, at most four for each dataset."""
    view = page.view
    for part in (
        view.services, view.products, view.accounts, view.bills, view.tickets, view.product_orders, view.service_orders,
        view.payments, view.refunds, view.appointments, view.tests, view.interactions,
    ):  # fmt: skip
        for item in list(part.unmasked or ())[:4]:
            yield item.origin


def related(rig: Rig, page: CustomerPage, selected: Origin, name: str) -> set[str]:
    """Return the allowed values of a field for a selected record: the record, or a value that follows from it."""
    context = rig.console.actions.context(page.view)
    start = starts_from(selected.resource, selected.id, context)
    return {start[name]} if name in start else set()


def picked(rig: Rig, page: CustomerPage, form: ActionForm, kind: str) -> list[Field]:
    """Return the fields of a form in which one of the customer's records is chosen."""
    asked: list[Field] = []
    with contextlib.suppress(NotPossibleError):  # the form shows the fields loaded before the failure
        asked.extend(ACTIONS[kind].fields(rig.console.actions.context(page.view), form.values))
    return [field for field in asked if field.kind is FieldKind.PICK]


async def test_every_action_from_every_selected_record_actions_on_that_or_on_nothing(rig: Rig) -> None:
    page = await busy_customer(rig)
    walked = preselected = 0
    for kind in ACTIONS:
        for selected in records_of(page):
            if rig.console.actions.may(kind, page.customer_id) is not None:
                continue
            form = ActionForm(rig.console, rig.bridge, page.view, kind, {}, rig.window, None, selected)
            for field in picked(rig, page, form, kind):
                name, box = field.name, form.findChild(QComboBox, field.name)
                walked += 1
                chosen = box.currentData()
                mine = related(rig, page, selected, name)
                if mine:
                    assert chosen is None or chosen in mine, (kind, name, selected)
                else:
                    assert chosen is None or box.count() == 1 or field.start == chosen, (kind, name, selected)
                preselected += chosen in mine
                if chosen is None:
                    assert form.plan is None, f"{kind} can be sent though nothing is chosen in {name}"
                    assert not form.send_button.isEnabled()
            form.reject()
            await asyncio.sleep(0)  # one form a turn
    assert walked > 200
    assert preselected > 20


@pytest.mark.parametrize(("letter", "kind"), [("s", "suspend"), ("x", "end-service")])
async def test_the_second_service_is_the_one_that_is_suspended_or_ended(rig: Rig, letter: str, kind: str) -> None:
    page = await busy_customer(rig)
    page.go_to("services")
    panel = page.panel("services")
    rows = panel.findChild(FactList) or panel.findChild(FactTable)
    assert isinstance(rows, FactList)
    sold = {service: item.value for item in page.view.products.unmasked or () for service in item.value.service_ids}
    active = [
        place
        for place in range(rows.rows_model.rowCount())
        if (product := sold.get(rows.rows_model.row(place).key)) is not None and product.status == "active"
    ]
    place = active[-1]
    rows.setFocus()
    rows.setCurrentIndex(rows.rows_model.index(place, 0))
    wanted = sold[rows.rows_model.row(place).key]
    rig.press(Qt.Key.Key_D, CTRL)
    rig.keys(letter)
    await rig.until(lambda: rig.window.findChildren(ActionForm))
    (form,) = rig.window.findChildren(ActionForm)
    assert form.windowTitle() == f"{ACTIONS[kind].title}: {page.view.name}"
    await rig.until(lambda: form.plan is not None)
    assert form.values["product"] == wanted.id
    assert wanted.name in form.subject.text()
    assert wanted.name in form.plan.title
    form.reject()


async def test_what_is_selected_now_counts_over_what_was_chosen_before(rig: Rig) -> None:
    page = await busy_customer(rig)
    first, second = [item for item in page.view.products.unmasked or () if item.value.status == "active"][:2]
    page.customer_actions.open_action("suspend", selected=first.origin)
    form = rig.window.findChildren(ActionForm)[-1]
    box = form.findChild(QComboBox, "product")
    box.setCurrentIndex(box.findData(second.value.id))
    box.activated.emit(box.currentIndex())
    form.reject()
    await asyncio.sleep(0)
    page.customer_actions.open_action("suspend", selected=first.origin)
    form = rig.window.findChildren(ActionForm)[-1]
    assert form.values["product"] == first.value.id
    form.reject()


async def test_with_nothing_selected_nothing_is_chosen_where_there_are_several(rig: Rig) -> None:
    page = await busy_customer(rig)
    page.customer_actions.open_action("end-service")
    (form,) = rig.window.findChildren(ActionForm)
    await rig.until(lambda: form.findChild(QComboBox, "product"))
    assert form.values["product"] == ""
    assert form.plan is None
    assert form.subject.text() == "End a service: choose one"
    form.reject()


async def test_what_will_change_and_whether_it_can_be_undone_is_never_cut(rig: Rig) -> None:
    page = await busy_customer(rig)
    product = next(item for item in page.view.products.unmasked or () if item.value.status == "active")
    for width, height in ((1440, 900), (1280, 720), (900, 600)):
        rig.window.resize(width, height)
        page.customer_actions.open_action("end-service", {"product": product.value.id})
        form = rig.window.findChildren(ActionForm)[-1]
        await rig.until(lambda form=form: form.plan is not None)
        await rig.until(lambda form=form: form.preview.texts())
        shown = form.preview.texts()
        for effect in form.plan.effects:
            assert in_words(effect.what) in shown
            assert in_words(effect.undo) in shown
        bar = form.preview.horizontalScrollBar()
        assert bar.maximum() == 0, "nothing lies outside its width"
        for label in form.preview.widget().children():
            if hasattr(label, "heightForWidth") and hasattr(label, "text") and label.text():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        form.reject()


async def test_while_a_day_is_incomplete_no_older_plan_can_be_sent(rig: Rig) -> None:
    view, _, values = await first_for_whom(rig.console, numbers_of(1, 120), "pay-in-parts")
    view.close()
    page = await rig.open(view.customer_id)
    page.customer_actions.open_action("pay-in-parts", {**values, "first_on": ""})
    (form,) = rig.window.findChildren(ActionForm)
    await rig.until(lambda: "first_on" in form.fields)
    field = form.fields["first_on"]
    field.setFocus()
    day = (datetime.now(UTC).astimezone() + timedelta(days=5)).date()
    for sign in day.isoformat():
        rig.keys(sign, field)
        if form.plan is None:
            assert not form.send_button.isEnabled()
            assert form.preview.texts() == []
    assert form.plan is not None
    assert form.plan.steps[0].wanted["due_on"] >= day
    field.selectAll()
    rig.keys("31 Fe", field)
    assert form.plan is None
    assert not form.send_button.isEnabled()
    form.reject()


async def test_the_state_of_what_is_chosen_from_is_said_in_words(rig: Rig) -> None:
    raw_states = ("acknowledged", "inProgress", "pending", "held")
    for customer in numbers_of(1, 120):
        page = await rig.open(customer)
        page.view.tickets.refresh()
        await page.view.wait_idle()
        if any(one.value.status == "inProgress" for one in page.view.tickets.unmasked or ()):
            break
        rig.workspace.customers.close_tab(rig.window.tabs.currentIndex())
    else:
        pytest.fail("nobody has a ticket in progress")
    form = ActionForm(rig.console, rig.bridge, page.view, "work-on-ticket", {}, rig.window)
    box = form.findChild(QComboBox, "ticket")
    shown = [box.itemText(i) for i in range(box.count())]
    assert any(words.endswith(", In progress") for words in shown)
    assert not any(words.endswith(f", {raw}") for words in shown for raw in raw_states)
    form.reject()


async def test_before_an_account_is_chosen_no_bill_and_no_amount_of_one_stands_there(rig: Rig) -> None:
    for customer in numbers_of(1, 200):
        page = await rig.open(customer)
        page.view.load_all()
        await page.view.wait_idle()
        context = rig.console.actions.context(page.view)
        accounts = [one.value.id for one in page.view.accounts.unmasked or ()]
        owing = [one for one in accounts if context.open_bills(one)]
        if len(accounts) > 1 and owing:
            break
        rig.workspace.customers.close_tab(rig.window.tabs.currentIndex())
    else:
        pytest.fail("nobody has several accounts and an open bill")
    form = ActionForm(rig.console, rig.bridge, page.view, "take-payment", {}, rig.window)
    assert {form.values[name] for name in ("account", "bill", "amount")} == {""}
    box = form.findChild(QComboBox, "account")
    box.setCurrentIndex(box.findData(owing[0]))
    box.activated.emit(box.currentIndex())
    assert form.values["bill"] == context.open_bills(owing[0])[0].id
    assert form.values["amount"]
    form.forget_drafts()
    form.reject()
