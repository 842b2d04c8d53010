"""What must hold of energy and money, judged by journals, ledger and the world's own meter: I1, I2, I3, I10, I12.
Each is a function of the world and one event, and answers with a sentence where it does not hold."""

from datetime import timedelta
from fractions import Fraction

from evcharging.common.messages import Action, EndReason
from evcharging.common.states import CPState
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.supply import Reading, Supply
from evcharging.proof.events import Journalled, Lasted, Rested
from evcharging.proof.world import World

CAUSES = {
    EndReason.UNPLUGGED: Action.UNPLUG,
    EndReason.FAULT: Action.FAULT,
    EndReason.STOPPED: Action.STOP,
}
"""What somebody must have done for a supply to end so."""

CAUSED_WITHIN = timedelta(seconds=60)


def price_of(energy_mwh: int, micro_euros_per_kwh: int) -> int:
    """Money in micro-euro, a half rounded up, by the world's own arithmetic."""
    return int(Fraction(energy_mwh * micro_euros_per_kwh, 1_000_000) + Fraction(1, 2))


def i1_a_bill_says_what_the_journal_says(world: World, event: Lasted) -> str | None:
    """Energy to the mWh, money to the micro-euro, at the price that was agreed."""
    for bill in event.records:
        if not isinstance(bill, Bill) or bill.is_fee:
            continue
        session = world.evidence.sessions[bill.session_id]
        if session.settled_mwh is not None:
            due = bill.micro_euros if session.tariff else _price(session, session.settled_mwh)
            if (bill.energy_mwh, bill.micro_euros) != (session.settled_mwh, due):
                return f"{bill.session_id} was settled by hand, and billed otherwise"
            continue
        if bill.micro_euros_per_kwh != session.micro_euros_per_kwh:
            return f"{bill.session_id} is billed at another price than was agreed"
        if session.tariff is None and bill.micro_euros != _price(session, bill.energy_mwh):
            return f"{bill.session_id} costs {_price(session, bill.energy_mwh)}, not {bill.micro_euros}"
        if bill.session_id not in world.evidence.shared | world.evidence.believed:
            wrong = _unlike_the_journal(world, bill)
            if wrong:
                return wrong
    return None


def _unlike_the_journal(world: World, bill: Bill) -> str | None:
    """An engine whose journal was lost may have ended a session before that, and again after it."""
    if bill.session_id in world.evidence.forgotten:
        ends = world.evidence.ends[bill.session_id]
        return None if bill.energy_mwh in ends else f"{bill.session_id} is billed {bill.energy_mwh} mWh, not of {ends}"
    supply = world.evidence.supplies.get(bill.session_id)
    if supply is None or supply.ended_at is None or supply.cp_id != bill.cp_id:
        return f"the bill of {bill.session_id} has no ended supply in the journal of {bill.cp_id}"
    energy = supply.register_stop_mwh - supply.register_start_mwh
    if bill.energy_mwh != energy:
        return f"{bill.session_id} is billed {bill.energy_mwh} mWh, its journal says {energy}"
    if bill.micro_euros_per_kwh != supply.micro_euros_per_kwh:
        return f"{bill.session_id} is billed at another price than the order of its supply said"
    return None


def _price(session: Session, energy_mwh: int) -> int:
    return price_of(energy_mwh, session.micro_euros_per_kwh)


