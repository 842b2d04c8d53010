"""What must hold of prices that change while a supply goes on, I18, and of the tariff that a session is billed by, I19.
Each is a function of the world and one event, and answers with a sentence where it does not hold."""

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from evcharging.common.messages import Mark
from evcharging.common.messages_tariff import Component, Element, Tariff
from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import changed
from evcharging.domain.catalogue import TariffVersion
from evcharging.domain.price import IDLE_CAP
from evcharging.domain.session import Bill, Session
from evcharging.domain.supply import Supply
from evcharging.proof.events import Journalled, Lasted
from evcharging.proof.world import World

STEPS = {0: 100_000, 2: 400_000, 5: 250_000, 7: 333_333}
"""Prices in micro-euro a kWh, from so many seconds after a supply began on; other tariffs have them dearer."""

VAT_PERMILLE = 210
LATE_CANCEL, NO_SHOW = 1_500_000, 4_000_003
"""The fees of reservations."""


def by_duration(dearer: int = 0) -> Tariff:
    """A tariff of the proof: the price changes three times in a supply of ten seconds."""
    elements = tuple(
        Element(energy_micro_euros_per_kwh=price + dearer, min_s=seconds or None)
        for seconds, price in reversed(STEPS.items())
    )
    return Tariff(
        version_id="steps@1",
        zone="Europe/Madrid",
        elements=elements,
        vat_permille=VAT_PERMILLE,
        late_cancel_micro_euros=LATE_CANCEL,
        no_show_micro_euros=NO_SHOW,
    )


BY_DURATION = by_duration()

CHARGING, IDLE = 60_000, 1_980_000
"""Prices of time, in micro-euro a minute."""

IDLE_AT_ONCE = changed(
    BY_DURATION,
    version_id="idle@1",
    elements=(
        Element(charging_micro_euros_per_minute=CHARGING, idle_micro_euros_per_minute=IDLE),
        *BY_DURATION.elements,
    ),
)
IDLE_LATER = changed(IDLE_AT_ONCE, version_id="idle@2", idle_grace_s=2, idle_cap_micro_euros=30_000)
"""Those where time has a price too, that of idle time from the end on, or later and at most so much."""

Due = dict[tuple[str, int], int]
"""By component and price, what is due."""


def i18_the_register_is_noted_where_the_price_changes(world: World, event: Journalled) -> str | None:
    """An ended supply has a reading at each moment at which its price changed, and no other."""
    for supply in event.records:
        if not isinstance(supply, Supply) or supply.tariff is None:
            continue
        if supply.started_at is None or supply.ended_at is None:
            continue
        due = [moment for moment in _edges(supply.started_at) if moment < supply.ended_at]
        noted = [mark.at for mark in supply.marks if mark.at < supply.ended_at]
        if noted != due:
            return f"{supply.session_id} has readings at {noted}, and its price changed at {due}"
    return None


def i18_the_lines_of_a_bill_are_what_flowed(world: World, event: Lasted) -> str | None:
    """Energy by line adds up to the register's difference, and each line costs what its price makes of it."""
    for bill in event.records:
        if not isinstance(bill, Bill) or bill.is_fee:
            continue
        session = world.evidence.sessions[bill.session_id]
        if (session.tariff is None) is not (bill.price is None):
            return f"{bill.session_id} has a tariff, or a bill by lines, and not both"
        wrong = _wrong_lines(bill) or _wrong_readings(world, session, bill)
        if wrong:
            return f"{bill.session_id}: {wrong}"
    return None


def i19_a_session_has_the_tariff_in_force_when_it_was_authorised(world: World, event: Lasted) -> str | None:
    """Its point's own, or the newest version that counted then of the one that its point names, or that its site does:
    by the ledger as it was when the request was decided."""
    for session in event.records:
        if isinstance(session, Session):
            due = world.evidence.published.due.pop(session.session_id, None)
            if due is not None and session.tariff not in due:
                return f"{session.session_id} was authorised by {_named(session.tariff)}, and {_named(due[-1])} was due"
    return None


def i19_versions_are_numbered_without_a_gap(world: World, event: Lasted) -> str | None:
    """And none begins before it is published."""
    numbers = world.evidence.published.numbers
    for version in event.records:
        if isinstance(version, TariffVersion):
            numbers[version.tariff_id] = due = numbers.get(version.tariff_id, 0) + 1
            if version.number != due or version.from_at < version.published_at:
                return f"version {due} of {version.tariff_id} was due, and {version} was published"
    return None


