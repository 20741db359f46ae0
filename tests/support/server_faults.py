"""Server faults, each with the check operation that must name it."""

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support.fault_proxy import Exchange, Manner, Message

Record = dict[str, Any]
Read = Callable[[Exchange], Awaitable[Message]]
_FILTERS = ("relatedParty.id", "relatedParty.partyOrPartyRole.id", "payer.id", "requestor.id")
_PAGING = frozenset({"offset", "limit", "sort", "fields"})
_NOBODY = "opticom-check-nothing-has-this-id"
# Resources that are filtered by customer, and those with each kind of value, by system.
_SELECTED = (
    ("crm", "troubleTicket"), ("crm", "partyInteraction"), ("crm", "appointment"), ("billing", "customerBill"),
    ("billing", "billingAccount"), ("billing", "payment"), ("provisioning", "productOrder"), ("provisioning", "product"),
    ("provisioning", "service"), ("provisioning", "serviceOrder"),
)  # fmt: skip
_RESOURCES = frozenset(resource for _, resource in _SELECTED)
_WITH_STATES = (
    ("billing", "customerBill"), ("provisioning", "service"), ("provisioning", "serviceOrder"), ("crm", "troubleTicket"),
)  # fmt: skip
_SORTED = (
    ("crm", "troubleTicket"),
    ("crm", "partyInteraction"),
    ("billing", "customerBill"),
    ("provisioning", "productOrder"),
)
_WITH_MONEY = (("billing", "customerBill"), ("billing", "appliedCustomerBillingRate"), ("billing", "payment"))


@dataclass(frozen=True, slots=True)
class ServerFault:
    """One fault of one resource.

    `named_by` are the operations of a check; one of them must report the fault, with the text `said` in its finding. A
    fault without operations is harmless: no report is needed, and no proposal may break anything.
    """

    name: str
    system: str
    resource: str
    manner: Manner
    named_by: tuple[str, ...] = ()
    said: str = ""


# ------------------------------------------------------------------ changes to a request and a response


def _query(request: Message) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))


def _asking(exchange: Exchange, query: dict[str, str], path: str | None = None) -> Message:
    request = exchange.request
    asked = f"?{urlencode(query)}" if query else ""
    return Message(request.method, f"{path or request.path}{asked}", headers=request.headers, body=request.body)


def _answering(answer: Message, value: Any) -> Message:
    return Message("", "", answer.status, answer.headers, json.dumps(value).encode())


def _said(status: int, body: bytes = b'{"code": "1", "reason": "no"}', kind: str = "application/json") -> Message:
    return Message("", "", status, {"content-type": kind}, body)


def _value(answer: Message) -> Any:
    """Return the JSON of a successful response, or None; amounts stay as they are written."""
    return json.loads(answer.body) if answer.status in {200, 206} and answer.body else None


def _of_resource(resource: str, read: Read) -> Manner:
    """Return a manner that changes the reads of one resource only."""

    async def do(exchange: Exchange) -> Message:
        if resource in exchange.request.path.split("/"):
            return await read(exchange)
        return await exchange.forward()

    return Manner(read=do)


def _asks(change: Callable[[dict[str, str]], dict[str, str]]) -> Read:
    """Return a read whose request is changed before it is forwarded."""

    async def read(exchange: Exchange) -> Message:
        return await exchange.forward(_asking(exchange, change(_query(exchange.request))))

    return read


def _tells(change: Callable[[Record], Any]) -> Read:
    """Return a read whose records are changed."""

    async def read(exchange: Exchange) -> Message:
        answer = await exchange.forward(exchange.request.without("if-none-match"))
        value = _value(answer)
        if value is None:
            return answer
        told = [change(one) for one in value] if isinstance(value, list) else change(value)
        return _answering(answer, told)

    return read


