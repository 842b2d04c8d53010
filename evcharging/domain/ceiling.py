"""The most that a charge can cost by a tariff, and how much may be charged so that it costs no more than a hold.
Whole micro-euro. Knows no meter and no clock."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from evcharging.common.messages_tariff import HOUR, Component, Element, Tariff
from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import Frozen, changed
from evcharging.common.zones import zone_of
from evcharging.domain.meter import MWH_PER_KWH
from evcharging.domain.money import cents_up, half_up, of_cents
from evcharging.domain.price import FIRST
from evcharging.domain.tariff_hours import SECOND, edges, holds

PER_SECOND = SECOND // MICROSECOND

STEPS = 1 << 20
"""How finely a wish is cut down to what a hold covers."""

PER = {
    Component.SESSION: 1,
    Component.ENERGY: MWH_PER_KWH,
    Component.CHARGING_TIME: HOUR // MICROSECOND,
    Component.IDLE_TIME: HOUR // MICROSECOND,
}
"""Of how many units a rate is the price: sessions, mWh or microseconds."""


class ChargeBounds(Frozen, frozen=True, kw_only=True):
    """What a charge keeps within: it begins at `begins_from` or later, its supply ends at `ends_by` at the latest with
    `limit_mwh` at most, and its vehicle stays plugged in for `idle` after that at most."""

    begins_from: datetime
    ends_by: datetime
    limit_mwh: int
    idle: timedelta = timedelta(0)


class _Rate(Frozen, frozen=True, kw_only=True):
    """What an element asks for one component. `is_sure`: where the tiers of energy and time let it hold, it does."""

    unit: int
    is_sure: bool
    element: Element

    def may_hold(self, mwh: int, seconds: int) -> bool:
        """Whether the tiers of energy and time let it hold."""
        return holds(self.element, FIRST, mwh=mwh, seconds=seconds, watts=0)


def most_within(tariff: Tariff, bounds: ChargeBounds) -> int:
    """The most that a charge within these bounds can cost, with VAT: no price of one is above it, whenever its energy
    flows and with whatever power. It grows with each of the bounds."""
    span = max(bounds.ends_by - bounds.begins_from, timedelta(0))
    tiers = _steps((e.min_mwh for e in tariff.elements), (e.max_mwh for e in tariff.elements), bounds.limit_mwh)
    total = (span + bounds.idle) // SECOND
    seconds = _steps((e.min_s for e in tariff.elements), (e.max_s for e in tariff.elements), total)
    before = [each for each in seconds if each * SECOND <= span]
    charging, plugged_in = (_may_count(tariff, bounds, idle) for idle in (timedelta(0), bounds.idle))

    fee = _dearest(charging, Component.SESSION, [0], [0])
    energy = sum(
        (end - begin) * _dearest(charging, Component.ENERGY, [begin], before)
        for begin, end in pairwise([*tiers, bounds.limit_mwh])
    )
    time = sum(
        (end - begin) * _dearest(charging, Component.CHARGING_TIME, tiers, [begin // PER_SECOND])
        for begin, end in pairwise([*(each * PER_SECOND for each in before), span // MICROSECOND])
    )
    billed = max(bounds.idle - tariff.idle_grace_s * SECOND, timedelta(0)) // MICROSECOND
    idle = _rounded(plugged_in, Component.IDLE_TIME, billed * _dearest(plugged_in, Component.IDLE_TIME, tiers, seconds))
    if tariff.idle_cap_micro_euros is not None:
        idle = min(idle, tariff.idle_cap_micro_euros)
    net = _rounded(charging, Component.SESSION, fee) + _rounded(charging, Component.ENERGY, energy)
    return _gross(tariff, net + _rounded(charging, Component.CHARGING_TIME, time) + idle)


def hold_cents(tariff: Tariff, wanted: ChargeBounds, most_cents: int) -> int:
    """How much is held for a charge that is wanted, in cents: the most that it can cost, or `most_cents`."""
    return min(cents_up(most_within(tariff, wanted)), most_cents)


def bounds_within(tariff: Tariff, held_cents: int, wanted: ChargeBounds) -> ChargeBounds | None:
    """The bounds in which what is wanted can be had without ever costing more than is held: first energy and time are
    cut down alike, then each is as much as the other leaves. None where nothing can be had: a session fee or a least
    total is more than is held."""
    held = of_cents(held_cents)
    span = max(wanted.ends_by - wanted.begins_from, timedelta(0))

    def cut(energy: int, time: int) -> ChargeBounds:
        ends_by = wanted.begins_from + span // MICROSECOND * time // STEPS * MICROSECOND
        return changed(wanted, limit_mwh=wanted.limit_mwh * energy // STEPS, ends_by=ends_by)

    def covers(energy: int, time: int) -> bool:
        return most_within(tariff, cut(energy, time)) <= held

    if covers(STEPS, STEPS):
        return wanted
    if not covers(0, 0):
        return None
    alike = _last(lambda share: covers(share, share), 0)
    energy = _last(lambda share: covers(share, alike), alike)
    time = _last(lambda share: covers(energy, share), alike)
    return cut(energy, time)


def _last(fits: Callable[[int], bool], low: int) -> int:
    """The greatest share that fits, from one that does."""
    if fits(STEPS):
        return STEPS
    high = STEPS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _steps(least: Iterable[int | None], most: Iterable[int | None], until: int) -> list[int]:
    """From where on other elements may hold, in order, until that included."""
    return sorted({0, *(each for each in (*least, *most) if each is not None and each <= until)})


def _may_count(tariff: Tariff, bounds: ChargeBounds, idle: timedelta) -> dict[Component, list[_Rate]]:
    """For each component the elements, in their order, that hold by the clock at some time within the bounds."""
    until = bounds.ends_by + idle
    moments = [bounds.begins_from, *edges(tariff, bounds.begins_from, until), max(until, bounds.begins_from)]
    zone = zone_of(tariff.zone) if any(element.is_by_clock for element in tariff.elements) else UTC
    local = [moment.astimezone(zone) for moment in moments]
    found: dict[Component, list[_Rate]] = {component: [] for component in Component}
    for element in tariff.elements:
        by_clock = changed(element, **dict.fromkeys(TIERS))
        if any(holds(by_clock, each, mwh=0, seconds=0, watts=0) for each in local):
            is_sure = not element.is_by_clock and not element.is_by_power
            by_tiers = changed(element, **ANY_CLOCK_AND_POWER)
            for component, (price, per) in element.rates.items():
                unit = price * PER[component] // per
                found[component].append(_Rate(unit=unit, is_sure=is_sure, element=by_tiers))
    return found


TIERS = ("min_mwh", "max_mwh", "min_s", "max_s", "min_w", "max_w")
CLOCK = ("local_from", "local_to", "from_date", "until_date")
ANY_CLOCK_AND_POWER: dict[str, object] = {**dict.fromkeys((*CLOCK, "min_w", "max_w")), "weekdays": ()}


def _dearest(
    rates: dict[Component, list[_Rate]], component: Component, tiers: Iterable[int], seconds: Iterable[int]
) -> int:
    """The greatest rate that may be asked at one of these energies and times."""
    starts = list(seconds)
    return max((rate for mwh in tiers for s in starts for rate in _candidates(rates[component], mwh, s)), default=0)


def _candidates(rates: Iterable[_Rate], mwh: int, seconds: int) -> Iterator[int]:
    """The rates that may be the first which holds: up to one that holds in any case."""
    for rate in rates:
        if rate.may_hold(mwh, seconds):
            yield rate.unit
            if rate.is_sure:
                return


def _rounded(rates: dict[Component, list[_Rate]], component: Component, exact: int) -> int:
    """An exact amount, of which each element's line may be rounded up by a half."""
    per = PER[component]
    return (2 * exact + len(rates[component]) * per) // (2 * per)


def _gross(tariff: Tariff, net: int) -> int:
    if tariff.most_micro_euros is not None:
        net = min(net, tariff.most_micro_euros)
    net = max(net, tariff.least_micro_euros)
    return net + half_up(net * tariff.vat_permille, 1000)
