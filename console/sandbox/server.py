"""The sandbox process: three systems on three local ports, and a control address for their faults."""

import asyncio
import contextlib
import functools
import hmac
import json
import logging
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from console.sandbox.app import SystemApp
from console.sandbox.audit import AuditService
from console.sandbox.clock import SandboxClock
from console.sandbox.credit_limits import CreditRules
from console.sandbox.database import open_database
from console.sandbox.faults import Faults
from console.sandbox.identity import IdentityService
from console.sandbox.quirks import QUIRKS
from console.sandbox.resources import SYSTEMS, Links
from console.sandbox.resources.tmf621_trouble_ticket import TROUBLE_TICKET
from console.sandbox.resources.tmf676_payment import REFUND
from console.sandbox.storage import SystemStore, prepare
from console.sandbox.world import World

HOST = "127.0.0.1"
_TICK_S = 0.2
LABELS = {"crm": "CRM", "billing": "Billing", "provisioning": "Provisioning"}


@dataclass(frozen=True, slots=True)
class Running:
    """The addresses and tokens of a running sandbox: systems, audit collector, identity provider and control.

    `tokens` has one token for each system, and one under `audit` for the audit collector.
    """

    addresses: dict[str, str]
    tokens: dict[str, str]
    control: str
    control_token: str
    identity: str
    audit: str
    first_customer: str

    def as_json(self) -> str:
        return json.dumps(asdict(self))