def _deep(change: Callable[[str, Any], Any]) -> Callable[[Record], Record]:
    """Return a function that changes every attribute of a record, at any depth."""

    def walk(key: str, value: Any) -> Any:
        if isinstance(value, dict) and set(value) != {"unit", "value"}:
            return {name: walk(name, part) for name, part in value.items()}
        if isinstance(value, list):
            return [walk(key, part) for part in value]
        return change(key, value)

    def do(record: Record) -> Record:
        changed: Record = walk("", record)
        return changed

    return do


def _dates(style: Callable[[datetime], str]) -> Callable[[Record], Record]:
    def change(_key: str, value: Any) -> Any:
        try:
            return style(datetime.fromisoformat(value)) if isinstance(value, str) and "T" in value else value
        except ValueError:
            return value

    return _deep(change)


def _money(style: Callable[[str, Decimal], Any]) -> Callable[[Record], Record]:
    def change(_key: str, value: Any) -> Any:
        is_money = isinstance(value, dict) and value.get("value") is not None
        return style(value["unit"], Decimal(str(value["value"]))) if is_money else value

    return _deep(change)


def _is_list(exchange: Exchange) -> bool:
    """Return whether a list is requested: by its path alone, or with a filter."""
    return exchange.request.path.rsplit("/", 1)[-1] in _RESOURCES


def _asked_for(exchange: Exchange) -> str | None:
    query = _query(exchange.request)
    return next((query[name] for name in _FILTERS if name in query), None)


def _only(resource: str, holds: Callable[[Exchange], bool], answer: Callable[[], Message]) -> Manner:
    """Return a manner that replies to some requests for a resource itself, without the system."""

    async def read(exchange: Exchange) -> Message:
        return answer() if holds(exchange) else await exchange.forward()

    return _of_resource(resource, read)


# ------------------------------------------------------------------ the faults


def seeded(seed: str) -> list[ServerFault]:
    """Return every fault once; the seed decides where and how strong it is."""
    rng = random.Random(seed)
    return [make(rng) for make in (*_OF_FILTERS, *_OF_PAGES, *_OF_VALUES, *_OF_ANSWERS)]


def _filter_ignored(rng: random.Random) -> ServerFault:
    system, resource = rng.choice(_SELECTED)
    read = _asks(lambda query: {key: value for key, value in query.items() if key in _PAGING})
    return ServerFault("every filter is ignored", system, resource, _of_resource(resource, read), ("select",))


def _filter_loses(rng: random.Random) -> ServerFault:
    system, resource = rng.choice(
        [one for one in _SELECTED if one[1] in {"customerBill", "payment", "product", "service"}]
    )

    async def read(exchange: Exchange) -> Message:
        answer = await exchange.forward(exchange.request.without("if-none-match"))
        value = _value(answer)
        if _asked_for(exchange) is None or not isinstance(value, list):
            return answer
        kept = [one for one in value if sum(str(one["id"]).encode()) % 2]
        return replace(
            _answering(answer, kept), headers={"content-type": "application/json", "x-total-count": str(len(kept))}
        )

    manner = _of_resource(resource, read)
    return ServerFault("the filter loses half the records", system, resource, manner, ("select",))


def _filter_renamed(rng: random.Random) -> ServerFault:
    system, resource = rng.choice([one for one in _SELECTED if one[1] != "payment"])
    own = rng.choice(["customerId", "customer.id", "customer"])

    def change(query: dict[str, str]) -> dict[str, str]:
        asked = {key: value for key, value in query.items() if key in _PAGING}
        return {**asked, "relatedParty.id": query[own]} if own in query else asked

    manner = _of_resource(resource, _asks(change))
    return ServerFault(f"the customer is selected by {own}", system, resource, manner, ("select",), own)


