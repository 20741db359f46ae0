"""Quirks: ways in which real servers differ from the published descriptions. Each can be switched on by name."""

import re
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
_ODD_KEYS = {
    "validFor": "validfor",
    "@referredType": "@referredtype",
    "billDate": "billdate",
    "contactMedium": "contactmedium",
    "milestoneDate": "MilestoneDate",
}
_ODD_STATES = {"active": "In Use ", "terminated": "aborted ", "settled": "PAID", "completed": "Closed/Complete"}


def _walk(value: Any, change: Callable[[str, Any], tuple[str, Any]], key: str = "") -> Any:
    """Return a copy of a JSON value with every attribute passed through `change`."""
    if isinstance(value, dict):
        return dict(change(name, _walk(part, change, name)) for name, part in value.items())
    if isinstance(value, list):
        return [_walk(part, change, key) for part in value]
    return value


def _dates(style: Callable[[str], str]) -> Callable[[Record], Record]:
    def change(key: str, value: Any) -> tuple[str, Any]:
        return key, style(value) if isinstance(value, str) and _DATE.match(value) else value

    return lambda record: _walk(record, change)


def _money(style: Callable[[Record], Any]) -> Callable[[Record], Record]:
    def change(key: str, value: Any) -> tuple[str, Any]:
        return key, style(value) if isinstance(value, dict) and set(value) == {"unit", "value"} else value

    return lambda record: _walk(record, change)


def _odd_keys(record: Record) -> Record:
    misspelt: Record = _walk(record, lambda key, value: (_ODD_KEYS.get(key, key), value))
    return misspelt


def _odd_states(record: Record) -> Record:
    return {
        key: _ODD_STATES.get(value, value) if key in {"state", "status"} else value for key, value in record.items()
    }


def _dangling(record: Record) -> Record:
    """Return the record with references to records that do not exist, except to the customer."""
    return _with_references(record, lambda reference: {**reference, "id": "NOWHERE-1", "href": ""})


def _circular(record: Record) -> Record:
    """Return the record with references to itself, except to the customer."""
    return _with_references(record, lambda reference: {**reference, "id": record.get("id", "")})


def _with_references(record: Record, change: Callable[[Record], Record]) -> Record:
    parties = [party if party.get("role") == "customer" else change(party) for party in record.get("relatedParty", [])]
    related = [change(entity) for entity in record.get("relatedEntity", [])]
    found = {**record, "relatedParty": parties, "relatedEntity": related}
    return {key: value for key, value in found.items() if key in record}


def _no_numbers(record: Record) -> Record:
    return {key: value for key, value in record.items() if key != "billNo"}


def _empty_omitted(record: Record) -> Record:
    keep = {
        "id",
        "name",
        "state",
        "status",
        "billDate",
        "amountDue",
        "relatedParty",
        "engagedParty",
        "bill",
        "description",
        "usageConsumption",
    }
    return {key: value for key, value in record.items() if key in keep}


def _renamed(record: Record) -> Record:
    names = {"serviceOrderItem": "orderItem", "priority": "importance"}
    return {names.get(key, key): value for key, value in record.items()}


def _numeric_priority(record: Record) -> Record:
    priority = record.get("priority")
    return {**record, "priority": int(priority)} if isinstance(priority, str) and priority.isdigit() else record


# Quirks of single records: functions from record to record.
RECORD_QUIRKS: dict[str, Callable[[Record], Record]] = {
    "dates-without-zone": _dates(lambda text: text[:19]),
    "dates-colon-milliseconds": _dates(lambda text: f"{text[:19]}:999Z"),
    "dates-only": _dates(lambda text: text[:10]),
    "dates-empty": _dates(lambda _text: ""),
    "dates-year-9999": _dates(lambda _text: "9999-12-31T23:59:59.999Z"),
    "keys-misspelt": _odd_keys,
    "states-unknown": _odd_states,
    "money-bare": _money(lambda money: money["value"]),
    "money-text": _money(lambda money: {"unit": money["unit"], "value": f"{money['value']:.2f}"}),
    "money-minor": _money(lambda money: round(money["value"] * 100)),
    "money-text-and-currency": _money(lambda money: f"{money['value']:.2f} {money['unit']}"),
    "numbers-missing": _no_numbers,
    "references-dangling": _dangling,
    "references-circular": _circular,
    "optional-omitted": _empty_omitted,
    "attributes-renamed": _renamed,
    "priority-numeric": _numeric_priority,
    "fields-unknown": lambda record: {**record, "x_vendor": {"a": [1, None]}, "@vendorType": "Odd"},
}

