"""What bills come to, by what they have in common. Knows no store and no clock."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from evcharging.common.utils import Frozen, field_names
from evcharging.domain.session import Bill
from evcharging.domain.totals import SPANS, Step, begin_of


class Shared(StrEnum):
    """The field of bills that those of a group have in common."""

    POINT = "cp_id"
    DRIVER = "driver_id"
    TARIFF = "tariff"


class Turnover(Frozen, frozen=True, kw_only=True):
    """What bills come to, in mWh and in micro-euro with VAT. `net_micro_euros` is known of those whose price has lines;
    these come to `priced_micro_euros` with VAT."""

    sessions: int = 0
    energy_mwh: int = 0
    micro_euros: int = 0
    net_micro_euros: int = 0
    priced_micro_euros: int = 0


class Group(Frozen, frozen=True, kw_only=True):
    """Bills with the same value, and what they come to; the value is empty where they have none."""

    value: str
    turnover: Turnover


class Groups(Frozen, frozen=True, kw_only=True):
    """All bills of some time in groups: what they come to together, how many groups there are, and the `first` of them,
    the ones with the most money before the others."""

    total: Turnover
    count: int
    first: tuple[Group, ...]


def turnover_of(bills: Iterable[Bill]) -> Turnover:
    """What bills come to."""
    found = list(bills)
    prices = [bill.price for bill in found if bill.price is not None]
    return Turnover(
        sessions=sum(not bill.is_fee for bill in found),
        energy_mwh=sum(bill.energy_mwh for bill in found),
        micro_euros=sum(bill.micro_euros for bill in found),
        net_micro_euros=sum(price.net for price in prices),
        priced_micro_euros=sum(price.gross for price in prices),
    )


def added(some: Iterable[Turnover]) -> Turnover:
    """What some come to together."""
    found = list(some)
    return Turnover(**{name: sum(getattr(each, name) for each in found) for name in field_names(Turnover)})


def less(whole: Turnover, part: Turnover) -> Turnover:
    """What is left of a whole without a part."""
    return Turnover(**{name: getattr(whole, name) - getattr(part, name) for name in field_names(Turnover)})


def grouped(bills: Iterable[Bill], by: Shared, limit: int) -> Groups:
    """Bills in groups."""
    found: dict[str, list[Bill]] = {}
    for bill in bills:
        found.setdefault(getattr(bill, by.value) or "", []).append(bill)
    groups = [Group(value=value, turnover=turnover_of(some)) for value, some in found.items()]
    groups.sort(key=lambda group: (-group.turnover.micro_euros, group.value))
    total = turnover_of(bill for some in found.values() for bill in some)
    return Groups(total=total, count=len(groups), first=tuple(groups[:limit]))


def parts_of(since: datetime, until: datetime) -> list[tuple[Step, datetime, datetime]]:
    """A time between two full hours as the spans by which bills are added up: whole days, and the hours before and
    after them."""
    day = SPANS[Step.DAY]
    first, last = begin_of(Step.DAY, since), begin_of(Step.DAY, until)
    first += day * (first < since)
    if first >= last:
        return [(Step.HOUR, since, until)] if since < until else []
    parts = [(Step.HOUR, since, first), (Step.DAY, first, last), (Step.HOUR, last, until)]
    return [part for part in parts if part[1] < part[2]]