def _nobody(status: int, named_by: tuple[str, ...], body: bytes) -> Callable[[random.Random], ServerFault]:
    def make(rng: random.Random) -> ServerFault:
        system, resource = rng.choice(_SELECTED)
        manner = _only(resource, lambda exchange: _NOBODY in exchange.request.target and _is_list(exchange),
                       lambda: _said(status, body))  # fmt: skip
        return ServerFault(f"{status} for a customer nobody is", system, resource, manner, named_by)

    return make


def _bill_filter_ignored(_rng: random.Random) -> ServerFault:
    resource = "appliedCustomerBillingRate"
    read = _asks(lambda query: {key: value for key, value in query.items() if key in _PAGING})
    return ServerFault(
        "a bill's lines cannot be selected", "billing", resource, _of_resource(resource, read), ("select",)
    )


def _role_of_its_own(rng: random.Random) -> ServerFault:
    system, resource = rng.choice(
        [one for one in _SELECTED if one[1] not in {"payment", "partyInteraction", "appointment"}]
    )
    role = rng.choice(["subscriber", "accountHolder", "client"])

    def change(key: str, value: Any) -> Any:
        return role if key == "role" and value == "customer" else value

    def others_left_out(record: Record) -> Record:
        parties = [one for one in record.get("relatedParty") or () if one.get("role") == role]
        return {**record, "relatedParty": parties} if parties else record

    manner = _of_resource(resource, _tells(lambda record: others_left_out(_deep(change)(record))))
    return ServerFault(f"the customer's role is {role}", system, resource, manner, ("select",), "selected")


def _only_sellers(rng: random.Random) -> ServerFault:
    system, resource = rng.choice([("provisioning", "productOrder"), ("billing", "billingAccount")])

    def change(record: Record) -> Record:
        return {**record, "relatedParty": [{**one, "role": "seller"} for one in record.get("relatedParty") or ()]}

    manner = _of_resource(resource, _tells(change))
    return ServerFault("records name the seller alone", system, resource, manner, ("select",), "no record names")


_OF_FILTERS = (
    _filter_ignored, _filter_loses, _filter_renamed, _bill_filter_ignored, _role_of_its_own, _only_sellers,
    _nobody(204, (), b""), _nobody(400, ("nothing",), b'{"code": "22", "reason": "unknown"}'),
    _nobody(404, ("nothing",), b'{"code": "60", "reason": "none"}'), _nobody(500, ("nothing",), b""),
)  # fmt: skip


def _paging(
    name: str, change: Callable[[dict[str, str]], dict[str, str]], said: str = ""
) -> Callable[[random.Random], ServerFault]:
    def make(rng: random.Random) -> ServerFault:
        system, resource = rng.choice(_SELECTED)
        return ServerFault(name, system, resource, _of_resource(resource, _asks(change)), ("paging",), said)

    return make


def _cut_at_10(rng: random.Random) -> ServerFault:
    """Pages that are shorter than requested do no harm: the console loads the next one."""
    system, resource = rng.choice(_SELECTED)
    read = _asks(lambda query: {**query, "limit": str(min(10, int(query.get("limit", "10"))))})
    return ServerFault("pages are cut at 10", system, resource, _of_resource(resource, read))


def _limit_renamed(rng: random.Random) -> ServerFault:
    system, resource = rng.choice(_SELECTED)
    own = rng.choice(["pageLimit", "pageSize", "size", "per_page"])

    def change(query: dict[str, str]) -> dict[str, str]:
        rest = {key: value for key, value in query.items() if key not in {own, "limit"}}
        return {**rest, "limit": query.get(own, "40")}

    manner = _of_resource(resource, _asks(change))
    return ServerFault(f"the page size is asked for with {own}", system, resource, manner, ("paging",), own)


def _size_is_a_filter(rng: random.Random) -> ServerFault:
    """The page size is fixed, and the server takes another name for it as a filter: that list is empty, not short."""
    system, resource = rng.choice(_SELECTED)

    async def read(exchange: Exchange) -> Message:
        query = _query(exchange.request)
        if {"size", "pageSize", "per_page"} & query.keys():
            return _said(200, b"[]")
        return await exchange.forward(_asking(exchange, {**query, "limit": "40"}))

    return ServerFault(
        "other words for the page size find nothing", system, resource, _of_resource(resource, read), ("paging",)
    )


