"""What a charge costs by a tariff: one function for the estimate, the live cost, the bill, the receipt and the preview.
Whole micro-euro; each line is exact and rounded half up once, VAT once. Knows no clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from evcharging.common.messages import Mark
from evcharging.common.messages_tariff import Component, Element, Price, PriceLine, Tariff
from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import Frozen
from evcharging.common.zones import zone_of
from evcharging.domain.meter import MWH_PER_KWH, energy_mwh
from evcharging.domain.money import half_up
from evcharging.domain.tariff_hours import edges, holds

SECOND = timedelta(seconds=1)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
IDLE_CAP, LEAST, MOST = "idle_cap", "least_total", "most_total"
"""Lines that bring what the others come to within the tariff's limits."""


class Metered(Frozen, frozen=True, kw_only=True):
    """What a meter showed at a moment, in mWh, and the power that flowed from then on, in W, where that is known."""

    at: datetime
    register_mwh: int
    power_w: int | None = None


@dataclass(slots=True)
class _Stretch:
    """A time in which the same elements count: from where to where, in mWh since the session began."""

    begin: datetime
    end: datetime
    mwh: int
    end_mwh: int
    watts: int


class _Quantities:
    """How much of each component is priced by each element."""

    def __init__(self, tariff: Tariff, begun: datetime) -> None:
        self.found: dict[tuple[str, int], int] = {}
        self._begun = begun
        self._elements = [(element, element.rates) for element in tariff.elements]
        self._zone = zone_of(tariff.zone) if any(element.is_by_clock for element in tariff.elements) else UTC

    def add(self, stretch: _Stretch, **quantities: int) -> None:
        """Count quantities of components by the elements that count when the stretch begins."""
        local = stretch.begin.astimezone(self._zone)
        seconds = (stretch.begin - self._begun) // SECOND
        for index, (element, rates) in enumerate(self._elements):
            priced = [name for name in quantities if name in rates]
            if priced and holds(element, local, mwh=stretch.mwh, seconds=seconds, watts=stretch.watts):
                for name in priced:
                    key = name, index
                    self.found[key] = self.found.get(key, 0) + quantities.pop(name)
            if not quantities:
                return