def i1_a_journal_says_what_has_flowed(world: World, event: Journalled) -> str | None:
    """By the world's meter, to the mWh; after a crash as far as the last reading that had lasted. An engine without its
    journal may begin a session that it had begun before; then the world's meter has two flows of it."""
    for supply in event.records:
        if not isinstance(supply, Supply) or supply.session_id in world.evidence.forgotten:
            continue
        if supply.started_at is not None and supply.ended_at is not None:
            flow = world.evidence.flows.get(supply.session_id)
            energy = supply.register_stop_mwh - supply.register_start_mwh
            if flow is None or flow.ended is None:
                if energy:
                    return (
                        f"the journal of {supply.cp_id} says {energy} mWh for {supply.session_id}, and nothing flowed"
                    )
                continue
            expected, slack = world.draws.expected(world.setups[supply.cp_id], supply, flow.begun, flow.ended)
            if supply.ended_by is EndReason.RESTART:
                expected, slack = flow.read_mwh, 0
            if supply.ended_at - supply.started_at > flow.ended - flow.begun:
                return f"{supply.session_id} took {flow.ended - flow.begun}, and ended {supply.ended_at} by its journal"
            if abs(energy - expected) > slack:
                return f"{expected} mWh flowed in {supply.session_id}, its journal says {energy} ({supply.ended_by})"
    return None


def i1_a_reading_says_what_has_flowed(world: World, event: Journalled) -> str | None:
    """While energy flows, at each reading that lasts: by the time that its engine has metered, which is no longer than
    it took."""
    evidence, supply = world.evidence, world.evidence.supply_at.get(event.cp_id)
    if supply is None or supply.started_at is None or supply.ended_at is not None:
        return None
    flow = evidence.flows.get(supply.session_id)
    if flow is None or supply.session_id in evidence.forgotten:
        return None
    for reading in event.records:
        if not isinstance(reading, Reading) or reading.ts < supply.started_at:
            continue
        elapsed = reading.ts - supply.started_at
        if elapsed > world.agenda.now - flow.begun:
            return f"{event.cp_id} has metered {elapsed} of {supply.session_id}, which began at {flow.begun}"
        energy = reading.register_mwh - supply.register_start_mwh
        expected, slack = world.draws.energy(world.setups[event.cp_id], supply, flow.begun, elapsed)
        if abs(energy - expected) > slack:
            return f"{expected} mWh have flowed in {supply.session_id}, its register says {energy}"
    return None


def i2_a_session_has_one_bill_that_nothing_changes(world: World, event: Lasted) -> str | None:
    """Never two."""
    for record in event.records:
        if isinstance(record, Bill) and len(world.evidence.bills[record.session_id]) > 1:
            return f"{record.session_id} was billed twice"
    return None


def i3_no_energy_without_a_session(world: World, event: Journalled) -> str | None:
    """What flows was authorised by a commit that lasts, for this point, this driver and this price."""
    for supply in event.records:
        if isinstance(supply, Supply) and supply.started_at is not None:
            session = world.evidence.sessions.get(supply.session_id)
            if session is None:
                return f"energy flows at {supply.cp_id} for {supply.session_id}, which nobody authorised"
            agreed = (session.cp_id, session.driver_id, session.micro_euros_per_kwh, session.tariff)
            if agreed != (supply.cp_id, supply.driver_id, supply.micro_euros_per_kwh, supply.tariff):
                return f"energy flows for {supply.session_id} otherwise than was authorised"
    return None


def i3_no_energy_without_a_journal(world: World, event: Rested) -> str | None:
    """An engine that supplies, and has nothing left to commit, has written down that it does."""
    engine = world.engine(event.cp_id)
    if engine is None or engine.state is not CPState.SUPPLYING:
        return None
    supply = world.evidence.supply_at.get(event.cp_id)
    if supply is None or supply.started_at is None or supply.ended_at is not None:
        return f"{event.cp_id} supplies, and its journal says nothing of it"
    return None


def i3_nobody_charges_whose_session_is_over(world: World) -> str | None:
    """Once nothing stands in the way of a word from Central to an engine any more."""
    for supply in world.evidence.supply_at.values():
        session = world.evidence.sessions.get(supply.session_id)
        flows = supply.started_at is not None and supply.ended_at is None
        if flows and session is not None and not session.is_open and session.key not in world.evidence.lied_about:
            return f"{supply.session_id} is {session.status}, and energy still flows at {supply.cp_id}"
    return None


