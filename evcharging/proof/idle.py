"""Vehicles that stay where that costs time, and what must hold of it: I22. Each of these is a function of the world,
and perhaps of one event, and answers with a sentence where it does not hold."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from evcharging.common.messages import (
    Action,
    CPStatus,
    HealthReport,
    MonitorDisconnected,
    SupplyEnded,
    SupplyRefused,
)
from evcharging.common.messages_operators import AssignTariff, SettleSession
from evcharging.common.messages_tariff import Tariff
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.domain.session import Bill, SessionStatus
from evcharging.proof.agenda import moments
from evcharging.proof.deaths import set_clock
from evcharging.proof.engines import begin_twin
from evcharging.proof.events import Handled, Said
from evcharging.proof.people import at_a_central, by_hand
from evcharging.proof.presence import UNHEARD, decider, lateness, undisturbed_run
from evcharging.proof.process import Life
from evcharging.proof.tariffs import IDLE_AT_ONCE, IDLE_LATER
from evcharging.proof.vehicles import PATIENT, come
from evcharging.proof.world import CENTRALS, World

SECOND = timedelta(seconds=1)
NO_TIME = timedelta(0)

NEW_RUN_WAITS = 32
"""Seconds after which Central gives up an idle session of whose point it never heard, as a new run or since it lost
contact before the session went idle, and more."""

NOTICED_WITHIN = 3
"""Seconds in which a run that had heard of the point notices that it does not any more, and says so."""


def idlers(world: World, chance: Random, seconds: float) -> None:
    """Vehicles stay plugged in where that costs time, and while they do something goes wrong with their points or with
    Central."""
    come(world, PATIENT)
    for at in [0.5, 1.5, *moments(chance, seconds, 4)]:
        for cp_id in world.cp_ids:
            tariff = chance.choice((IDLE_AT_ONCE, IDLE_LATER))
            world.agenda.after(at, partial(at_a_central, world, chance, partial(_assign, world, cp_id, tariff)))
    by_hands = [cp_id for cp_id, setup in world.setups.items() if setup.manual]
    for at in moments(chance, seconds, 4) if by_hands else ():
        cp_id = chance.choice(by_hands)
        world.agenda.after(at, partial(by_hand, world, cp_id, Action.PLUG))
        world.agenda.after(at + chance.uniform(4, 20), partial(by_hand, world, cp_id, Action.UNPLUG))
    for at in moments(chance, seconds, 2):
        world.agenda.after(at, partial(_disturb, world, chance))
    world.processes[chance.choice(CENTRALS)].clock_offset += timedelta(seconds=round(chance.uniform(-20, 20), 6))


def _disturb(world: World, chance: Random) -> None:
    """Do something about an idle session, if there is one."""
    idle = [session.cp_id for session in world.evidence.sessions.values() if session.status is SessionStatus.IDLE]
    if not idle:
        return
    cp_id, name = chance.choice(idle), chance.choice(CENTRALS)
    decides = decider(world, cp_id)
    central = decides[0].process if decides is not None else world.processes[name]
    link, span = world.central_links[cp_id], chance.uniform(8, 25)
    match chance.randrange(7):
        case 0:
            link.drop()
        case 1:
            link.cut = True
            world.agenda.after(span, partial(setattr, link, "cut", False))
        case 2:
            by_hand(world, cp_id, Action.FAULT)
            world.agenda.after(span, partial(by_hand, world, cp_id, Action.RECOVER))
        case 3:
            set_clock(world, central, timedelta(hours=round(chance.uniform(-3, 3), 6)))
            world.agenda.after(chance.uniform(0.1, 2), link.drop)
        case 4 if chance.random() < 0.5:
            begin_twin(world, chance, cp_id, 0.0, chance.uniform(1, 8))
        case _:
            central.kill()


def _assign(world: World, cp_id: str, tariff: Tariff, life: Life) -> None:
    request_id = world.number("tariff")
    world.ask(life, AssignTariff(ts=life.now(), request_id=request_id, cp_id=cp_id, tariff=tariff))


def i22_idle_time_is_billed_until_the_vehicle_left(world: World, event: Handled) -> str | None:
    """As its engine wrote down; or, where Central ended it by itself, no longer than it knew that the vehicle was
    there."""
    if not event.process.startswith("central"):
        return None
    for bill in event.effects:
        if isinstance(bill, Bill) and bill.unplugged_at is not None:
            wrong = _wrong_idle(world, event, bill, bill.unplugged_at)
            if wrong:
                return wrong
    return None


def _wrong_idle(world: World, event: Handled, bill: Bill, until: datetime) -> str | None:
    evidence, supply = world.evidence, world.evidence.supplies.get(bill.session_id)
    flow = evidence.flows.get(bill.session_id)
    if bill.session_id in evidence.forgotten | evidence.shared | evidence.believed or supply is None or flow is None:
        return None
    if isinstance(event.message, SupplyEnded | SettleSession):
        left_at = supply.unplugged_at or supply.ended_at
        return None if until == left_at else f"{bill.session_id} idles until {until} by its bill, and left at {left_at}"
    if supply.started_at is None or supply.ended_at is None:
        return None
    ended = flow.begun + (supply.ended_at - supply.started_at)
    known_at = world.agenda.now
    if not isinstance(event.message, HealthReport | CPStatus):
        known_at = max(evidence.vouched.get(bill.cp_id, ended), evidence.staying.get(bill.session_id, ended))
    gains = max(0.0, *(world.processes[name].gains for name in CENTRALS))
    if until - bill.ended_at > max(known_at - ended, NO_TIME) * (1 + gains):
        known = f"its vehicle was last known to be there {known_at - ended} after the end"
        return f"{bill.session_id} is billed {until - bill.ended_at} of idle time, and {known}"
    return None


def i22_only_who_knows_ends_an_idle_session(world: World, event: Handled) -> str | None:
    """Not whoever never heard of it, while its engine has it in its journal; but whoever finds that its point has no
    link any more does."""
    hearsay, is_loss = isinstance(event.message, SupplyRefused), isinstance(event.message, MonitorDisconnected | None)
    if not (hearsay or is_loss) or not event.process.startswith("central"):
        return None
    for effect in event.effects:
        is_bill = isinstance(effect, Bill) and not effect.is_fee
        if hearsay and isinstance(effect, Bill) and is_bill and effect.key not in world.evidence.forgotten:
            return f"{effect.session_id} was ended by somebody who had never heard of it"
        if is_loss and isinstance(effect, PointShown) and effect.session is not None:
            is_new = effect.state is CPState.DISCONNECTED and effect.since == effect.ts
            if is_new and effect.session.status == SessionStatus.IDLE:
                return f"{effect.cp_id} has no link from now on, and {effect.session.session_id} goes on idling there"
    return None


def i22_who_takes_over_knows_what_is_open(world: World, event: Said) -> str | None:
    """A point is shown with the session that an earlier run of Central had left open there."""
    view, evidence = event.message, world.evidence
    if not isinstance(view, PointShown) or view.session is not None:
        return None
    if view.epoch != world.ledger.claimed.get(world.shard_of(view.cp_id)):
        return None
    for session_id in evidence.open_at.get(view.cp_id, ()):
        if evidence.authorised_in[session_id] < view.epoch:
            return f"{view.cp_id} is shown without {session_id}, which is {evidence.sessions[session_id].status}"
    return None


def i22_idle_time_ends_when_contact_is_lost(world: World) -> str | None:
    """Soon after the point was last heard of, where nothing keeps Central from working."""
    for session in world.evidence.sessions.values():
        if session.status is not SessionStatus.IDLE:
            continue
        run, heard_at = undisturbed_run(world, session.cp_id), world.evidence.reported.get(session.cp_id)
        oldest = world.agenda.now - UNHEARD - lateness(world) - world.delays.held_up(UNHEARD)
        is_unheard = run is not None and (heard_at is None or heard_at < oldest)
        before = world.draws.unheard.get(session.session_id, (run, 0))
        seconds = before[1] + 1 if is_unheard and run == before[0] else 0
        world.draws.unheard[session.session_id] = run, seconds
        since = world.evidence.decides_since.get(world.shard_of(session.cp_id))
        had_heard = heard_at is not None and since is not None and heard_at > since + SECOND
        had_heard = had_heard and session.session_id not in world.evidence.unlinked
        if seconds > (NOTICED_WITHIN if had_heard else NEW_RUN_WAITS):
            return f"{session.session_id} still idles at {session.cp_id}, which was last heard of at {heard_at}"
    return None
