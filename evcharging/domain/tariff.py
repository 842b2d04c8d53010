"""Which tariffs can be used, and the one that a single price is. Knows no meter and no clock; what a charge costs is in
`domain.price`."""

from collections.abc import Iterator
from datetime import date

from evcharging.common.messages_tariff import Component, Element, Tariff
from evcharging.common.zones import UnknownZone, zone_of

SINGLE = "single@1"
"""The version of a tariff that is a single price."""


def single(micro_euros_per_kwh: int) -> Tariff:
    """The tariff that a single price is: one element, no VAT."""
    elements = (Element(energy_micro_euros_per_kwh=micro_euros_per_kwh),)
    return Tariff(version_id=SINGLE, zone="UTC", elements=elements)


def first_energy_price(tariff: Tariff) -> int:
    """The price of energy, in micro-euro a kWh, of the first element that has one; 0 where none has."""
    prices = (element.energy_micro_euros_per_kwh for element in tariff.elements)
    return next((price for price in prices if price is not None), 0)


def prices_idle_time(tariff: Tariff | None) -> bool:
    """Whether time costs anything in which a vehicle is plugged in without charging."""
    return tariff is not None and any(Component.IDLE_TIME in element.rates for element in tariff.elements)


def power_tiers(tariff: Tariff) -> tuple[int, ...]:
    """The powers, in W, at which another element may count."""
    return tuple(sorted({w for each in tariff.elements for w in (each.min_w, each.max_w) if w}))


def why_no_tariff(tariff: Tariff | None) -> str | None:
    """What is wrong with a tariff, in one sentence; None where it can be used, or there is none."""
    return None if tariff is None else next(_faults(tariff), None)


def _faults(tariff: Tariff) -> Iterator[str]:
    try:
        zone_of(tariff.zone)
    except UnknownZone as error:
        yield str(error)
    if not any(element.rates for element in tariff.elements):
        yield "the tariff has no price: give an element one of session, energy, charging or idle"
    most = tariff.most_micro_euros
    if most is not None and most < tariff.least_micro_euros:
        yield f"most_micro_euros {most} is less than least_micro_euros {tariff.least_micro_euros}"
    for number, element in enumerate(tariff.elements, 1):
        for fault in _faults_of(element):
            yield f"element {number}: {fault}"
        if (before := _shadow(tariff.elements[: number - 1], element)) is not None:
            yield f"element {number} never counts: element {before} has its prices, always"


def _faults_of(element: Element) -> Iterator[str]:
    if not element.rates:
        yield "it has no price"
    if element.session_micro_euros is not None and (element.min_s or element.min_mwh):
        yield "its session fee is never due: a session begins after no time and no energy"
    for what in ("charging", "idle"):
        prices = (getattr(element, f"{what}_micro_euros_per_{unit}") for unit in ("minute", "hour"))
        if None not in prices:
            yield f"the {what} time has a price by the minute and one by the hour: give one of them"
    for least, most in (("min_mwh", "max_mwh"), ("min_s", "max_s"), ("min_w", "max_w")):
        yield from _empty(element, least, most)
    if element.local_from is not None and element.local_from == element.local_to:
        yield f"it holds from {element.local_from} to {element.local_to}, which is no time: leave both out for all day"
    for name in ("from_date", "until_date"):
        if (said := getattr(element, name)) is not None and not _is_date(said):
            yield f"{name} {said} is no date"
    yield from _empty(element, "from_date", "until_date")


def _empty(element: Element, least: str, most: str) -> Iterator[str]:
    low, high = getattr(element, least), getattr(element, most)
    if high is not None and (low if low is not None else 0 if isinstance(high, int) else "") >= high:
        yield f"it never holds: {most} {high} is not above {least} {0 if low is None else low}"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _shadow(before: tuple[Element, ...], element: Element) -> int | None:
    """The first of the elements before that has all prices of this one and always holds."""
    for number, other in enumerate(before, 1):
        if other.is_always and element.rates.keys() <= other.rates.keys():
            return number
    return None