def _count(count: str, said: str) -> Callable[[random.Random], ServerFault]:
    def make(rng: random.Random) -> ServerFault:
        system, resource = rng.choice(_SELECTED)

        async def read(exchange: Exchange) -> Message:
            answer = await exchange.forward()
            return replace(answer, headers={**answer.headers, "x-total-count": count})

        return ServerFault(
            f"the count of all is {count}", system, resource, _of_resource(resource, read), ("paging",), said
        )

    return make


def _order(name: str, sign: str) -> Callable[[random.Random], ServerFault]:
    def make(rng: random.Random) -> ServerFault:
        system, resource = rng.choice([one for one in _SORTED if one[1] != "partyInteraction"])  # already in this order

        def change(query: dict[str, str]) -> dict[str, str]:
            rest = {key: value for key, value in query.items() if key != "sort"}
            return {**rest, "sort": query["sort"].lstrip("-")} if sign and "sort" in query else rest

        return ServerFault(name, system, resource, _of_resource(resource, _asks(change)), ("sort",))

    return make


def _tag(name: str, read: Read) -> Callable[[random.Random], ServerFault]:
    def make(rng: random.Random) -> ServerFault:
        system, resource = rng.choice(_SELECTED)
        return ServerFault(name, system, resource, _of_resource(resource, read), ("refresh",))

    return make


async def _one_tag(exchange: Exchange) -> Message:
    if "if-none-match" in exchange.request.headers:
        return Message("", "", 304, {"etag": '"same"'})
    answer = await exchange.forward()
    return replace(answer, headers={**answer.headers, "etag": '"same"'})


async def _no_tag(exchange: Exchange) -> Message:
    answer = await exchange.forward(exchange.request.without("if-none-match"))
    return answer.without("etag")


async def _tag_not_heeded(exchange: Exchange) -> Message:
    return await exchange.forward(exchange.request.without("if-none-match"))


_OF_PAGES = (
    _limit_renamed, _size_is_a_filter,
    _paging("the page size is ignored", lambda query: {**query, "limit": "45"}),
    _paging("the offset is ignored", lambda query: {**query, "offset": "0"}, "same records"),
    _cut_at_10,
    _count("1", "wrong"),
    _order("the order cannot be asked for", ""), _order("the oldest come first", "-"),
    _tag("one tag for everything", _one_tag), _tag("no tags", _no_tag), _tag("tags are not heeded", _tag_not_heeded),
)  # fmt: skip


def _value_fault(
    name: str,
    where: tuple[tuple[str, str], ...],
    change: Callable[[Record], Any],
    named_by: tuple[str, ...],
    said: str = "",
) -> Callable[[random.Random], ServerFault]:
    def make(rng: random.Random) -> ServerFault:
        system, resource = rng.choice(where)
        return ServerFault(name, system, resource, _of_resource(resource, _tells(change)), named_by, said)

    return make


def _local_as_utc(rng: random.Random) -> ServerFault:
    """Local times east of Greenwich, written as UTC; the newest are of today, as in a live system."""
    hours = rng.randrange(1, 13)

    def style(at: datetime) -> str:
        return f"{at + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}.000Z"

    manner = _of_resource("partyInteraction", _tells(_dates(style)))
    return ServerFault(f"local time, {hours} h ahead, as UTC", "crm", "partyInteraction", manner, ("times",), "ahead")


