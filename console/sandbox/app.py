"""One system as a web application: its resources, its quirks, and the published error body."""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from console.sandbox import caller_proof
from console.sandbox.caller_proof import CallerProofService
from console.sandbox.clock import SandboxClock
from console.sandbox.credit_limits import CreditRules, TokenHolder
from console.sandbox.documents import bill_pdf
from console.sandbox.error_bodies import error_response
from console.sandbox.events import Events
from console.sandbox.faults import FaultLayer, FaultState
from console.sandbox.lifecycle import Lifecycle
from console.sandbox.oauth import TokenService
from console.sandbox.quirks import apply_record_quirks, damage, repeat_ids
from console.sandbox.rate_limit import RateLimitLayer
from console.sandbox.records import Record, SystemRecords
from console.sandbox.resources import SYSTEMS, Links, Resource
from console.sandbox.resources.shapes import by_bill
from console.sandbox.resources.tmf678_customer_bill import DOCUMENTS
from console.sandbox.rules import BadRequestError, ListRequest, choose, read_list_request
from console.sandbox.storage import SystemStore
from console.sandbox.v5 import Shape, is_v4_of_v5, v5_shape
from console.sandbox.world import World
from console.sandbox.writes import Writes, read_object


class SystemApp:
    """The application of one system: crm, billing or provisioning."""

    def __init__(
        self,
        system: str,
        world: World,
        store: SystemStore,
        links: Links,
        *,
        token: str,
        clock: SandboxClock,
        person_of: Callable[[str], TokenHolder | None],
    ) -> None:
        self.state = FaultState()
        self._system = system
        self._world = world
        self._store = store
        self._links = links
        self._token, self._person_of = token, person_of
        self.rules: CreditRules | None = None
        self._clock = clock
        self._records = self.records = SystemRecords(world, store, links)
        self.events = Events(system, store, clock)
        resources = {resource.name: resource for resource in SYSTEMS[system]}
        self.lifecycle = Lifecycle(system, resources, world, self._records, links, clock=clock, tell=self.events.tell)
        self._token_service = TokenService(token)
        self._writes = Writes(
            self._records,
            store,
            self.events,
            self.lifecycle,
            clock=clock,
            state=self.state,
            address=lambda: links.addresses[system],
        )
        routes = [
            Route("/events", self._stream, methods=["GET"]),
            Route("/oauth/token", self._issue_token, methods=["POST"]),
        ]
        if system == "billing":
            routes.append(Route(DOCUMENTS + "/{record}.pdf", self._document, methods=["GET"]))
        self.caller_proof = CallerProofService(world, clock) if system == "crm" else None
        for name, check in self.caller_proof.answers.items() if self.caller_proof is not None else ():
            routes.append(Route(f"{caller_proof.BASE}/{name}", self._proof(check), methods=["POST"]))
        for base in dict.fromkeys(resource.base for resource in SYSTEMS[system]):
            routes.append(Route(f"{base}/hub", self._registrar(base), methods=["POST"]))
            routes.append(Route(f"{base}/hub/{{record}}", self._unregister, methods=["DELETE"]))
        for resource in SYSTEMS[system]:
            v4, v5 = Shape(resource.base), v5_shape(resource.name, resource.base)
            routes += self._routes(resource, v4, f"{resource.base}/{resource.name}")
            routes += self._routes(resource, v4, f"/rest/v2/{resource.name}s")
            if v5 is not None:
                routes += self._routes(resource, v5, f"{v5.base}/{resource.name}")
        app = Starlette(routes=routes, exception_handlers=dict.fromkeys((HTTPException, Exception), self._on_error))
        self.asgi = FaultLayer(RateLimitLayer(app, self.state), self.state)

    def _routes(self, resource: Resource, shape: Shape, path: str) -> list[Route]:
        """Return the routes of one resource in one shape: the published operations. Others get 405."""
        makers = {
            "L": ("GET", path, self._lister),
            "C": ("POST", path, self._creator),
            "G": ("GET", path + "/{record}", self._getter),
            "P": ("PATCH", path + "/{record}", self._patcher),
            "D": ("DELETE", path + "/{record}", self._deleter),
        }
        return [
            Route(place, make(resource, shape), methods=[method])
            for operation, (method, place, make) in makers.items()
            if operation in resource.operations
        ]

    # ------------------------------------------------------------------ reads

    def _lister(self, resource: Resource, shape: Shape) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            quirks = self.state.quirks
            try:
                asked = read_list_request(_parameters(request, quirks), 10 if "pages-capped" in quirks else 100)
                asked = replace(_in_v4(asked, shape), folds="names-unfolded" not in quirks)
                total, records = await self._page(resource, self._own_filters(asked))
            except BadRequestError as error:
                raise HTTPException(400, str(error)) from error
            page = [choose(apply_record_quirks(shape.tell(record), quirks), asked.fields) for record in records]
            if not page and "empty-404" in quirks:
                raise HTTPException(404, "Nothing matches")
            page = repeat_ids(page) if "ids-repeated" in quirks else page
            body: list[Any] = damage(page) if "records-damaged" in quirks else page
            headers = self._counts(request, asked, total, len(page))
            more = total is not None and asked.offset + len(page) < total
            return self._json(request, body, headers, status=206 if more and "status-206" in quirks else 200)

        return answer

    async def _page(self, resource: Resource, asked: ListRequest) -> tuple[int | None, list[Record]]:
        faults = self.state.now
        if faults.empty_list == resource.name:
            return 0, []
        if not faults.repeat_to:
            return await self._records.page(resource, asked)
        total, found = await self._records.page(resource, replace(asked, offset=0, limit=100))
        if not found:
            return total, found
        repeated = _repeated(found, faults.repeat_to, asked.offset, asked.limit)
        return max(faults.repeat_to, total or 0), repeated

    def _getter(self, resource: Resource, shape: Shape) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            fields = read_list_request(request.query_params.multi_items()).fields
            record = shape.tell(self._found(resource, request))
            return self._json(request, choose(apply_record_quirks(record, self.state.quirks), fields), {})

        return answer

    def _found(self, resource: Resource, request: Request) -> Record:
        number = request.path_params["record"]
        record = self._records.one(resource, number)
        if record is None:
            raise HTTPException(404, f"There is no {resource.name} {number[:40]}")
        return record

    def _own_filters(self, asked: ListRequest) -> ListRequest:
        """Return the request with the filters that the quirks leave: none, or own names for customer and bill."""
        if "filters-none" in self.state.quirks:
            return replace(asked, filters={})
        if "own-filters" not in self.state.quirks:
            return asked
        names = {"customerId": "relatedParty.id", "billId": "bill.id"}
        filters = {names.get(key, key): value for key, value in asked.filters.items() if key not in names.values()}
        return replace(asked, filters=filters)

    async def _document(self, request: Request) -> Response:
        """Return a bill as a PDF, or 404."""
        self._admit(request)
        number = request.path_params["record"]
        for n in by_bill(self._world, number):
            for bill in self._world.bills(n):
                if self._world.numbers.bill.encode(self._world.bill_serial(n, bill)) == number:
                    pages = max(1, self.state.now.document_pages)
                    body = bill_pdf(self._world, n, bill, least_pages=pages)
                    return Response(body, media_type="application/pdf", headers={"ETag": _etag(body)})
        raise HTTPException(404, f"There is no document {number[:40]}")

    # ------------------------------------------------------------------ writes

    def _creator(self, resource: Resource, shape: Shape) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            body = shape.take(await read_object(request))

            def make() -> Record:
                if self.rules is not None:
                    self.rules.check_create(resource.name, body, self._person(request))
                return self._writes.create(resource, shape, body)

            return await self._write(request, shape, make, status=201)

        return answer

    def _patcher(self, resource: Resource, shape: Shape) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            self._writes.check_kind(request)
            patch = shape.take(await read_object(request))
            before = self._found(resource, request)
            shown = apply_record_quirks(shape.tell(before), self.state.quirks)

            def change() -> Record:
                self._writes.check_version(request, _etag(msgspec.json.encode(shown)))
                if self.rules is not None:
                    self.rules.check_change(resource.name, before, patch, self._person(request))
                return self._writes.change(resource, before, patch)

            return await self._write(request, shape, change, status=200)

        return answer

    async def _write(self, request: Request, shape: Shape, do: Callable[[], Record], *, status: int) -> Response:
        """Do a write, once per idempotency key, and return the response that faults and quirks define."""
        quirks = self.state.quirks
        if self.state.now.refuse_writes:
            raise HTTPException(400, self.state.now.refuse_writes)
        if self.state.now.deny_late:
            return self._json(request, {"id": "pending"}, {}, status=status)
        if "writes-202" in quirks:
            record = await self._writes.once(request, do, status, later=True)
            return Response(status_code=202)
        record = await self._writes.once(request, do, status)
        shown = apply_record_quirks(shape.tell(record), quirks)
        headers = {"Location": str(shown["href"])} if status == 201 and "href" in shown else {}
        if "writes-bare" in quirks and status == 201:
            return Response(status_code=201)
        if "writes-other" in quirks:
            shown = {**shown, "id": f"{shown['id']}-other"}
        return self._json(request, shown, headers, status=status)

    def _deleter(self, resource: Resource, _shape: Shape) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            record = self._found(resource, request)
            self._records.delete(resource, str(record["id"]), self._clock.now())
            self.events.tell(resource, "Delete", record)
            return Response(status_code=204)

        return answer

    def _proof(self, check: Callable[[Record], Record]) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            return self._json(request, check(await read_object(request)), {}, status=201)

        return answer

    # ------------------------------------------------------------------ events

    def _registrar(self, base: str) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            body = await read_object(request)
            callback, query = str(body.get("callback") or ""), str(body.get("query") or "")
            if urlsplit(callback).scheme not in {"http", "https"} or not urlsplit(callback).hostname:
                raise HTTPException(400, "callback must be a web address")
            number = hashlib.blake2b(f"{base} {callback} {query}".encode(), digest_size=6).hexdigest()
            if any(hub[0] == number for hub in self._store.hubs()):
                raise HTTPException(409, "this address is registered already")
            self._store.add_hub(number, base, callback, query)
            value = {"id": number, "callback": callback, **({"query": query} if query else {})}
            return self._json(request, value, {"Location": f"{request.url.path}/{number}"}, status=201)

        return answer

    async def _unregister(self, request: Request) -> Response:
        self._admit(request)
        if not self._store.remove_hub(request.path_params["record"]):
            raise HTTPException(404, "There is no such registration")
        return Response(status_code=204)

    async def _stream(self, request: Request) -> Response:
        self._admit(request)
        last = request.headers.get("last-event-id", "")
        stream = self.events.stream(int(last) if last.isascii() and last.isdigit() else None)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    # ------------------------------------------------------------------ responses

    def _counts(self, request: Request, asked: ListRequest, total: int | None, shown: int) -> dict[str, str]:
        quirks = self.state.quirks
        if "link-header" in quirks:
            following = request.url.include_query_params(offset=asked.offset + shown)
            more = shown > 0 if total is None else asked.offset + shown < total
            return {"Link": f'<{following}>; rel="next"'} if more else {}
        if "counts-absent" in quirks:
            return {}
        if total is None:  # counting would mean reading every customer
            return {"X-Result-Count": str(shown)}
        if "counts-wrong" in quirks:
            total = 3
        return {"X-Total-Count": str(total), "X-Result-Count": str(shown)}

    def _json(self, request: Request, value: Any, headers: dict[str, str], status: int = 200) -> Response:
        if "failure-in-200" in self.state.quirks:
            value = {"code": "1", "reason": "Internal failure", "message": "The request could not be served"}
        pad = self.state.now.answer_mb * 1_000_000
        if pad:
            value = [{"id": "pad", "description": "x" * pad}]
        body = msgspec.json.encode(value)
        etag = _etag(body)
        if "versions-absent" not in self.state.quirks:
            headers = {**headers, "ETag": etag}
        if request.method == "GET" and request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(body, status, headers, media_type="application/json")

    def _admit(self, request: Request) -> None:
        faults = self.state.now
        if faults.status:
            raise HTTPException(
                faults.status,
                "This fault was switched on",
                headers={"Retry-After": "1"} if faults.status == 429 else None,
            )
        if faults.expired_token:
            self._token_service.forget()
        if faults.expired_token or not self._signed_in(request):
            raise HTTPException(401, "The token is missing, wrong or expired")
        path = request.url.path
        is_resource = not path.startswith((DOCUMENTS, "/events", caller_proof.BASE))
        if is_resource and ("own-paths" in self.state.quirks) != path.startswith("/rest/v2/"):
            raise HTTPException(404, "Nothing is served at this address")

        if "only-v5" in self.state.quirks and is_v4_of_v5(path):
            raise HTTPException(404, "Nothing is served at this address")

    def _signed_in(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        if "auth-oauth" in self.state.quirks:
            return self._token_service.knows(given.removeprefix("Bearer "))
        if "auth-header" in self.state.quirks:
            given = f"Bearer {request.headers.get('x-api-key', '')}"
        elif "auth-basic" in self.state.quirks:
            try:
                user, _, password = b64decode(given.removeprefix("Basic ")).decode().partition(":")
            except ValueError:
                return False
            given = f"Bearer {password}" if user == "desk" else ""
        own = hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())
        return own or self._person(request) is not None

    def _person(self, request: Request) -> TokenHolder | None:
        return self._person_of(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _issue_token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        status, value = self._token_service.issue(form, request.headers.get("authorization", ""))
        return Response(msgspec.json.encode(value), status, media_type="application/json")

    async def _on_error(self, _request: Request, error: Exception) -> Response:
        return error_response(error, self.state.quirks)


def _in_v4(asked: ListRequest, shape: Shape) -> ListRequest:
    """Return the request with its filters and sort keys under the inner (v4) names."""
    filters = {shape.inner_path(path): value for path, value in asked.filters.items()}
    return replace(asked, filters=filters, sort=tuple(map(shape.inner_path, asked.sort)))


def _parameters(request: Request, quirks: frozenset[str]) -> list[tuple[str, str]]:
    if "page-parameter" not in quirks:
        return request.query_params.multi_items()
    given = [(key, value) for key, value in request.query_params.multi_items() if key != "limit"]
    return [("limit" if key == "pageLimit" else key, value) for key, value in given]


def _repeated(records: list[Record], count: int, offset: int, limit: int) -> list[Record]:
    """Return one page of a list in which the records are repeated, under new ids, up to `count`."""
    turns = (divmod(place, len(records)) for place in range(offset, min(count, offset + limit)))
    return [{**records[i], "id": f"{records[i]['id']}.{turn}"} if turn else records[i] for turn, i in turns]


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