def price(
    tariff: Tariff, readings: Sequence[Metered], supply_ended: datetime | None = None, unplugged: datetime | None = None
) -> Price:
    """What a session costs: readings from its beginning on, in order; when the supply ended, if that is not the last of
    them; and when idling ended: the plug was out, or the point was in fault or lost. The price is exact where there is
    a reading at each of the tariff's `edges`; between two readings power counts as constant, so that time
    which is priced by energy is exact to the time that a mWh takes. Raises ValueError without readings."""
    if not readings:
        raise ValueError("a price needs the reading at which the session began")
    first, last = readings[0], readings[-1]
    ended = max(supply_ended or last.at, last.at)
    cuts = edges(tariff, first.at, max(ended, unplugged or ended))
    counted = _Quantities(tariff, first.at)
    charged = [*readings, Metered(at=ended, register_mwh=last.register_mwh)] if ended > last.at else readings
    stretches = list(_stretches(tariff, charged, cuts)) or [_Stretch(first.at, first.at, 0, 0, first.power_w or 0)]
    counted.add(stretches[0], session=1)
    for each in stretches:
        counted.add(each, energy=each.end_mwh - each.mwh, charging_time=(each.end - each.begin) // MICROSECOND)
    idle_from, mwh = ended + tariff.idle_grace_s * SECOND, last.register_mwh - first.register_mwh
    for each in _idle(idle_from, unplugged, mwh, cuts):
        counted.add(each, idle_time=(each.end - each.begin) // MICROSECOND)
    return _added_up(tariff, counted.found)


def price_of_energy(energy_mwh: int, micro_euros_per_kwh: int) -> int:
    """What energy costs at a single price, in micro-euro: as much as by the tariff that this is
    (`domain.tariff.single`), without its lines. 1 kWh is 1,000,000 mWh."""
    return half_up(energy_mwh * micro_euros_per_kwh, MWH_PER_KWH)


def can_be_priced(begun: datetime) -> bool:
    """Whether a charge may be estimated that begins then: in the years 2000 to 2099, whose time zones are known."""
    return FIRST < begun < LAST


def estimate(tariff: Tariff, begun: datetime, watts: int, charging: timedelta, idle: timedelta = timedelta(0)) -> Price:
    """What it costs to charge with constant power for a time, and then to stay plugged in for another."""
    ended = begun + charging
    moments = [begun, *edges(tariff, begun, ended), ended]
    readings = [Metered(at=at, register_mwh=energy_mwh(watts, at - begun), power_w=watts) for at in moments]
    return price(tariff, readings, ended, ended + idle)


def price_of_supply(
    tariff: Tariff,
    begun: datetime,
    start_mwh: int,
    marks: Sequence[Mark],
    ended: datetime,
    stop_mwh: int,
    unplugged: datetime | None = None,
) -> Price:
    """What a supply costs by the readings that its engine noted: first, where the price may change, and last; and the
    time until its vehicle was unplugged."""
    within = [Metered(at=mark.at, register_mwh=mark.register_mwh) for mark in marks]
    first, last = Metered(at=begun, register_mwh=start_mwh), Metered(at=ended, register_mwh=stop_mwh)
    return price(tariff, [first, *within, last], ended, unplugged)


def _stretches(tariff: Tariff, readings: Sequence[Metered], cuts: Sequence[datetime]) -> Iterator[_Stretch]:
    """From each moment at which another element may count to the next one, by readings or between them."""
    register, by_power = readings[0].register_mwh, any(each.is_by_power for each in tariff.elements)
    tiers = sorted({tier for each in tariff.elements for tier in (each.min_mwh, each.max_mwh) if tier})
    at_cuts = frozenset(cuts)
    open_one: _Stretch | None = None
    for a, b in pairwise(readings):
        low, high = a.register_mwh - register, b.register_mwh - register
        if a.at == b.at and low == high:
            continue
        watts = (_power(high - low, b.at - a.at) if a.power_w is None else a.power_w) if by_power else 0
        for (begin, mwh), (end, end_mwh) in pairwise(
            [(a.at, low), *_between(a, b, low, high, cuts, tiers), (b.at, high)]
        ):
            if open_one is None or open_one.watts != watts or begin in at_cuts or mwh in tiers:
                if open_one is not None:
                    yield open_one
                open_one = _Stretch(begin, end, mwh, end_mwh, watts)
            open_one.end, open_one.end_mwh = end, end_mwh
    if open_one is not None:
        yield open_one


def _between(
    a: Metered, b: Metered, low: int, high: int, cuts: Sequence[datetime], tiers: Sequence[int]
) -> list[tuple[datetime, int]]:
    """Moments and energies between two readings at which another element may count."""
    if not cuts and not tiers:
        return []
    since, took, flowed = a.at, (b.at - a.at) // MICROSECOND, high - low
    within = cuts[bisect_right(cuts, since) : bisect_left(cuts, b.at)]
    found = [(at, low + flowed * ((at - since) // MICROSECOND) // took) for at in within]
    passed = (tier for tier in tiers if low < tier < high)
    found += [(since - (low - tier) * took // flowed * MICROSECOND, tier) for tier in passed]
    return sorted(found, key=lambda point: (point[1], point[0]))


def _power(flowed_mwh: int, took: timedelta) -> int:
    """The mean power, in W, to the nearest."""
    microseconds = took // MICROSECOND
    return (flowed_mwh * 3_600_000 + microseconds // 2) // microseconds if microseconds else 0


def _idle(begin: datetime, unplugged: datetime | None, mwh: int, cuts: Sequence[datetime]) -> Iterator[_Stretch]:
    """The time plugged in after the supply and the grace."""
    if unplugged is None or unplugged <= begin:
        return
    for since, until in pairwise([begin, *(moment for moment in cuts if moment > begin), unplugged]):
        yield _Stretch(since, until, mwh, mwh, 0)


def _added_up(tariff: Tariff, found: dict[tuple[str, int], int]) -> Price:
    order = list(Component)
    said = sorted(
        (order.index(Component(name)), index, quantity) for (name, index), quantity in found.items() if quantity
    )
    lines = [_line(order[place], index, tariff.elements[index], quantity) for place, index, quantity in said]
    idle = sum(line.micro_euros for line in lines if line.component == Component.IDLE_TIME)
    if tariff.idle_cap_micro_euros is not None and idle > tariff.idle_cap_micro_euros:
        lines.append(PriceLine(component=IDLE_CAP, micro_euros=tariff.idle_cap_micro_euros - idle))
    net = sum(line.micro_euros for line in lines)
    if net < tariff.least_micro_euros:
        lines.append(PriceLine(component=LEAST, micro_euros=tariff.least_micro_euros - net))
    elif tariff.most_micro_euros is not None and net > tariff.most_micro_euros:
        lines.append(PriceLine(component=MOST, micro_euros=tariff.most_micro_euros - net))
    net = sum(line.micro_euros for line in lines)
    vat = half_up(net * tariff.vat_permille, 1000)
    return Price(lines=tuple(lines), net=net, vat_permille=tariff.vat_permille, vat=vat, gross=net + vat)


def _line(component: Component, index: int, element: Element, quantity: int) -> PriceLine:
    unit, per = element.rates[component]
    return PriceLine(
        component=component.value,
        element=index + 1,
        quantity=quantity,
        unit_micro_euros=unit,
        per=per,
        micro_euros=half_up(quantity * unit, per),
    )
