"""Readers for TMF637 products, TMF638 services and TMF653 service tests."""

from console.connectors.tmforum.record_reader import RecordReader
from console.connectors.tmforum.records import details
from console.connectors.tmforum.records.prices import read_prices
from console.connectors.tmforum.records.quantities import read_quantity
from console.models.detail import Detail
from console.models.inventory import Product, Service
from console.models.service_test import ServiceTest, TestMeasure

_ORDER_IDS = ("productOrderId", "serviceOrderId", "id")


def read_product(reader: RecordReader) -> Product:
    """Translate a TMF637 product; its price is the sum of the recurring prices charged now."""
    identifier = reader.identifier()
    started_at = reader.when("startDate")
    prices = read_prices(reader, ("productPrice",), started_at)
    account, offering = reader.part("billingAccount"), reader.part("productOffering")
    return Product(
        id=identifier,
        name=reader.text("name") or (offering.text("name") if offering else None) or identifier,
        status=reader.state("status"),
        started_at=started_at,
        terminated_at=reader.when("terminationDate"),
        price=prices.price,
        price_period=prices.period,
        serial_number=reader.text("productSerialNumber"),
        account_id=account.text("id") if account else None,
        service_ids=tuple(service for part in reader.parts("realizingService") if (service := part.text("id"))),
        characteristics=_characteristics(reader, "productCharacteristic"),
        price_until=prices.until,
        full_price=prices.full,
        other_prices=prices.others,
        details=details.read_details(reader, _PRODUCT),
    )


def _term(part: RecordReader) -> Detail | None:
    """Return a product term (commitment): its name, duration and last day."""
    lasts, period = read_quantity(part.part("duration")), part.part("validFor")
    name = part.text("name") or part.text("description")
    if not name and not lasts:
        return None
    return Detail("productTerm", str(lasts or ""), name or "", on=period.day("endDateTime") if period else None)


def _order_item(key: str, part: RecordReader) -> Detail | None:
    order = next((text for name in _ORDER_IDS if (text := part.text(name))), None)
    return Detail(key, order, part.text("orderItemAction") or part.text("itemAction") or "") if order else None


def read_service(reader: RecordReader) -> Service:
    """Translate a TMF638 service."""
    identifier = reader.identifier()
    return Service(
        id=identifier,
        name=reader.text("name") or reader.text("serviceType") or identifier,
        state=reader.state("state"),
        enabled=reader.flag("isServiceEnabled"),
        category=reader.text("serviceType") or reader.text("category"),
        started_at=reader.when("startDate"),
        ended_at=reader.when("endDate"),
        characteristics=_characteristics(reader, "serviceCharacteristic"),
        operating_status=reader.state("operatingStatus"),
        details=details.read_details(reader, _SERVICE),
    )


def read_test(reader: RecordReader) -> ServiceTest:
    """Translate a TMF653 service test; each measure with the rules it violates, if any."""
    identifier = reader.identifier()
    service = reader.part("relatedService")
    return ServiceTest(
        id=identifier,
        name=reader.text("name") or identifier,
        state=reader.state("state"),
        description=reader.text("description"),
        service_id=service.text("id") if service else None,
        service_name=service.text("name") if service else None,
        at=reader.when("endDateTime") or reader.when("startDateTime"),
        measures=tuple(_measure(part) for part in reader.parts("testMeasure")),
        details=details.read_details(reader, _TEST),
    )


def _measure(reader: RecordReader) -> TestMeasure:
    violations = [_violation(part) for part in reader.parts("ruleViolation")]
    return TestMeasure(
        name=reader.text("metricName") or reader.text("metricDescription") or "",
        value=_measured(reader),
        unit=reader.text("unitOfMeasure"),
        violation=", ".join(violations) or None,
    )


def _measured(reader: RecordReader) -> str | None:
    """Return the value of a measure: in an object as in the standard, or bare as some servers send it."""
    value = reader.part("value") if isinstance(reader.raw("value"), dict) else None
    return (value.any_text("value") if value else None) or reader.any_text("value")


def _violation(part: RecordReader) -> str:
    return part.text("name") or part.text("description") or "out of bounds"


def _characteristics(reader: RecordReader, key: str) -> tuple[tuple[str, str], ...]:
    found = ((part.text("name"), part.any_text("value") or part.in_words()) for part in reader.parts(key))
    return tuple((name or key, value) for name, value in found if value)


# Further facts, shown when a user opens the record.
_PRODUCT = (
    details.rest("productPrice", "price.dutyFreeAmount", "price.taxIncludedAmount"),
    details.rest("billingAccount", "id"),
    details.texts("description"),
    details.flags("isBundle", "isCustomerVisible"),
    details.moments("orderDate", "creationDate"),
    details.names("agreement", "agreementItem"),
    details.names("productOffering", "productSpecification"),
    details.listed("productTerm", _term),
    details.names("product", "productRelationship", "realizingResource"),
    details.listed("productOrderItem", lambda part: _order_item("productOrderItem", part)),
    details.places("place"),
    details.parties("relatedParty"),
)
_SERVICE = (
    details.texts("category"),
    details.externals("externalIdentifier"),
    details.texts("description", "serviceDate", "startMode"),
    details.flags("hasStarted", "isBundle"),
    details.names("serviceSpecification", "supportingService", "supportingResource", "serviceRelationship"),
    details.listed("serviceOrderItem", lambda part: _order_item("serviceOrderItem", part)),
    details.characteristics("feature"),
    details.names("relatedEntity"),
    details.places("place"),
    details.parties("relatedParty"),
    details.notes("note"),
)
_TEST = (
    details.rest("testMeasure", "metricName", "metricDescription", "value.value"),
    details.rest("relatedService", "id", "name"),
    details.texts("mode"),
    details.moments("startDateTime", "endDateTime"),
    details.names("testSpecification"),
    details.characteristics("characteristic"),
    details.parties("relatedParty"),
)