# Quirks of whole responses: the application checks them by name.
ANSWER_QUIRKS = {
    "counts-absent": "no X-Total-Count",
    "counts-wrong": "X-Total-Count is always 3",
    "pages-capped": "never more than 10 records a page, without saying so",
    "link-header": "rel=next in a Link header instead of counts",
    "status-206": "a page that is not the last has status 206",
    "failure-in-200": "status 200 with an error body",
    "errors-as-list": "errors are {message, errors: [...]}",
    "errors-as-problem": "errors are problem+json",
    "errors-as-html": "errors are HTML pages",
    "records-damaged": "every fifth record is malformed in one of several ways",
    "ids-repeated": "every third record of a list has the id of the one before",
    "own-paths": "resources are served below /rest/v2, in the plural",
    "own-filters": "the customer is selected by customerId, a bill's lines by billId",
    "only-v5": "what has a v5 description is served in that version alone",
    "filters-none": "every filter is ignored",
    "names-unfolded": "names are found by the letters they are written with alone",
    "empty-404": "a list that holds nothing is answered with 404",
    "page-parameter": "the page size is asked for with pageLimit; limit is ignored",
    "errors-nested": "errors are {error: {message, detail}, status: failure}",
    "errors-in-list": "errors are [{message, errorCode}]",
    "auth-oauth": "a token from /oauth/token, for client desk with the system's token as its secret, or for user desk",
    "keys-ignored": "Idempotency-Key is not known: what is sent twice is done twice",
    "versions-absent": "no ETag is sent, and If-Match is not heeded",
    "writes-202": "writes are accepted and done a second later: 202, and no body",
    "writes-bare": "a new record is answered with 201 and neither body nor Location",
    "writes-other": "a write is answered with another record than was written",
    "merge-patch-refused": "a patch must be application/json",
    "rate-limited": "at most 30 requests in 2 s, announced in X-RateLimit headers; more are rejected with 429",
    "ids-as-numbers": "ids of digits come as JSON numbers",
    "auth-basic": "basic sign-in, user desk, the token as password",
    "auth-header": "the token in X-API-Key",
}

QUIRKS = frozenset(RECORD_QUIRKS) | frozenset(ANSWER_QUIRKS)


def apply_record_quirks(record: Record, quirks: frozenset[str]) -> Record:
    for name in sorted(quirks & RECORD_QUIRKS.keys()):
        record = RECORD_QUIRKS[name](record)
    # A JSON number cannot have leading zeros, so ids with leading zeros stay texts.
    if "ids-as-numbers" in quirks and record.get("id", "").isdigit() and not record["id"].startswith("0"):
        record = {**record, "id": int(record["id"])}
    return record


def repeat_ids(records: list[Record]) -> list[Record]:
    """Return the records; every third one has the id of the record before it."""
    return [{**record, "id": records[i - 1]["id"]} if i % 3 == 2 else record for i, record in enumerate(records)]


def damage(records: list[Record]) -> list[Any]:
    """Return the records with every fifth one malformed, in one of four ways in turn."""
    spoilt: list[Any] = list(records)
    ways: list[Callable[[Record], Any]] = [
        lambda _record: "no record at all",
        lambda record: {key: value for key, value in record.items() if key != "id"},
        lambda record: {**record, "id": {"value": 1}},
        lambda _record: None,
    ]
    for i in range(4, len(records), 5):
        spoilt[i] = ways[(i // 5) % len(ways)](records[i])
    return spoilt
