"""Held bills: what an operator may settle by hand, and what becomes of the session. Knows no message bus, store or
clock: this moment is an argument."""

from datetime import datetime

from evcharging.common.messages_operators import SettleSession
from evcharging.common.utils import changed
from evcharging.domain.session import HELD, Session, SessionStatus
from evcharging.domain.tariff import why_no_tariff

MOST_MWH = 10**11
"""What no supply delivers, and nobody can settle: 100,000 kWh."""


def resolved(session: Session, order: SettleSession, now: datetime) -> Session:
    """The session with the energy that its bill is for. Its driver was told that it failed, and that stays so; so do
    the engine's figures."""
    return changed(
        session,
        status=SessionStatus.FAILED,
        detail=f"{(session.detail or '').removesuffix(HELD)}; settled by hand: {order.note}",
        settled_mwh=_energy(session, order),
        settled_at=now,
        settled_by=order.by,
        settled_note=order.note,
        settled_actor=order.actor,
    )


def is_resolved_so(session: Session, order: SettleSession) -> bool:
    """Whether this was done already."""
    settlement = (session.settled_mwh, session.settled_by, session.settled_note)
    return settlement == (_energy(session, order), order.by, order.note)


def why_not(session: Session, order: SettleSession) -> str | None:
    """Why a session cannot be settled so; None where it can."""
    if session.settled_at is not None:
        return f"{session.session_id} was settled by {session.settled_by} already, otherwise"
    if session.status is not SessionStatus.SUSPECT:
        return f"{session.session_id} is {session.status}: only the bill of a suspect session is held"
    if not 0 <= _energy(session, order) <= MOST_MWH:
        return f"Nobody can be billed the engine's figures of {session.session_id}: say how many kWh it was"
    fault = why_no_tariff(session.tariff)
    if fault is not None:
        return f"The tariff of {session.session_id} cannot be used by this Central: {fault}"
    return None


def _energy(session: Session, order: SettleSession) -> int:
    figures = session.register_stop_mwh - session.register_start_mwh
    return figures if order.energy_mwh is None else order.energy_mwh
