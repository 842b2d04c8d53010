"""What sessions that were billed would have cost by another tariff. Knows no store and no clock."""

from collections.abc import Sequence
from itertools import chain

from evcharging.common.messages import Mark
from evcharging.common.messages_tariff import Price, Tariff
from evcharging.common.utils import changed
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.session import Session, bill_of


def price_by(tariff: Tariff, session: Session, values: Sequence[MeterValue]) -> Price:
    """The price of a billed session by a tariff. Its engine noted the register where its own price changed, and the
    ledger keeps what its meter said: between any two of these, power counts as constant. Raises ValueError for one that
    has no bill."""
    price = bill_of(changed(session, tariff=tariff, marks=_marks(session, values))).price
    if price is None:
        raise ValueError(f"Session {session.session_id} has no price by lines")
    return price


def _marks(session: Session, values: Sequence[MeterValue]) -> tuple[Mark, ...]:
    """All readings within the supply, in order; what Central received is dated by another clock than the engine's."""
    heard = (Mark(at=value.at, register_mwh=value.register_mwh) for value in values)
    found: list[Mark] = []
    at, register = session.started_at, session.register_start_mwh
    for mark in sorted(chain(session.marks, heard), key=lambda mark: mark.at):
        is_before_the_end = session.ended_at is not None and mark.at < session.ended_at
        if at is None or not is_before_the_end or mark.at <= at:
            continue
        if register <= mark.register_mwh <= session.register_stop_mwh:
            found.append(mark)
            at, register = mark.at, mark.register_mwh
    return tuple(found)
