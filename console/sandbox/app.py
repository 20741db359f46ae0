"""One system as a web application: its resources by the rules, its quirks, and the published error body."""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.sandbox.faults import FaultLayer, FaultState
from console.sandbox.quirks import apply_record_quirks, damage
from console.sandbox.resources import SYSTEMS, Links, Resource
from console.sandbox.rules import BadRequestError, ListRequest, choose, matches, read_list_request, sort_records
from console.sandbox.storage import SystemStore
from console.sandbox.world import World

_REASONS = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    429: "Too many requests",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
    504: "Gateway time-out",
}
_PEOPLE_FILTERS = {
    "name": "name",
    "contactMedium.characteristic.emailAddress": "email",
    "contactMedium.characteristic.phoneNumber": "phone",
}


class SystemApp:
    """The application of one system: crm, billing or provisioning."""

    def __init__(self, system: str, world: World, store: SystemStore, links: Links, token: str) -> None:
        self.state = FaultState()
        self._world = world
        self._store = store
        self._links = links
        self._token = token
        routes = []
        for resource in SYSTEMS[system]:
            for path in (f"{resource.base}/{resource.name}", f"/rest/v2/{resource.name}s"):
                routes.append(Route(path, self._lister(resource), methods=["GET"]))
                routes.append(Route(path + "/{record}", self._getter(resource), methods=["GET"]))
        app = Starlette(routes=routes, exception_handlers={HTTPException: self._on_http_error})
        self.asgi = FaultLayer(app, self.state)

    def _lister(self, resource: Resource) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            quirks = self.state.quirks
            try:
                asked = read_list_request(request.query_params.multi_items(), 10 if "pages-capped" in quirks else 100)
            except BadRequestError as error:
                raise HTTPException(400, str(error)) from error
            total, records = self._select(resource, self._own_filters(asked))
            page = [choose(apply_record_quirks(record, quirks), asked.fields) for record in records]
            body: list[Any] = damage(page) if "records-damaged" in quirks else page
            headers = self._counts(request, asked, total, len(page))
            more = asked.offset + len(page) < total
            return self._json(request, body, headers, status=206 if more and "status-206" in quirks else 200)

        return answer

    def _getter(self, resource: Resource) -> Any:
        async def answer(request: Request) -> Response:
            self._admit(request)
            wanted = request.path_params["record"]
            fields = read_list_request(request.query_params.multi_items()).fields
            for n in resource.narrow["id"](self._world, wanted):
                for record in resource.records(self._world, n, self._links):
                    if record["id"] == wanted:
                        return self._json(request, choose(apply_record_quirks(record, self.state.quirks), fields), {})
            raise HTTPException(404, f"There is no {resource.name} {wanted[:40]}")

        return answer

    def _own_filters(self, asked: ListRequest) -> ListRequest:
        """Where the quirk is on, only this server's own names select a customer or a bill; others are ignored."""
        if "own-filters" not in self.state.quirks:
            return asked
        names = {"customerId": "relatedParty.id", "billId": "bill.id"}
        filters = {names.get(key, key): value for key, value in asked.filters.items() if key not in names.values()}
        return replace(asked, filters=filters)

    def _select(self, resource: Resource, asked: ListRequest) -> tuple[int, list[dict[str, Any]]]:
        """Return how many records match and those of the asked page."""
        stop = asked.offset + asked.limit
        customers = self._narrow(resource, asked)
        if customers is None and not asked.filters and not asked.sort:
            return self._plain_page(resource, asked)
        everyone: Iterable[int] = range(self._world.customers) if customers is None else customers
        found = [
            record
            for n in everyone
            for record in resource.records(self._world, n, self._links)
            if matches(record, asked.filters)
        ]
        if self.state.now.repeat_to > len(found) > 0:
            found = _repeated(found, self.state.now.repeat_to)
        found = sort_records(found, asked.sort)
        return len(found), found[asked.offset : stop]

    def _narrow(self, resource: Resource, asked: ListRequest) -> list[int] | None:
        """Return the only customers that can match, or None where everyone must be looked at."""
        for path, value in asked.filters.items():
            if path in resource.narrow:
                return list(dict.fromkeys(resource.narrow[path](self._world, value)))
        if resource.name == "customer":
            if asked.words is not None:
                return list(self._store.find_words(asked.words))
            for path, column in _PEOPLE_FILTERS.items():
                if path in asked.filters:
                    return list(self._store.find(column, asked.filters[path]))
        return None

    def _plain_page(self, resource: Resource, asked: ListRequest) -> tuple[int, list[dict[str, Any]]]:
        """Return a page of the whole list without deriving what comes before it."""

        def from_offset() -> Iterator[dict[str, Any]]:
            for n, first in self._store.customers_from(resource.name, asked.offset):
                yield from resource.records(self._world, n, self._links)[max(0, asked.offset - first) :]

        page = [record for record, _ in zip(from_offset(), range(asked.limit), strict=False)]
        return self._store.total(resource.name), page

    def _counts(self, request: Request, asked: ListRequest, total: int, shown: int) -> dict[str, str]:
        quirks = self.state.quirks
        if "link-header" in quirks:
            following = request.url.include_query_params(offset=asked.offset + shown)
            return {"Link": f'<{following}>; rel="next"'} if asked.offset + shown < total else {}
        if "counts-absent" in quirks:
            return {}
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
        etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        headers = {**headers, "ETag": etag}
        if request.headers.get("if-none-match") == etag:
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
        if faults.expired_token or not self._signed_in(request):
            raise HTTPException(401, "The token is missing, wrong or expired")
        if ("own-paths" in self.state.quirks) != request.url.path.startswith("/rest/v2/"):
            raise HTTPException(404, "Nothing is served at this address")

    def _signed_in(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        if "auth-header" in self.state.quirks:
            given = f"Bearer {request.headers.get('x-api-key', '')}"
        elif "auth-basic" in self.state.quirks:
            try:
                user, _, password = b64decode(given.removeprefix("Basic ")).decode().partition(":")
            except ValueError:
                return False
            given = f"Bearer {password}" if user == "desk" else ""
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    async def _on_http_error(self, _request: Request, error: Exception) -> Response:
        """Answer an error in the published shape, or in the shape of a quirk."""
        if not isinstance(error, HTTPException):
            raise error
        status, quirks = error.status_code, self.state.quirks
        reason, message = _REASONS.get(status, "Error"), error.detail
        kind = "application/json"
        value: dict[str, Any] = {
            "code": str(status),
            "reason": reason,
            "message": message,
            "status": str(status),
            "@type": "Error",
        }
        if "errors-as-list" in quirks:
            value = {"message": reason, "errors": [{"message": message}]}
        elif "errors-as-problem" in quirks:
            kind = "application/problem+json"
            value = {"type": "about:blank", "title": reason, "detail": message, "status": status}
        body = msgspec.json.encode(value)
        if "errors-as-html" in quirks:
            kind, body = "text/html", f"<html><body><h1>{reason}</h1></body></html>".encode()
        return Response(body, status, dict(error.headers or {}), media_type=kind)


def _repeated(records: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    rounds = range(-(-count // len(records)))
    return [{**record, "id": f"{record['id']}.{i}"} if i else record for i in rounds for record in records][:count]