class Listener:
    """One application on one local port. The port can be closed and opened again, to simulate an outage."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app, host=HOST, port=0, lifespan="off", log_config=None, access_log=False, timeout_keep_alive=75
        )
        self._config.load()
        self._server = uvicorn.Server(self._config)
        self._listening: asyncio.Server | None = None
        self.port = 0

    async def open(self, port: int = 0) -> None:
        """Listen on a port, by default any free one. Later calls reuse the first port."""
        if self._listening is not None:
            return
        protocol_class: Any = self._config.http_protocol_class
        protocol = functools.partial(
            protocol_class, config=self._config, server_state=self._server.server_state, app_state={}
        )
        self._listening = await asyncio.get_running_loop().create_server(protocol, HOST, self.port or port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._listening is None:
            return
        self._listening.close()
        self._listening = None
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"


class Sandbox:
    """The three systems of a world with their identity provider, audit collector and control address."""

    def __init__(
        self, world: World, location: Path | str, progress: Callable[[int], None], *, clock_speed: float = 1.0
    ) -> None:
        self._world = world
        self._clock = SandboxClock(clock_speed)
        self._tokens = {system: secrets.token_urlsafe(24) for system in SYSTEMS}
        self._audit_token = secrets.token_urlsafe(24)
        self._control_token = secrets.token_urlsafe(24)
        self._addresses: dict[str, str] = {}
        self._stores = {system: SystemStore(open_database(location, system), system, world) for system in SYSTEMS}
        prepare(self._stores, world, progress)
        links = Links(self._addresses)
        self.identity = IdentityService()
        self.apps = {
            system: SystemApp(
                system,
                world,
                store,
                links,
                token=self._tokens[system],
                clock=self._clock,
                person_of=self.identity.person_of,
            )
            for system, store in self._stores.items()
        }
        # An order starts or changes charges in billing, but never ends them: the client that ends a product does that.
        self.apps["provisioning"].lifecycle.fulfilment.billing = self.apps["billing"].lifecycle.keeper
        rules = CreditRules(
            world,
            self._clock,
            refunds_of=lambda n: self.apps["billing"].records.of(REFUND, n),
            ticket=lambda number: self.apps["crm"].records.one(TROUBLE_TICKET, number),
            person=self.identity.person,
        )
        for app in self.apps.values():
            app.rules = rules
        self._ticking: asyncio.Task[None] | None = None
        self._listeners = {system: Listener(app.asgi) for system, app in self.apps.items()}
        self._identity = Listener(self.identity.app)
        self._audit = Listener(AuditService(self._audit_token).app)
        self._control = Listener(self._control_app())

    async def start(self, ports: dict[str, int]) -> Running:
        """Open all ports and return the addresses and tokens."""
        for system, listener in self._listeners.items():
            await listener.open(ports.get(system, 0))
            self._addresses[system] = listener.address
        await self._identity.open(ports.get("identity", 0))
        self.identity.address = self._identity.address
        await self._audit.open(ports.get("audit", 0))
        await self._control.open(ports.get("control", 0))
        self._ticking = asyncio.create_task(self._tick(), name="sandbox clock")
        return Running(
            addresses=dict(self._addresses),
            tokens={**self._tokens, "audit": self._audit_token},
            control=self._control.address,
            control_token=self._control_token,
            identity=self._identity.address,
            audit=f"{self._audit.address}/audit",
            first_customer=self._world.numbers.customer.encode(0),
        )

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            for app in self.apps.values():
                app.lifecycle.tick()

    async def stop(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        for app in self.apps.values():
            await app.events.close()
        for listener in (*self._listeners.values(), self._identity, self._audit, self._control):
            await listener.close()
        for store in self._stores.values():
            store.close()

    def _control_app(self) -> Starlette:
        routes = [
            Route("/faults/{system}", self._guarded(self._faults), methods=["GET", "PUT", "DELETE"]),
            Route("/quirks/{system}", self._guarded(self._quirks), methods=["GET", "PUT", "DELETE"]),
            Route("/identity", self._guarded(self._identity_faults), methods=["PUT"]),
            Route("/clock", self._guarded(self._time), methods=["GET", "PUT"]),
            Route("/truth/{customer}", self._guarded(self._truth), methods=["GET"]),
            Route("/code/{customer}", self._guarded(self._code), methods=["GET"]),
        ]
        return Starlette(routes=routes)

    def _guarded(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def checked(request: Request) -> Response:
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._control_token}".encode()):
                return JSONResponse({"message": "The control token is missing or wrong"}, 401)
            if request.path_params.get("system", "crm") not in SYSTEMS:
                return JSONResponse({"message": f"There is no such system; there are {', '.join(SYSTEMS)}"}, 404)
            try:
                result: Response = await answer(request)
            except (ValueError, msgspec.DecodeError) as error:
                return JSONResponse({"message": str(error)}, 400)
            return result

        return checked

    async def _faults(self, request: Request) -> Response:
        system = request.path_params["system"]
        state = self.apps[system].state
        if request.method != "GET":
            state.now = Faults.read(await request.json()) if request.method == "PUT" else Faults()
            listener = self._listeners[system]
            await (listener.close() if state.now.outage else listener.open())
        return JSONResponse(state.now.as_json())

    async def _quirks(self, request: Request) -> Response:
        state = self.apps[request.path_params["system"]].state
        if request.method != "GET":
            wanted = frozenset(await request.json()) if request.method == "PUT" else frozenset[str]()
            if not wanted <= QUIRKS:
                raise ValueError(
                    f"there is no quirk {', '.join(sorted(wanted - QUIRKS))}; there are {', '.join(sorted(QUIRKS))}"
                )
            state.quirks = wanted
        return JSONResponse(sorted(state.quirks))

    async def _identity_faults(self, request: Request) -> Response:
        """End access tokens or sign-ins, set roles, set the token lifetime in seconds, or close and open the port."""
        wanted = await request.json()
        if not isinstance(wanted, dict) or not wanted.keys() <= {
            "end_access",
            "end_sign_ins",
            "access_life_s",
            "outage",
            "roles",
        }:
            raise ValueError("identity takes end_access, end_sign_ins, access_life_s, outage and roles")
        self.identity.roles |= {str(who): list(map(str, roles)) for who, roles in dict(wanted.get("roles", {})).items()}
        if wanted.get("end_access"):
            self.identity.end_access()
        if wanted.get("end_sign_ins"):
            self.identity.end_sign_ins()
        self.identity.access_life_s = float(wanted.get("access_life_s", self.identity.access_life_s))
        if "outage" in wanted:
            await (self._identity.close() if wanted["outage"] else self._identity.open())
        return JSONResponse({"access_life_s": self.identity.access_life_s})

    async def _time(self, request: Request) -> Response:
        if request.method == "PUT":
            wanted = await request.json()
            if not isinstance(wanted, dict) or not wanted.keys() <= {"speed", "advance_s"}:
                raise ValueError("the clock takes speed and advance_s")
            speed, advance_s = wanted.get("speed", self._clock.speed), wanted.get("advance_s", 0)
            if any(type(value) not in {int, float} for value in (speed, advance_s)):
                raise ValueError("speed and advance_s are numbers")
            if not (0 <= speed <= 100_000 and 0 <= advance_s <= 400 * 86_400):
                raise ValueError("speed is 0 to 100000, advance_s 0 to 400 days; the clock never goes back")
            self._clock.set_speed(speed)
            self._clock.advance(timedelta(seconds=advance_s))
            for app in self.apps.values():
                app.lifecycle.tick()
        return JSONResponse({"now": self._clock.now().isoformat(), "speed": self._clock.speed})

    async def _truth(self, request: Request) -> Response:
        for n in self._world.customer_of(self._world.numbers.customer.decode(request.path_params["customer"])):
            return JSONResponse(self._world.truth(n))
        return JSONResponse({"message": "There is no such customer"}, 404)

    async def _code(self, request: Request) -> Response:
        """Return the last code that was sent to a customer. The console never shows it."""
        proof = self.apps["crm"].caller_proof
        for n in self._world.customer_of(self._world.numbers.customer.decode(request.path_params["customer"])):
            return JSONResponse({"code": proof.code_of(n) if proof is not None else None})
        return JSONResponse({"message": "There is no such customer"}, 404)


async def serve(
    sandbox: Sandbox, ports: dict[str, int], on_ready: Callable[[Running], None], *, until_input_ends: bool
) -> None:
    """Serve until SIGINT or SIGTERM.

    With `until_input_ends` also stop when standard input closes, which happens when the parent process dies.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C arrives as KeyboardInterrupt instead
            loop.add_signal_handler(name, stop.set)
    running = await sandbox.start(ports)
    on_ready(running)
    waiting = asyncio.create_task(_input_end()) if until_input_ends else None
    if waiting is not None:
        waiting.add_done_callback(lambda _task: stop.set())
    try:
        await stop.wait()
    finally:
        await sandbox.stop()


async def _input_end() -> None:
    """Return when standard input is closed. A daemon thread reads it, so that it never blocks the exit."""

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read() -> None:
        sys.stdin.buffer.read()
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, daemon=True, name="input").start()
    await ended.wait()
