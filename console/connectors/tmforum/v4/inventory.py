"""TMF637 products, TMF638 services and TMF653 service tests, version 4."""

from console.connectors.tmforum.wire import Reader
from console.models.inventory import Product, Service
from console.models.service_test import ServiceTest, TestMeasure


def read_product(reader: Reader) -> Product:
    """Translate a TMF637 product; its price is the first recurring one."""
    identifier = reader.identifier()
    prices = list(reader.parts("productPrice"))
    prices.sort(key=lambda part: (part.text("priceType") or "").lower() != "recurring")
    price = prices[0].part("price") if prices else None
    account = reader.part("billingAccount")
    return Product(
        id=identifier,
        name=reader.text("name") or identifier,
        status=reader.state("status"),
        started_at=reader.when("startDate"),
        terminated_at=reader.when("terminationDate"),
        price=price.money("dutyFreeAmount") if price else None,
        price_period=prices[0].text("recurringChargePeriod") if prices else None,
        serial_number=reader.text("productSerialNumber"),
        account_id=account.text("id") if account else None,
        service_ids=tuple(service for part in reader.parts("realizingService") if (service := part.text("id"))),
        characteristics=_characteristics(reader, "productCharacteristic"),
    )


def read_service(reader: Reader) -> Service:
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
    )


def read_test(reader: Reader) -> ServiceTest:
    """Translate a TMF653 service test; each figure with what rule it violates, if any."""
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
    )


def _measure(reader: Reader) -> TestMeasure:
    value, violation = reader.part("value"), reader.part("ruleViolation")
    return TestMeasure(
        name=reader.text("metricName") or reader.text("metricDescription") or "",
        value=value.text("value") if value else None,
        unit=reader.text("unitOfMeasure"),
        violation=(violation.text("name") or violation.text("description") or "out of bounds") if violation else None,
    )


def _characteristics(reader: Reader, key: str) -> tuple[tuple[str, str], ...]:
    found = ((part.text("name"), part.text("value")) for part in reader.parts(key))
    return tuple((name, value) for name, value in found if name and value)
