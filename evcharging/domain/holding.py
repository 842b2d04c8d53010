"""How much is held for a session, and for how long it may go on with that. Whole cents, energy in mWh. Knows no
clock."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from evcharging.common.messages_tariff import Component, Tariff
from evcharging.common.utils import Frozen
from evcharging.domain.ceiling import ChargeBounds, bounds_within, hold_cents
from evcharging.domain.meter import energy_mwh
from evcharging.domain.payment_steps import FIND_AFTER, LAST_AGAIN, USED_AGAIN_WITHIN
from evcharging.domain.session import LONGEST, Session
from evcharging.domain.tariff import single

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the time does not matter."""

MOST_MWH = 10**9
"""What is wanted at most of a point whose power nobody knows."""

BY_TIME = ("min_s", "max_s", "local_from", "local_to", "from_date", "until_date")
"""What lets an element hold at some times alone, besides its days of the week."""


class PaymentTerms(Frozen, frozen=True, kw_only=True):
    """How payments are asked for. `method` stands for the card of who names none; `most_cents`: how much is held, and
    added to that, at once. `used_again_within`: how old a hold may be that a next try uses again; `find_after`: from
    when on an operation is looked up first; `last_again`: how long after an unknown outcome the next try follows at
    most."""

    method: str | None = None
    most_cents: int = 5_000
    used_again_within: timedelta = USED_AGAIN_WITHIN
    find_after: timedelta = FIND_AFTER
    last_again: timedelta = LAST_AGAIN


class Paid(Frozen, frozen=True, kw_only=True):
    """How long a session may go on with what is held: until so much energy has flowed, and until a moment, where its
    price depends on time."""

    mwh: int
    ends_by: datetime | None


def cents_wanted(session: Session, power_w: int, most_cents: int) -> int:
    """How much is to be held for a session at a point of this power: the most that it can cost, or `most_cents`."""
    tariff, wanted = tariff_of(session), _wanted(session, power_w)
    if not _depends_on_time(tariff):
        return _cents_at_any_time(tariff, wanted.limit_mwh, most_cents)
    return hold_cents(tariff, wanted, most_cents)


def paid_by(session: Session, power_w: int, held_cents: int) -> Paid | None:
    """How long a session may go on with so much; None where that is too little to begin."""
    tariff, wanted = tariff_of(session), _wanted(session, power_w)
    if not _depends_on_time(tariff):
        mwh = _mwh_at_any_time(tariff, held_cents, wanted.limit_mwh)
        return Paid(mwh=mwh, ends_by=session.ends_by) if mwh else None
    bounds = bounds_within(tariff, held_cents, wanted)
    if bounds is None or not bounds.limit_mwh or bounds.ends_by <= bounds.begins_from:
        return None
    return Paid(mwh=bounds.limit_mwh, ends_by=bounds.ends_by)


def tariff_of(session: Session) -> Tariff:
    """All prices of a session."""
    return session.tariff or single(session.micro_euros_per_kwh)


def _wanted(session: Session, power_w: int) -> ChargeBounds:
    ends_by = session.ends_by or session.requested_at + LONGEST
    flows = energy_mwh(power_w, max(ends_by - session.requested_at, LONGEST)) if power_w else MOST_MWH
    limit_mwh = min(flows, MOST_MWH) if session.limit_mwh is None else session.limit_mwh
    return ChargeBounds(begins_from=session.requested_at, ends_by=ends_by, limit_mwh=limit_mwh)


@lru_cache(maxsize=1_000)
def _cents_at_any_time(tariff: Tariff, limit_mwh: int, most_cents: int) -> int:
    return hold_cents(tariff, _at_any_time(limit_mwh), most_cents)


@lru_cache(maxsize=1_000)
def _mwh_at_any_time(tariff: Tariff, held_cents: int, limit_mwh: int) -> int:
    bounds = bounds_within(tariff, held_cents, _at_any_time(limit_mwh))
    return bounds.limit_mwh if bounds is not None else 0


def _at_any_time(limit_mwh: int) -> ChargeBounds:
    return ChargeBounds(begins_from=SOME_DAY, ends_by=SOME_DAY + LONGEST, limit_mwh=limit_mwh)


def _depends_on_time(tariff: Tariff) -> bool:
    return any(
        Component.CHARGING_TIME in element.rates or element.weekdays or any(getattr(element, name) for name in BY_TIME)
        for element in tariff.elements
    )
