"""What came of a simulation, in whole numbers from the ledger. Knows no screen."""

from collections import Counter
from datetime import datetime, timedelta

from evcharging.common.messages_queue import QueueStatus
from evcharging.common.utils import Frozen
from evcharging.domain.queue import QueueEntry
from evcharging.domain.session import OPEN, Bill, Request, Session, SessionStatus
from evcharging.simulation.export import End, delivered_mwh
from evcharging.simulation.power import PowerFigures


class SimulationReport(Frozen, frozen=True, kw_only=True):
    """Energy in mWh, money in micro-euro: what was billed. `open_energy_mwh` has flowed in sessions that go on.
    Utilisation is the share of all points' time in which energy flowed. `waited` counts requests that waited at a site
    before a point was free, `mean_wait_s` is how long those waited that were served, in s, and `waiting` still do.
    `power`: what came of the limit of a site, where it had one."""

    seed: int
    points: int
    drivers: int
    hours: float
    requests: int
    accepted: int
    denied: int
    denials: dict[str, int]
    completed: int
    failed: int
    open: int
    energy_mwh: int
    micro_euros: int
    open_energy_mwh: int
    utilisation: float
    waited: int
    mean_wait_s: float
    waiting: int
    power: PowerFigures | None = None


def report_of(
    end: End, *, seed: int, points: int, drivers: int, start: datetime, power: PowerFigures | None = None
) -> SimulationReport:
    """The ledger, added up."""
    ledger = end.ledger
    requests = ledger.select(Request)
    sessions = ledger.select(Session)
    bills = ledger.select(Bill)
    statuses = Counter(session.status for session in sessions)
    busy = sum((_supplied(session, end.at) for session in sessions), timedelta())
    going_on = [session for session in sessions if session.is_open]
    entries = ledger.select(QueueEntry)
    lost = [entry for entry in entries if not entry.is_open and entry.status is not QueueStatus.SERVED]
    waiting = [entry for entry in entries if entry.is_open and entry.has_waited]
    waits = [entry.ended_at - entry.asked_at for entry in entries if entry.ended_at and entry.has_waited]
    denied = [request for request in requests if not request.accepted]
    denials = Counter(_kind_of_denial(each.reason, each.cp_id) for each in denied)
    denials.update(_kind_of_denial(each.reason, each.site_id) for each in lost)
    return SimulationReport(
        seed=seed,
        points=points,
        drivers=drivers,
        hours=(end.at - start) / timedelta(hours=1),
        requests=len(requests) + len(lost),
        accepted=len(requests) - len(denied),
        denied=len(denied) + len(lost),
        denials=dict(sorted(denials.items())),
        completed=statuses[SessionStatus.COMPLETED],
        failed=statuses[SessionStatus.FAILED],
        open=sum(statuses[status] for status in OPEN),
        energy_mwh=sum(bill.energy_mwh for bill in bills),
        micro_euros=sum(bill.micro_euros for bill in bills),
        open_energy_mwh=sum(delivered_mwh(session, end.registers) for session in going_on),
        utilisation=round(busy / ((end.at - start) * points), 6),
        waited=len(waits) + len(waiting),
        mean_wait_s=round(sum(waits, timedelta()).total_seconds() / len(waits), 3) if waits else 0.0,
        waiting=len(waiting),
        power=power,
    )


def _supplied(session: Session, end: datetime) -> timedelta:
    if session.started_at is None:
        return timedelta()
    return (session.ended_at or end) - session.started_at


def _kind_of_denial(reason: str | None, place: str) -> str:
    """The reason without the name of the point or the site, so that like is counted with like."""
    return (reason or "").removeprefix(f"{place} ")
