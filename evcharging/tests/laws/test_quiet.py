"""Time in which nothing is said twice brings the same sessions, requests and bills as time with all signs of life, also
under faults and lost links."""

from datetime import timedelta
from random import Random
from typing import NamedTuple

import pytest

from evcharging.common.messages import MonitorDisconnected
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.domain.site import SitePoint
from evcharging.roles.cadences import FULL, QUIET
from evcharging.roles.role import LinkDown, LinkUp, Peer
from evcharging.runtime.virtual import VirtualTime
from evcharging.simulation.network import Network
from evcharging.simulation.run import START, Scenario, build


class Outcome(NamedTuple):
    """What lasts in the ledger."""

    requests: list[Request]
    sessions: list[Session]
    bills: list[Bill]
    at_sites: list[SitePoint]


HOURS = 0.5
SECOND = timedelta(seconds=1)


def scenario(seed: int, interval: timedelta | None) -> Scenario:
    return Scenario(
        points=3,
        drivers=9,
        hours=HOURS,
        seed=seed,
        interval=interval,
        pause=timedelta(minutes=6),
        kw_rate=120.0,
        faults_per_day=0 if seed % 3 == 0 else 100,
        sites=seed % 3 if seed % 2 else 0,
    )


def losses(seed: int) -> list[tuple[float, float, int, Peer]]:
    """When which monitor loses which link, in seconds, and for how long."""
    chance = Random(f"{seed}/links")
    peers = (Peer.CENTRAL, Peer.ENGINE)
    return sorted(
        (chance.uniform(10, 1700), chance.choice((0.3, 1.5, 4, 30, 200)), chance.randrange(3), chance.choice(peers))
        for _ in range(seed % 4 * 4)
    )


def lose_links(network: Network, time: VirtualTime, seed: int) -> None:
    """Let time pass to the end, with links that end and open again."""
    ids = sorted(point.cp_id for point in network.ledger.select(Point))
    events: list[tuple[float, bool, int, Peer]] = []
    for at, lasting, number, peer in losses(seed):
        events += [(at, False, number, peer), (at + lasting, True, number, peer)]
    for at, opens, number, peer in sorted(events, key=lambda event: event[0]):
        time.run_until(START + at * SECOND)
        network.monitors.tell(ids[number], LinkUp(peer=peer) if opens else LinkDown(peer=peer))
        if not opens and peer is Peer.CENTRAL:
            # As Central's own door says it, which sees the link end.
            network.bus.publish(MonitorDisconnected(ts=time.now, cp_id=ids[number], link=0))
    time.run_until(START + timedelta(hours=HOURS))


def lived(seed: int, interval: timedelta | None) -> Outcome:
    time = VirtualTime(START, QUIET if interval is None else FULL)
    network = build(scenario(seed, interval), time)
    time.run_until(START + SECOND)
    lose_links(network, time, seed)
    ledger = network.ledger
    # The number of the message that told a site of its newest session is another one.
    at_sites = [changed(point, epoch=0, seq=0) for point in ledger.select(SitePoint)]
    return Outcome(ledger.select(Request), ledger.select(Session), ledger.select(Bill), at_sites)


@pytest.mark.parametrize("seed", range(12))
def test_quiet_time_brings_what_full_time_brings(seed: int) -> None:
    assert lived(seed, None) == lived(seed, SECOND)


def test_the_seeds_of_this_law_are_not_tame() -> None:
    outcomes = [lived(seed, None) for seed in (1, 2, 3)]
    reasons = {(request.reason or "").partition(" ")[2] for each in outcomes for request in each.requests}
    statuses = {session.status for each in outcomes for session in each.sessions}
    assert {"is busy", "is offline"} <= reasons
    assert any("faulty" in reason for reason in reasons)
    assert {SessionStatus.COMPLETED, SessionStatus.FAILED} <= statuses
    assert any(each.at_sites for each in outcomes)
