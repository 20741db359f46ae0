"""Performs a whole call by keyboard alone and saves docs/pictures/call-*.png, one for each scene.

    .venv/bin/python -m scripts.call_by_keyboard [FOLDER]

The scenes: search, a discrepancy between the systems and the action that fixes it, a credit over the limit, a
suspension that stops half way and is undone, a line test, an appointment, and the note. They run on the sandbox over
HTTP, with an encrypted store on the disk.
"""

import asyncio
import sys

import httpx
from PySide6.QtCore import Qt

from console.demo_tour import TourError, until
from console.models.outbox import ActionState
from console.views.customer.forms.action_form import ActionForm
from console.views.customer.forms.half_done import HalfDoneDialog
from console.views.customer.page import CustomerPage
from scripts.actions_by_keyboard import ACCOUNT, CTRL, Recorder, recorded


class Call(Recorder):
    """A rep on a call."""

    prefix = "call-"

    async def fault(self, system: str, **faults: object) -> None:
        """Set the faults of one system."""
        headers = {"Authorization": f"Bearer {self.sandbox.control_token}"}
        async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
            (await client.put(f"{self.sandbox.control}/faults/{system}", json=faults)).raise_for_status()

    async def one_with(self, kind: str) -> str:
        """Return the number of a customer with a discrepancy of a kind."""
        headers = {"Authorization": f"Bearer {self.sandbox.tokens['billing']}"}
        control = {"Authorization": f"Bearer {self.sandbox.control_token}"}
        address = self.sandbox.addresses["billing"]
        async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False) as billing:
            for offset in range(0, 600, 100):
                page = await billing.get(ACCOUNT, params={"limit": 100, "offset": offset})
                for account in page.raise_for_status().json():
                    customer = next(one["id"] for one in account["relatedParty"] if one["role"] == "customer")
                    answer = await billing.get(f"{self.sandbox.control}/truth/{customer}", headers=control)
                    if any(item["kind"] == kind for item in answer.json()["contradictions"]):
                        return str(customer)
        raise TourError(f"nobody with {kind}")

    async def form(self, letter: str) -> ActionForm:
        """Open a form by its letter and wait until its plan is there."""
        self.action(letter)
        form = await self.dialog(ActionForm)
        assert isinstance(form, ActionForm)
        await self.page.view.wait_idle()
        await asyncio.sleep(0.2)
        return form

    @property
    def page(self) -> CustomerPage:
        page = self.workspace.page
        assert page is not None
        return page

    async def send(self, *states: ActionState) -> None:
        self.press(Qt.Key.Key_Return, CTRL)
        await self.actions_are(*states)


async def play(call: Call) -> None:
    """Perform all scenes."""
    call.press(Qt.Key.Key_K, CTRL)
    call.keys(await call.one_with("billedButTerminated"))
    await until(lambda: bool(call.workspace.palette.list.rows_model.rows), "the search")
    call.press(Qt.Key.Key_Return)
    await until(lambda: call.workspace.page is not None, "the page")
    await call.page.view.wait_idle()
    await asyncio.sleep(0.5)
    await call.page.view.wait_idle()
    await call.picture("customer")
    await fix(call)
    await credit(call)
    await half_done(call)
    await the_rest(call)


async def fix(call: Call) -> None:
    call.go("x")
    await call.picture("discrepancies")
    call.press(Qt.Key.Key_Return)
    await call.dialog(ActionForm)
    await call.page.view.wait_idle()
    await call.picture("stop-billing")
    await call.send(ActionState.DONE)
    call.press(Qt.Key.Key_Escape)


async def credit(call: Call) -> None:
    form = await call.form("c")
    call.keys("30")
    call.press(Qt.Key.Key_Tab)
    call.press(Qt.Key.Key_Tab)
    call.keys("Billed for a month after it was cancelled, and called twice.")
    await until(lambda: form.plan is not None, "the plan")
    await call.picture("credit-over-the-limit")
    await call.send(ActionState.AWAITING)
    await call.picture("waits-for-approval")


async def half_done(call: Call) -> None:
    form = await call.form("s")
    call.press(Qt.Key.Key_Down)  # nothing is chosen beforehand, as several products could be suspended
    await until(lambda: form.plan is not None, "the plan")
    await call.picture("suspend")
    await call.fault("billing", outage=True)
    await call.send(ActionState.HALF_DONE)
    await asyncio.sleep(0.3)
    await call.picture("half-done-seen")
    call.action("z")
    await call.dialog(HalfDoneDialog)
    await call.picture("half-done")
    call.press(Qt.Key.Key_Down)
    call.press(Qt.Key.Key_Return, CTRL)
    await asyncio.sleep(0.5)
    await call.fault("billing")
    console = call.workspace.console
    assert console is not None
    outbox = console.outbox
    await until(
        lambda: outbox.actions[-1].kind == "take-back" and outbox.actions[-1].state is ActionState.DONE, "taken back"
    )
    call.window.activateWindow()
    await asyncio.sleep(0.2)
    call.go("u")
    await call.picture("outbox")
    call.go("h")


async def the_rest(call: Call) -> None:
    await call.form("l")
    await call.picture("line-test")
    await call.send(ActionState.DONE)
    await call.form("a")
    call.keys("Ring twice; the dog is friendly.")
    await call.picture("visit")
    await call.send(ActionState.DONE)
    call.press(Qt.Key.Key_N, CTRL)
    call.keys("Asked why Static IP is still on the bill. Stopped, credit asked for, visit booked.")
    await call.picture("note")
    await call.send(ActionState.DONE)
    await call.picture("end")


if __name__ == "__main__":
    sys.exit(recorded(__doc__, Call, play))
