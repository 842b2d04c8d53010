"""What must hold between sessions, reservations, bills and engines' journals, and what is said where it does not. Knows
no store and no clock: this moment is an argument."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from evcharging.common.utils import as_fields, changed
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.reservation_fee import fee_of
from evcharging.domain.session import Bill, Session, SessionStatus, bill_of
from evcharging.domain.supply import Reading, Supply

ON_THE_WAY = timedelta(seconds=60)
"""How long the end of a supply may take to become a bill before it is called missing."""

COMPARE = "compare it with a backup and with the engine's journal"


class Finding(NamedTuple):
    """What an audit says, in one sentence; without `is_difference` it is only worth knowing."""

    text: str
    is_difference: bool = True


def of_billing(session: Session | None, bill: Bill | None) -> Iterator[Finding]:
    """What is wrong between a session and its bill, of which one may be missing."""
    if session is None:
        if bill is not None:
            yield Finding(f"The bill of {bill.session_id} at {bill.cp_id} has no session: {COMPARE}")
        return
    name = f"{session.session_id} at {session.cp_id}"
    if session.status is SessionStatus.SUSPECT:
        if bill is None:
            yield Finding(f"The bill of {name} is held: {session.detail}", is_difference=False)
        else:
            yield Finding(f"{name} is SUSPECT and has a bill, which must be held: {COMPARE}")
    elif not session.is_finalised or session.ended_at is None:
        if bill is not None:
            yield Finding(f"{name} has a bill, but is {session.status.value} without final readings: {COMPARE}")
    elif bill is None:
        if session.energy_mwh:
            yield Finding(f"{name} delivered {session.energy_mwh} mWh and has no bill: {COMPARE}")
    else:
        yield from _of_figures(session, bill)


def of_fee(reservation: Reservation | None, bill: Bill | None) -> Iterator[Finding]:
    """What is wrong between a reservation and its fee, of which one may be missing."""
    if reservation is None:
        if bill is not None:
            yield Finding(f"The fee {bill.session_id} at {bill.cp_id} has no reservation: {COMPARE}")
        return
    site_id = bill.site_id if bill is not None else None
    due = fee_of(reservation, reservation.ended_at, site_id) if reservation.ended_at is not None else None
    if (bill and changed(bill, number=None)) != due:
        said, makes = (0 if each is None else each.micro_euros for each in (bill, due))
        yield Finding(
            f"The fee of {reservation.reservation_id} at {reservation.cp_id} is {said} micro-euro,"
            f" and its reservation makes it another bill, of {makes}: {COMPARE}"
        )


def _of_figures(session: Session, bill: Bill) -> Iterator[Finding]:
    said, due = as_fields(bill), as_fields(changed(bill_of(session, bill.site_id), number=bill.number))
    for field, value in due.items():
        if said[field] != value:
            yield Finding(
                f"The bill of {session.session_id} at {session.cp_id} says {field} {said[field]}, "
                f"its session makes it {value}: {COMPARE}"
            )


def of_supply(supply: Supply, session: Session | None, now: datetime) -> Iterator[Finding]:
    """What is wrong between a supply in an engine's journal and its session in the ledger."""
    name = f"{supply.session_id} at {supply.cp_id}"
    delivered = supply.register_stop_mwh - supply.register_start_mwh
    if session is None:
        yield Finding(
            f"The journal has the supply {name}, and the ledger no such session: see whether they belong together",
            is_difference=supply.started_at is not None and now - supply.started_at > ON_THE_WAY,
        )
        return
    if session.cp_id != supply.cp_id:
        yield Finding(f"The journal has the supply {name}, and the ledger has it at {session.cp_id}: {COMPARE}")
    if supply.ended_at is None:
        return
    if session.is_metered:
        figures = session.register_start_mwh, session.register_stop_mwh
        if figures != (supply.register_start_mwh, supply.register_stop_mwh):
            yield Finding(
                f"{name} is settled from {figures[0]} to {figures[1]} mWh, its journal says from "
                f"{supply.register_start_mwh} to {supply.register_stop_mwh} mWh: {COMPARE}"
            )
        if session.status is SessionStatus.IDLE and not supply.plugged:
            yield _not_billed(f"The stay of {name}", now - (supply.unplugged_at or supply.ended_at))
    elif delivered:
        yield _not_billed(f"{name} delivered {delivered} mWh", now - supply.ended_at)


def _not_billed(what: str, age: timedelta) -> Finding:
    return Finding(
        f"{what}, which ended {max(0, age // timedelta(seconds=1))} s ago and is not billed yet: see that Central and "
        "its engine run and reach one another",
        is_difference=age > ON_THE_WAY,
    )


class Registers:
    """The registers of points, as a journal says them one after another."""

    def __init__(self) -> None:
        self._read: dict[str, int] = {}
        self._supplied: dict[str, int] = {}
        self._sessions: dict[str, str] = {}

    def see(self, record: Record) -> Iterator[Finding]:
        """Where this one runs behind those before it. Readings are held to readings and supplies to supplies, since a
        journal that was rewritten tells of one kind after the other."""
        if isinstance(record, Reading):
            yield from _backwards(self._read, record.cp_id, record.register_mwh)
        elif isinstance(record, Supply) and record.started_at is not None:
            if self._sessions.get(record.cp_id) != record.session_id:
                yield from _backwards(self._supplied, record.cp_id, record.register_start_mwh)
                self._sessions[record.cp_id] = record.session_id
            if record.ended_at is not None:
                yield from _backwards(self._supplied, record.cp_id, record.register_stop_mwh)


def _backwards(last: dict[str, int], cp_id: str, register: int) -> Iterator[Finding]:
    before = last.get(cp_id, register)
    if register < before:
        yield Finding(
            f"The register of {cp_id} ran backwards in its journal, from {before} to {register} mWh: "
            "check its meter, and the bills since then"
        )
    last[cp_id] = register
