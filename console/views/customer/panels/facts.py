"""Build the facts for the screen from records: each has a text and the record it comes from."""

from collections.abc import Iterable

from console.models.billing_account import PaymentPlan
from console.models.detail import Detail
from console.models.inventory import PriceKind, Product, ProductPrice
from console.models.provenance import Origin
from console.views import texts
from console.views.customer.panels.system_words import SystemNames
from console.views.texts import tr
from console.views.widgets.fact import ShownFact
from console.views.widgets.row_model import Cell


class FactMaker:
    """The maker of facts and cells for one record."""

    def __init__(self, origin: Origin, systems: SystemNames, *, fresh: bool = True) -> None:
        self._origin = origin
        self._system_label = systems.of(origin)
        self._fresh = fresh

    def fact(self, label: str, text: str, *, worked_out: bool = False) -> ShownFact:
        return ShownFact(
            label, text, origin=self._origin, system_label=self._system_label, worked_out=worked_out, fresh=self._fresh
        )

    def cell(
        self,
        label: str,
        text: str,
        *,
        state: str | None = None,
        bar: float | None = None,
        track: bool = False,
        number: bool = False,
        strong: bool = False,
        worked_out: bool = False,
    ) -> Cell:
        return Cell(
            self.fact(label, text, worked_out=worked_out), state, bar=bar, track=track, number=number, strong=strong
        )

    def details(self, found: Iterable[Detail]) -> list[Cell]:
        """Return the cells of extra details, shown when a row is opened."""
        return [self.cell(_detail_name(one), _detail_words(one)) for one in found]

    def prices(self, product: Product) -> list[Cell]:
        """Return a cell for each price of a product, the recurring price first. Prices before tax are marked."""
        again = recurring_price(product)
        message = [(again, False)] if again else []
        message += [(price_words(price), price.with_tax) for price in product.other_prices]
        return [
            self.cell(tr("Price"), words if taxed else tr("{} before tax").format(words)) for words, taxed in message
        ]


def _detail_name(detail: Detail) -> str:
    return tr(texts.spelt_out(detail.name))


def _detail_words(detail: Detail) -> str:
    """Return a detail in words: its subject, text, amount, time and date, if present. Times are local."""
    text = {"true": tr("yes"), "false": tr("no")}.get(detail.text, detail.text)
    amount = texts.money(detail.amount) if detail.amount else ""
    at = f"{texts.day(texts.local_day(detail.at))} {texts.clock(detail.at)}" if detail.at else ""
    said = " · ".join(word for word in (text, amount, at, texts.day(detail.on) if detail.on else "") if word)
    return f"{detail.of}: {said}" if detail.of and said else detail.of or said


def price_words(price: ProductPrice) -> str:
    """Return a price in words: amount, unit, period, tax, end date and the price after it."""
    words = texts.money(price.amount)
    if price.unit:
        words = tr("{} per {}").format(words, price.unit)
    if price.kind is PriceKind.ONE_TIME:
        words = tr("{} once").format(words)
    elif price.period:
        words = tr("{} a {}").format(words, price.period)
    if price.with_tax:
        words = tr("{} with tax").format(words)
    if price.full is not None and price.until is not None:
        words = tr("{} until {}, then {}").format(words, texts.day(price.until), texts.money(price.full))
    if not price.certain:
        words = tr("{}, with an unknown price change").format(words)
    return tr("{}: {}").format(price.name, words) if price.name else words


def recurring_price(product: Product) -> str:
    """Return the recurring price of a product in words; empty if unknown."""
    if product.price is None:
        return ""
    price = ProductPrice(
        PriceKind.RECURRING,
        None,
        product.price,
        product.price_period,
        until=product.price_until,
        full=product.full_price,
    )
    return price_words(price)


_MOST_PROMISES = 6


def promise_words(promises: Iterable[PaymentPlan]) -> str:
    """Return the promised amounts and dates, at most the first 6; empty without promises."""
    every = list(promises)
    words = [
        tr("{} by {}").format(texts.money(plan.amount), texts.weekday(plan.due_on) if plan.due_on else tr("no date"))
        for plan in every[:_MOST_PROMISES]
    ]
    more = len(every) - len(words)
    return ", ".join([*words, tr("and {} more").format(more)] if more else words)