def _named(tariff: Tariff | None) -> str:
    return "no tariff" if tariff is None else tariff.version_id


def _wrong_lines(bill: Bill) -> str | None:
    price = bill.price
    if price is None:
        return None
    if sum(line.quantity for line in price.lines if line.component == Component.ENERGY) != bill.energy_mwh:
        return f"its lines are of another energy than {bill.energy_mwh} mWh"
    net = sum(line.micro_euros for line in price.lines)
    gross = net + _rounded(Fraction(net * VAT_PERMILLE, 1000))
    return None if bill.micro_euros == gross else f"its lines come to {gross} with VAT, and it to {bill.micro_euros}"


def _wrong_readings(world: World, session: Session, bill: Bill) -> str | None:
    """By the world's own arithmetic; of a session that was lied about, nobody knows the readings."""
    evidence, supply = world.evidence, world.evidence.supplies.get(session.session_id)
    unknown = evidence.forgotten | evidence.shared | evidence.believed
    if bill.price is None or supply is None:
        return None
    if session.settled_mwh is not None:
        net = _rounded(Fraction(session.settled_mwh * (STEPS[0] + _dearer(session)), 1_000_000))
        return None if bill.price.net == net else f"it was settled by hand, and {net} is due at the first price"
    if session.session_id in unknown:
        return None
    if session.marks != supply.marks:
        return f"the journal has the readings {supply.marks}, the bill is of {session.marks}"
    lines = {(line.component, line.unit_micro_euros): line.micro_euros for line in bill.price.lines}
    due = {**_due_for_energy(session), **_due_for_time(session)}
    return None if lines == due else f"its lines cost {lines}, and {due} is due"


def _due_for_energy(session: Session) -> Due:
    """What each price comes to, in micro-euro."""
    if session.started_at is None or session.ended_at is None:
        return {}
    first = Mark(at=session.started_at, register_mwh=session.register_start_mwh)
    last = Mark(at=session.ended_at, register_mwh=session.register_stop_mwh)
    readings, energies = [first, *session.marks, last], Counter[int]()
    for before, after in pairwise(readings):
        seconds = (before.at - first.at) // timedelta(seconds=1)
        price = next(price for step, price in reversed(STEPS.items()) if step <= seconds) + _dearer(session)
        energies[price] += after.register_mwh - before.register_mwh
    return {
        (Component.ENERGY, price): _rounded(Fraction(mwh * price, 1_000_000)) for price, mwh in energies.items() if mwh
    }


def _due_for_time(session: Session) -> Due:
    """While it charged, and while it idled once the grace was over; that, up to its cap."""
    tariff, begun, ended = session.tariff, session.started_at, session.ended_at
    if tariff not in (IDLE_AT_ONCE, IDLE_LATER) or begun is None or ended is None:
        return {}
    due: Due = {}
    left_at, idle_from = session.unplugged_at, ended + timedelta(seconds=tariff.idle_grace_s)
    if ended > begun:
        due[Component.CHARGING_TIME, CHARGING] = _cost_of(ended - begun, CHARGING)
    if left_at is not None and left_at > idle_from:
        idle = due[Component.IDLE_TIME, IDLE] = _cost_of(left_at - idle_from, IDLE)
        if tariff.idle_cap_micro_euros is not None and idle > tariff.idle_cap_micro_euros:
            due[IDLE_CAP, 0] = tariff.idle_cap_micro_euros - idle
    return due


def _cost_of(span: timedelta, micro_euros_per_minute: int) -> int:
    return _rounded(Fraction(span // MICROSECOND * micro_euros_per_minute, 60_000_000))


def _dearer(session: Session) -> int:
    """By how much the prices of its tariff are above those of the steps; that of the beginning stands last."""
    price = session.tariff.elements[-1].energy_micro_euros_per_kwh if session.tariff is not None else None
    return 0 if price is None else price - STEPS[0]


def _edges(begun: datetime) -> list[datetime]:
    return [begun + timedelta(seconds=seconds) for seconds in STEPS if seconds]


def _rounded(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))