def i10_only_its_own_end_ends_a_supply(world: World, event: Journalled) -> str | None:
    """Losing anything but the engine itself interrupts no energy."""
    evidence = world.evidence
    for supply in event.records:
        if not isinstance(supply, Supply) or supply.started_at is None or supply.ended_at is None:
            continue
        if supply.ended_by and (supply.session_id, supply.ended_by) in evidence.ends_asked:
            continue
        if supply.ended_by is EndReason.DRIVER:
            return f"{supply.session_id} at {supply.cp_id} was ended by its driver, who had not asked for that"
        cause = CAUSES.get(supply.ended_by) if supply.ended_by else None
        if cause is None or evidence.was_done(supply.cp_id, cause, world.agenda.now - CAUSED_WITHIN):
            continue
        if cause is Action.UNPLUG and world.draws.has_left(world.setups[supply.cp_id], supply):
            continue
        session = evidence.sessions.get(supply.session_id)
        if cause is Action.STOP and supply.session_id in evidence.last_calls:
            continue
        if cause is not Action.STOP or session is None or session.is_open:
            return f"{supply.session_id} at {supply.cp_id} was ended ({supply.ended_by}), and nobody had done that"
    return None


def i12_what_cannot_be_true_is_not_billed(world: World, event: Lasted) -> str | None:
    """A suspect session has no bill and stays suspect, unless somebody settles it by hand."""
    for record in event.records:
        is_bill = isinstance(record, Bill) and not record.is_fee
        if is_bill and world.evidence.sessions[record.key].status is SessionStatus.SUSPECT:
            return f"{record.key} is suspect, and was billed"
        if isinstance(record, Session):
            before = event.before.get(record.session_id)
            is_guess = before is not None and before.ended_by is EndReason.MEMORY_LOST
            was_suspect = before is not None and before.status is SessionStatus.SUSPECT
            if was_suspect and not is_guess and record.settled_at is None:
                return f"{record.session_id} was suspect, and is {record.status}"
    return None


def i12_what_can_be_true_is_not_held(world: World, event: Lasted) -> str | None:
    """Nobody is suspected of whom no lie was told, and whose clocks agree within a day."""
    if world.has_wrong_clocks:
        return None
    for record in event.records:
        is_suspect = isinstance(record, Session) and record.status is SessionStatus.SUSPECT
        if is_suspect and not _is_doubtful(world, record.key):
            return f"{record.key} is suspect, and nothing was wrong with it"
    return None


def _is_doubtful(world: World, session_id: str) -> bool:
    evidence, supply = world.evidence, world.evidence.supplies.get(session_id)
    cp_id = evidence.sessions[session_id].cp_id
    # By a clock that was set while its engine was away, a vehicle may seem to have stayed for hours.
    is_idle_by_two_clocks = session_id in evidence.stepped and supply is not None and supply.unplugged_at is not None
    is_told_of = session_id in evidence.lied_about or session_id in evidence.forgotten
    return cp_id in evidence.doubled or is_idle_by_two_clocks or is_told_of


def i12_what_two_engines_began_is_not_billed(world: World, event: Lasted) -> str | None:
    """As far as one run of Central had heard of both, and unless somebody settles it by hand. The ledger does not say
    which of two engines that started in the same second had begun a session."""
    for bill in event.records:
        is_bill = isinstance(bill, Bill) and not bill.is_fee
        if not isinstance(bill, Bill) or not is_bill or world.evidence.sessions[bill.key].settled_mwh is not None:
            continue
        if any(len(starts[bill.session_id]) > 1 for starts in world.evidence.starts.values()):
            return f"{bill.session_id} was begun by two engines, and was billed by the figures of one"
    return None


def i1_what_central_had_seen_is_proposed(world: World, event: Lasted) -> str | None:
    """A session whose engine has lost its memory is held, with at least the last reading that lasted in the ledger."""
    for record in event.records:
        if not isinstance(record, Session) or record.ended_by is not EndReason.MEMORY_LOST:
            continue
        if record.register_stop_mwh < world.evidence.kept.get(record.key, record.register_start_mwh):
            return f"{record.key} was forgotten by its engine, and less is proposed than Central had seen"
    return None
