"""Records that change with the sandbox's clock, and the listeners that are notified."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.sandbox.published import BASES
from tests.support.control import Control
from tests.support.serving import serving

TICKETS, ORDERS = f"{BASES['TMF621']}/troubleTicket", f"{BASES['TMF641']}/serviceOrder"
PAYMENTS, TESTS = f"{BASES['TMF676']}/payment", f"{BASES['TMF653']}/serviceTest"


async def state_of(client: httpx.AsyncClient, path: str, number: str, name: str) -> str:
    return (await client.get(f"{path}/{number}")).json()[name]


@pytest.mark.parametrize(
    ("system", "path", "name", "body", "way"),
    [
        ("provisioning", ORDERS, "state", {"serviceOrderItem": [{"id": "1", "action": "add", "service": {"name": "x"}}]},
         ["acknowledged", "inProgress", "completed"]),
        ("provisioning", f"{BASES['TMF622']}/productOrder", "state", {"productOrderItem": [{"id": "1", "action": "add"}]},
         ["acknowledged", "inProgress", "completed"]),
        ("provisioning", TESTS, "state",
         {"name": "Line test", "relatedService": {"id": "SV1"}, "testSpecification": {"id": "spec-line-test"}},
         ["acknowledged", "inProgress", "completed"]),
        ("billing", PAYMENTS, "status",
         {"account": {"id": "BA-1"}, "paymentMethod": {"id": "p", "@type": "x"}, "totalAmount": {"unit": "USD", "value": 1}},
         ["initialized", "authorized", "done"]),
        ("crm", TICKETS, "status", {"description": "x", "severity": "low", "ticketType": "technical"},
         ["acknowledged", "inProgress", "resolved", "closed"]),
    ],
)  # fmt: skip
async def test_new_records_move_on_with_the_clock(
    sandbox: Control, system: str, path: str, name: str, body: dict, way: list[str]
) -> None:
    async with sandbox.raw(system) as client:
        record = (await client.post(path, json=body)).json()
        assert record[name] == way[0]
        seen = [way[0]]
        for _ in range(4 * 12):
            await sandbox.advance(
                0.5 if len(way) == 3 and system != "crm" and "serviceTest" in path else 5 if system != "crm" else 3000
            )
            state = await state_of(client, path, record["id"], name)
            if state != seen[-1]:
                seen.append(state)
        assert seen == way


async def test_a_completed_order_carries_its_dates(sandbox: Control) -> None:
    async with sandbox.raw("provisioning") as client:
        body = {"serviceOrderItem": [{"id": "1", "action": "add", "service": {"name": "x"}}]}
        record = (await client.post(ORDERS, json=body)).json()
        await sandbox.advance(3600)
        done = (await client.get(f"{ORDERS}/{record['id']}")).json()
    assert done["completionDate"] > done["orderDate"]
    assert {item["state"] for item in done["serviceOrderItem"]} == {"completed"}


async def test_a_cancelled_order_is_cancelled_and_a_finished_one_is_not(sandbox: Control) -> None:
    cancels = f"{BASES['TMF641']}/cancelServiceOrder"
    async with sandbox.raw("provisioning") as client:
        body = {"serviceOrderItem": [{"id": "1", "action": "add", "service": {"name": "x"}}]}
        order = (await client.post(ORDERS, json=body)).json()
        first = (await client.post(cancels, json={"serviceOrder": {"id": order["id"]}})).json()
        await sandbox.advance(9)
        assert await state_of(client, cancels, first["id"], "state") == "done"
        assert await state_of(client, ORDERS, order["id"], "state") == "cancelled"
        again = (await client.post(cancels, json={"serviceOrder": {"id": order["id"]}})).json()
        await sandbox.advance(9)
        assert await state_of(client, cancels, again["id"], "state") == "terminatedWithError"


async def test_a_bill_on_demand_is_made(sandbox: Control) -> None:
    async with sandbox.raw("billing") as client:
        account = (
            await client.get(f"{BASES['TMF666']}/billingAccount", params={"relatedParty.id": sandbox.first_customer})
        ).json()[0]
        wanted = (
            await client.post(f"{BASES['TMF678']}/customerBillOnDemand", json={"billingAccount": {"id": account["id"]}})
        ).json()
        assert wanted["state"] == "inProgress"
        await sandbox.advance(10)
        made = (await client.get(f"{BASES['TMF678']}/customerBillOnDemand/{wanted['id']}")).json()
        bill = await client.get(made["customerBill"]["href"])
    assert made["state"] == "done"
    assert bill.json()["billingAccount"]["id"] == account["id"]


@pytest.mark.parametrize("state", ["closed", "resolved"])
async def test_an_illegal_step_is_refused(sandbox: Control, state: str) -> None:
    async with sandbox.raw("crm") as client:
        body = {"description": "x", "severity": "low", "ticketType": "technical"}
        ticket = (await client.post(TICKETS, json=body)).json()
        answer = await client.patch(f"{TICKETS}/{ticket['id']}", json={"status": state})
        unchanged = await state_of(client, TICKETS, ticket["id"], "status")
        legal = await client.patch(f"{TICKETS}/{ticket['id']}", json={"status": "inProgress"})
    assert answer.status_code == 409
    assert unchanged == "acknowledged"
    assert legal.json()["statusChange"][-1]["status"] == "inProgress"


@pytest.mark.parametrize("wanted", [{"speed": -1}, {"advance_s": -5}, {"speed": "2"}, {"speed": 1e9}, {"now": 1}, [1]])
async def test_a_clock_that_makes_no_sense_is_refused(sandbox: Control, wanted: object) -> None:
    headers = {"Authorization": f"Bearer {sandbox.process.control_token}"}
    async with httpx.AsyncClient(
        base_url=sandbox.process.control, headers=headers, trust_env=False, verify=False
    ) as client:
        answer = await client.put("/clock", json=wanted)
    assert answer.status_code == 400
    assert answer.json()["message"]


# ------------------------------------------------------------------ events


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, asyncio.Queue]]:
    """Yield the address of a listener on a separate port, and the queue of events it received: path and body."""
    told: asyncio.Queue = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        told.put_nowait((head.split()[1], json.loads(await reader.readexactly(length))))
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()

    async with serving(serve) as address:
        yield address, told


async def test_a_registered_address_is_told_of_what_it_asked_for(sandbox: Control) -> None:
    hub = f"{BASES['TMF621']}/hub"
    async with sandbox.raw("crm") as client, listening() as (address, told):
        registration = await client.post(
            hub, json={"callback": address, "query": "eventType=TroubleTicketStatusChangeEvent"}
        )
        assert registration.status_code == 201
        assert (
            await client.post(hub, json={"callback": address, "query": "eventType=TroubleTicketStatusChangeEvent"})
        ).status_code == 409
        ticket = (
            await client.post(TICKETS, json={"description": "x", "severity": "low", "ticketType": "technical"})
        ).json()
        await client.patch(f"{TICKETS}/{ticket['id']}", json={"status": "inProgress"})
        path, event = await asyncio.wait_for(told.get(), 5)
        gone = f"{hub}/{registration.json()['id']}"
        assert (await client.delete(gone)).status_code == 204
        assert (await client.delete(gone)).status_code == 404
        assert told.empty()
    assert path == "/listener/troubleTicketStatusChangeEvent"
    assert event["eventType"] == "TroubleTicketStatusChangeEvent"
    assert event["event"]["troubleTicket"]["id"] == ticket["id"]
    assert {"eventId", "eventTime"} <= event.keys()


@pytest.mark.parametrize("callback", ["", "nowhere", "file:///etc/passwd", 5])
async def test_an_address_that_is_none_is_refused(sandbox: Control, callback: object) -> None:
    async with sandbox.raw("crm") as client:
        assert (await client.post(f"{BASES['TMF621']}/hub", json={"callback": callback})).status_code == 400


async def test_the_stream_tells_what_happens_and_what_was_missed(sandbox: Control) -> None:
    async with sandbox.raw("crm") as client:

        async def next_event(headers: dict[str, str]) -> tuple[str, dict]:
            async with client.stream("GET", "/events", headers=headers, timeout=10) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                number = ""
                async for line in stream.aiter_lines():
                    if line.startswith("retry:") and not headers:
                        asked.set()
                    if line.startswith("id:"):
                        number = line.partition(":")[2].strip()
                    if line.startswith("data:"):
                        return number, json.loads(line.partition(":")[2])
            raise AssertionError("the stream ended")

        asked = asyncio.Event()
        waiting = asyncio.create_task(next_event({}))
        await asyncio.wait_for(asked.wait(), 5)
        body = {"description": "first", "severity": "low", "ticketType": "technical"}
        first = (await client.post(TICKETS, json=body)).json()
        number, event = await asyncio.wait_for(waiting, 5)
        assert event["event"]["troubleTicket"]["id"] == first["id"]
        second = (await client.post(TICKETS, json={**body, "description": "second"})).json()
        _, missed = await asyncio.wait_for(next_event({"Last-Event-ID": number}), 5)
    assert missed["event"]["troubleTicket"]["id"] == second["id"]


async def test_time_tells_by_itself(sandbox: Control) -> None:
    """The order is not read again: the clock alone changes it and its listener is notified."""
    hub = f"{BASES['TMF641']}/hub"
    async with sandbox.raw("provisioning") as client, listening() as (address, told):
        registration = (await client.post(hub, json={"callback": address})).json()
        body = {"serviceOrderItem": [{"id": "1", "action": "add", "service": {"name": "x"}}]}
        order = (await client.post(ORDERS, json=body)).json()
        await sandbox.advance(3600)
        seen = []
        while len(seen) < 3:
            _, event = await asyncio.wait_for(told.get(), 5)
            if event["event"].get("serviceOrder", {}).get("id") == order["id"]:
                seen.append(event["event"]["serviceOrder"]["state"])
        await client.delete(f"{hub}/{registration['id']}")
    assert sorted(seen) == ["acknowledged", "completed", "inProgress"]