def _renamed(rng: random.Random) -> ServerFault:
    system, resource, name, own = rng.choice(
        [
            ("billing", "customerBill", "billDate", "bill_date"),
            ("billing", "customerBill", "amountDue", "amount_due"),
            ("provisioning", "serviceOrder", "serviceOrderItem", "orderItem"),
            ("provisioning", "service", "serviceSpecification", "specification"),
            ("crm", "troubleTicket", "creationDate", "creation_date"),
        ]
    )

    def change(record: Record) -> Record:
        return {own if key == name else key: value for key, value in record.items()}

    manner = _of_resource(resource, _tells(change))
    return ServerFault(f"{name} is called {own}", system, resource, manner, ("attributes",), own)


def _without(system: str, resource: str, *names: str) -> Callable[[random.Random], ServerFault]:
    def change(record: Record) -> Record:
        return {key: value for key, value in record.items() if key not in names}

    def make(_rng: random.Random) -> ServerFault:
        manner = _of_resource(resource, _tells(change))
        return ServerFault(f"no {names[0]}", system, resource, manner, ("attributes",), names[0])

    return make


def _net_alone(_rng: random.Random) -> ServerFault:
    """Payments have only the net amount, without tax, and no total."""

    def change(record: Record) -> Record:
        told = {key: value for key, value in record.items() if key != "totalAmount"}
        return {**told, "amount": record.get("amount") or record.get("totalAmount")}

    manner = _of_resource("payment", _tells(change))
    return ServerFault("the net amount alone", "billing", "payment", manner, ("attributes",), "no totalAmount")


def _other_case(record: Record) -> Record:
    return {key: value.upper() if key in {"state", "status"} and value else value for key, value in record.items()}


def _own_states(record: Record) -> Record:
    return {
        key: f"Zustand {len(value)}" if key in {"state", "status"} and value else value for key, value in record.items()
    }


def _other_id(record: Record) -> Record:
    return {"identifier" if key == "id" else key: value for key, value in record.items()}


