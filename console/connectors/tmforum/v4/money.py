"""TMF676 payments and refunds, TMF635 usage and TMF677 allowances, version 4."""

from console.connectors.tmforum.wire import Reader
from console.models.payment import Payment
from console.models.usage import Bucket, Usage


def read_payment(reader: Reader) -> Payment:
    """Translate a TMF676 payment; the bills it was for are the items it names."""
    items = (part.part("item") for part in reader.parts("paymentItem"))
    bills = tuple(bill for item in items if item is not None and (bill := item.text("id")))
    return _money(reader, "paymentDate", bills, is_refund=False)


def read_refund(reader: Reader) -> Payment:
    """Translate a TMF676 refund."""
    return _money(reader, "refundDate", (), is_refund=True)


def _money(reader: Reader, date: str, bills: tuple[str, ...], *, is_refund: bool) -> Payment:
    account, method, channel = reader.part("account"), reader.part("paymentMethod"), reader.part("channel")
    return Payment(
        id=reader.identifier(),
        status=reader.state("status"),
        paid_at=reader.when(date) or reader.when("statusDate"),
        amount=reader.money("totalAmount") or reader.money("amount"),
        method=(method.text("name") or method.text("description")) if method else None,
        channel=(channel.text("name") or channel.text("id")) if channel else None,
        description=reader.text("description"),
        account_id=account.text("id") if account else None,
        bill_ids=bills,
        is_refund=is_refund,
    )


def read_usage(reader: Reader) -> Usage:
    """Translate a TMF635 usage record; its amount is whatever its characteristics say of it."""
    facts = {part.text("name"): part.text("value") for part in reader.parts("usageCharacteristic")}
    amount = facts.get("duration") or facts.get("volume") or facts.get("amount") or facts.get("quantity")
    rated = reader.part("ratedProductUsage")
    product = rated.part("productRef") if rated else None
    return Usage(
        id=reader.identifier(),
        at=reader.when("usageDate"),
        usage_type=reader.text("usageType"),
        description=reader.text("description"),
        amount=" ".join(part for part in (amount, facts.get("unit")) if part) or None,
        status=reader.state("status"),
        cost=rated.money("taxExcludedRatingAmount") if rated else None,
        product_name=product.text("name") if product else None,
    )


def read_buckets(reader: Reader) -> tuple[Bucket, ...]:
    """Translate the answer to a TMF677 usage consumption query: all its buckets in the system's order."""
    found = []
    for use in reader.parts("usageConsumption"):
        for part in use.parts("bucketRefOrValue"):
            product = part.part("product") or use.part("product")
            found.append(_bucket(part, product))
    return tuple(found)


def _bucket(part: Reader, product: Reader | None) -> Bucket:
    counters = {
        (counter.text("counterType") or "").lower(): counter.part("value") for counter in part.parts("bucketCounter")
    }
    used, allowed, remaining = counters.get("used"), counters.get("allowed"), part.part("remainingValue")
    period = part.part("validFor")
    units = next((text for value in (used, allowed, remaining) if value and (text := value.text("units"))), None)
    return Bucket(
        id=part.text("id") or "",
        name=part.text("name") or part.text("usageType") or "",
        product_id=product.text("id") if product else None,
        product_name=product.text("name") if product else None,
        units=units,
        used=used.number("amount") if used else None,
        allowed=allowed.number("amount") if allowed else None,
        remaining=remaining.number("amount") if remaining else None,
        starts_at=period.when("startDateTime") if period else None,
        ends_at=period.when("endDateTime") if period else None,
    )
