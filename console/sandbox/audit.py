"""The sandbox's audit collector: receives the audit entries of every console and searches them."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_MOST_KEPT = 200_000
_MOST_TOLD = 1000


class _Line(msgspec.Struct):
    """An audit entry as a console sends it."""

    chain: str
    seq: int
    head: str
    body: str


class _Entry(msgspec.Struct):
    """The fields of an entry body that the search uses."""

    at: datetime
    what: str = ""


def _filter_of(asked: QueryParams) -> Callable[[_Entry, _Line], bool]:
    """Return a function that checks an entry for the requested words, event and chain."""
    words, what, chain = asked.get("text", "").casefold().split(), asked.get("what", ""), asked.get("chain", "")

    def fits(entry: _Entry, line: _Line) -> bool:
        return (
            what in {"", entry.what}
            and chain in {"", line.chain}
            and all(word in line.body.casefold() for word in words)
        )

    return fits


class AuditService:
    """Stores entries in memory until the process ends. An entry that is sent again is stored once."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._kept: dict[tuple[str, int], tuple[_Entry, _Line]] = {}
        self.app = Starlette(
            routes=[
                Route("/audit", self._take, methods=["POST"]),
                Route("/audit", self._find, methods=["GET"]),
            ]
        )

    def _admits(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    async def _take(self, request: Request) -> Response:
        if not self._admits(request):
            return JSONResponse({"message": "The token is missing or wrong"}, 401)
        try:
            lines = msgspec.json.decode(await request.body(), type=list[_Line])
            taken = {(one.chain, one.seq): (msgspec.json.decode(one.body, type=_Entry), one) for one in lines}
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            return JSONResponse({"message": str(error)}, 400)
        if len(self._kept) + len(taken) > _MOST_KEPT:
            return JSONResponse({"message": "The sandbox keeps no more"}, 507)
        for key, (_entry, line) in taken.items():
            if key in self._kept and self._kept[key][1].head != line.head:
                return JSONResponse({"message": "There is another entry in that place", "chain": key[0]}, 409)
        for key, value in taken.items():
            self._kept.setdefault(key, value)  # a stored entry never changes
        return Response(status_code=204)

    async def _find(self, request: Request) -> Response:
        if not self._admits(request):
            return JSONResponse({"message": "The token is missing or wrong"}, 401)
        asked = request.query_params
        try:
            since, until = _moment(asked.get("since") or "0001-01-01"), _moment(asked.get("until") or "9999-12-31")
            limit = min(_MOST_TOLD, max(1, int(asked.get("limit", "200"))))
        except ValueError as error:
            return JSONResponse({"message": str(error)}, 400)
        fits = _filter_of(asked)
        found: list[tuple[datetime, dict[str, Any]]] = [
            (entry.at, msgspec.to_builtins(line))
            for entry, line in self._kept.values()
            if since <= entry.at <= until and fits(entry, line)
        ]
        chain = asked.get("chain", "")
        found.sort(key=lambda pair: (pair[1]["seq"] if chain else 0, pair[0]), reverse=True)
        return JSONResponse([line for _at, line in found[:limit]])


def _moment(text: str) -> datetime:
    """Return a time from a request; a time without a zone is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