_OF_VALUES = (
    _local_as_utc, _renamed, _net_alone, _without("billing", "customerBill", "paymentDueDate"),
    _without("crm", "troubleTicket", "severity"),
    _value_fault("times without a zone", _SORTED[:2], _dates(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}"), ("times",), "zone"),
    _value_fault("dates of a country", _WITH_MONEY[:1], _dates(lambda at: f"{at:%d.%m.%Y}T"), ("values",), "Date"),
    _value_fault("bare cents", _WITH_MONEY, _money(lambda _unit, value: int(value * 100)), ("amounts",)),
    _value_fault("cents beside a unit", _WITH_MONEY, _money(lambda unit, value: {"unit": unit, "value": int(value * 100)}), ("amounts",)),
    _value_fault("no currency", _WITH_MONEY, _money(lambda _unit, value: float(value)), ("values",), "currency"),
    _value_fault("a decimal comma", _WITH_MONEY, _money(lambda unit, value: {"unit": unit, "value": f"{value:.2f}".replace(".", ",")}), ("values",)),
    _value_fault("states in capitals", _WITH_STATES, _other_case, ("states",), "another way"),
    _value_fault("states of its own", _WITH_STATES, _own_states, ("states",), "Zustand"),
    _value_fault("ids under another name", _SELECTED, _other_id, ("values",)),
    _value_fault("numbers as texts", _WITH_MONEY, _money(lambda unit, value: {"unit": unit, "value": f"{value:.2f}"}), ()),
)  # fmt: skip


def _answer_fault(
    name: str,
    holds: Callable[[Exchange], bool],
    answer: Callable[[], Message],
    named_by: tuple[str, ...],
    said: str = "",
) -> Callable[[random.Random], ServerFault]:
    def make(rng: random.Random) -> ServerFault:
        system, resource = rng.choice(_SELECTED)
        return ServerFault(name, system, resource, _only(resource, holds, answer), named_by, said)

    return make


def _is_single(exchange: Exchange) -> bool:
    return not _is_list(exchange) and _NOBODY not in exchange.request.path


def _is_unknown(exchange: Exchange) -> bool:
    return not _is_list(exchange) and _NOBODY in exchange.request.path


async def _another_record(exchange: Exchange) -> Message:
    answer = await exchange.forward()
    value = _value(answer)
    return _answering(answer, {**value, "id": "other"}) if isinstance(value, dict) else answer


def _other_record(rng: random.Random) -> ServerFault:
    system, resource = rng.choice(_SELECTED)
    return ServerFault(
        "another record than asked for", system, resource, _of_resource(resource, _another_record), ("get one",)
    )


def _wrapped(rng: random.Random) -> ServerFault:
    system, resource = rng.choice(_SELECTED)

    async def read(exchange: Exchange) -> Message:
        answer = await exchange.forward(exchange.request.without("if-none-match"))
        value = _value(answer)
        return _answering(answer, {"items": value}) if isinstance(value, list) else answer

    return ServerFault("lists are wrapped", system, resource, _of_resource(resource, read), ("list",), "no JSON array")


def _at_another_path(rng: random.Random) -> ServerFault:
    system, resource = rng.choice([("crm", "troubleTicket"), ("provisioning", "service"), ("billing", "customerBill")])

    async def read(exchange: Exchange) -> Message:
        path = exchange.request.path
        if resource not in path.split("/"):
            return await exchange.forward()
        parts = path.split("/")
        parts[2] = parts[2].removesuffix("Management") if parts[2].endswith("Management") else f"{parts[2]}Management"
        if path.startswith(f"/tmf-api/{_HOMES[resource]}/"):
            return _said(404)
        return await exchange.forward(_asking(exchange, _query(exchange.request), "/".join(parts)))

    return ServerFault("served at another path", system, resource, Manner(read=read), ("list",), "at /tmf-api")


_HOMES = {"troubleTicket": "troubleTicket", "service": "serviceInventory", "customerBill": "customerBillManagement"}


def _not_there(rng: random.Random) -> ServerFault:
    system, resource = rng.choice([one for one in _SELECTED if one[1] in {"appointment", "payment", "serviceOrder"}])
    manner = _only(resource, lambda _exchange: True, lambda: _said(404))
    return ServerFault("not there at all", system, resource, manner, ("list",), "404")


def _damaged(rng: random.Random) -> ServerFault:
    system, resource = rng.choice(_SELECTED)

    async def read(exchange: Exchange) -> Message:
        answer = await exchange.forward(exchange.request.without("if-none-match"))
        value = _value(answer)
        if not isinstance(value, list):
            return answer
        return _answering(answer, ["no record" if at % 5 == 4 else one for at, one in enumerate(value)])

    return ServerFault("every fifth record is damaged", system, resource, _of_resource(resource, read), ("values",))


_HTML = b"<html><body>Welcome</body></html>"
_OF_ANSWERS = (
    _other_record, _wrapped, _at_another_path, _not_there, _damaged,
    _answer_fault("500 for single records", _is_single, lambda: _said(500), ("get one",), "500"),
    _answer_fault("405 for single records", _is_single, lambda: _said(405), ("get one",), "405"),
    _answer_fault("500 for unknown ids", _is_unknown, lambda: _said(500), ("unknown id",), "500"),
    _answer_fault("200 and nothing for unknown ids", _is_unknown, lambda: _said(200, b"{}"), ("unknown id",), "200"),
    _answer_fault("lists fail", _is_list, lambda: _said(500), ("list",), "500"),
    _answer_fault("lists are forbidden", _is_list, lambda: _said(403), ("list",), "403"),
    _answer_fault("not signed in", lambda _exchange: True, lambda: _said(401), ("sign-in",), "401"),
    _answer_fault("a page for people", _is_list, lambda: _said(200, _HTML, "text/html"), ("list",), "HTML"),
    _answer_fault("a failure inside 200", _is_list, lambda: _said(200, b'{"code": "60", "reason": "Locked"}'), ("list",), "failure"),
)  # fmt: skip
