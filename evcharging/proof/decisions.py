"""What must hold of decisions and of what is said about them: I4, I5, I6, I7, I8, I15. Each is a function of the world
and one event, and answers with a sentence where it does not hold."""

from datetime import timedelta
from fractions import Fraction

from evcharging.common.kafka import key_of
from evcharging.common.messages import (
    Action,
    CentralCommand,
    DriverRequest,
    DriverUpdate,
    EndReason,
    HealthReport,
    QueryStatus,
    StartSupply,
    StopSupply,
    Ticket,
    UpdateStatus,
)
from evcharging.common.messages_operators import OperatorAnswer
from evcharging.common.messages_queue import QueueUpdate, SiteRequest
from evcharging.domain.charging_point import LastStatus
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session
from evcharging.domain.supply import Supply
from evcharging.proof.events import Handled, Journalled, Lasted, Noted, Placed, Said
from evcharging.proof.world import World
from evcharging.roles.driver import ENDS_OF_WAITING

WAITED_FOR = timedelta(seconds=5.5)
"""For how long an order may be obeyed, with what it takes on its way."""

ENDS = frozenset({UpdateStatus.COMPLETED, UpdateStatus.FAILED, UpdateStatus.DENIED})


def is_about_another(update: DriverUpdate | QueueUpdate) -> bool:
    """Whether it refuses another request than the one that its id belongs to."""
    return update.status is UpdateStatus.DENIED and "already used" in (update.reason or "")


def i4_one_open_session_a_point(world: World, event: Lasted) -> str | None:
    """Never two at once."""
    for record in event.records:
        if isinstance(record, Session):
            opened = world.evidence.open_at[record.cp_id]
            if len(opened) > 1:
                return f"{record.cp_id} has {len(opened)} open sessions: {', '.join(sorted(opened))}"
    return None


def i4_who_is_accepted_has_a_session(world: World, event: Said) -> str | None:
    """Nobody is told so before it lasts."""
    update = event.message
    if isinstance(update, DriverUpdate) and update.status is UpdateStatus.ACCEPTED:
        session = world.evidence.sessions.get(update.session_id or "")
        if session is None or session.request_id != update.request_id:
            return f"{update.request_id} is accepted as {update.session_id}, which is not in the ledger"
    return None


def i5_one_session_a_request(world: World, event: Lasted) -> str | None:
    """However often it is delivered, and wherever."""
    for record in event.records:
        if isinstance(record, Session):
            first = world.evidence.session_of.setdefault(record.request_id, record.session_id)
            if first != record.session_id:
                return f"{record.request_id} has two sessions, {first} and {record.session_id}"
        elif isinstance(record, Request):
            first_decision = world.evidence.requests[record.request_id][0]
            if first_decision != record:
                return f"{record.request_id} was decided twice: {first_decision} and {record}"
    return None


def i5_one_supply_a_session(world: World, event: Journalled) -> str | None:
    """An order that is given again begins nothing, as far as the engine can remember."""
    for supply in event.records:
        if isinstance(supply, Supply) and supply.started_at and supply.ended_by is not EndReason.NOT_STARTED:
            first = world.evidence.started.setdefault(supply.session_id, supply.started_at)
            if first != supply.started_at and supply.cp_id not in world.evidence.redated:
                return f"{supply.session_id} began twice at {supply.cp_id}, at {first} and {supply.started_at}"
    return None


def i6_an_old_central_writes_nothing(world: World, event: Lasted) -> str | None:
    """Whoever commits has the newest run of its shards."""
    for shard, epoch in event.commit.epochs.items():
        newest = world.ledger.claimed.get(shard, 0)
        if epoch != newest:
            return f"run {epoch} of shard {shard} wrote, after run {newest} had begun"
    return None


def i6_an_old_word_of_an_engine_counts_for_nothing(world: World, event: Lasted) -> str | None:
    """What is known of an engine never goes back."""
    for record in event.records:
        if isinstance(record, LastStatus):
            heard = (record.epoch, record.seq)
            if record.cp_id in world.evidence.doubled:
                continue
            newest = world.evidence.engine_heard.get(record.cp_id, (0, 0))
            if heard < newest:
                return f"{record.cp_id} was heard to say {newest}, and then its older word {heard} counted"
            world.evidence.engine_heard[record.cp_id] = heard
    return None


def i6_an_old_central_says_nothing_of_what_it_has_read(world: World, event: Placed) -> str | None:
    """Or what the newer one has still to read is passed over, or read again."""
    for shard, run in event.runs.items():
        newest = world.ledger.claimed[shard]
        if run != newest:
            return f"{event.process} says in run {run} how far it has read shard {shard}, whose run is {newest}"
    return None


def i6_an_old_order_has_no_effect(world: World, event: Handled) -> str | None:
    """Neither of an older run of Central nor given again."""
    order = event.message
    if not isinstance(order, StartSupply | StopSupply | CentralCommand | QueryStatus):
        return None
    newest = world.evidence.obeyed.get(event.address, (0, 0))
    number = (order.epoch, order.seq)
    writes = any(isinstance(effect, Record) for effect in event.effects)
    is_old = bool(event.effects) and order.epoch < newest[0]
    if is_old or (writes and number <= newest and isinstance(order, CentralCommand | StartSupply)):
        return f"{event.address} obeyed {order}, though it had obeyed {newest} before"
    if writes:
        world.evidence.obeying[event.address] = max(world.evidence.obeying.get(event.address, (0, 0)), number)
    return None


def i7_one_kind_of_end(world: World, event: Handled) -> str | None:
    """A driver hears that its charge was completed or that it failed, never both, and with the figures of the bill."""
    update = event.message
    if not isinstance(update, DriverUpdate) or update.driver_id != event.address:
        return None
    heard = world.evidence.heard[update.request_id]
    kinds = {other.status for other in heard if not is_about_another(other)} & ENDS
    if len(kinds) > 1:
        return f"{update.driver_id} heard more than one kind of end of {update.request_id}: {sorted(kinds)}"
    return _false_ticket(world, update, update.ticket) if update.ticket else None


def _false_ticket(world: World, update: DriverUpdate, ticket: Ticket) -> str | None:
    bills = world.evidence.bills.get(ticket.session_id)
    if not bills:
        return f"{update.driver_id} was given a ticket for {ticket.session_id}, which has no bill"
    bill = bills[0]
    said = ticket.cp_id, ticket.started_at, ticket.ended_at, ticket.ended_by
    if said != (bill.cp_id, bill.started_at, bill.ended_at, bill.ended_by):
        return f"{update.driver_id} was given a ticket for another supply than its bill has: {ticket}"
    figures = (bill.energy_mwh, bill.micro_euros_per_kwh, bill.micro_euros)
    if _millionths(ticket.kwh, ticket.euros_per_kwh, ticket.euros) != figures:
        return f"{update.driver_id} was given a ticket with other figures than its bill has: {ticket}"
    if (update.kwh, update.euros) != (ticket.kwh, ticket.euros):
        return f"{update.driver_id} was told other figures than its ticket has: {update}"
    return None


def _millionths(*values: float) -> tuple[int, ...]:
    """Figures of the wire as the ledger counts them: kWh as mWh, euros as micro-euro."""
    return tuple(round(Fraction(value) * 1_000_000) for value in values)


def i6_an_order_that_nobody_waits_for_begins_nothing(world: World, event: Handled) -> str | None:
    """Whatever kept it back: the engine, its way to the bus, or somebody who says it again."""
    order = event.message
    if not isinstance(order, StartSupply) or world.is_slow or not event.process.startswith("engine"):
        return None
    given_at = world.evidence.ordered.get((order.session_id, order.epoch, order.seq))
    begins = any(isinstance(effect, Supply) and effect.started_at is not None for effect in event.effects)
    if begins and given_at is not None and world.agenda.now - given_at > WAITED_FOR:
        return f"{event.address} obeys {order}, which was given {world.agenda.now - given_at} ago"
    return None


def i7_one_request_after_another(world: World, event: Handled) -> str | None:
    """A driver asks for nothing else before it has heard the end, though its program may have died meanwhile."""
    for effect in event.effects:
        if isinstance(effect, DriverRequest | SiteRequest) and effect.driver_id == event.address:
            asking = world.evidence.asking.get(event.address, effect.request_id)
            ended = any(update.status in ENDS | ENDS_OF_WAITING for update in world.evidence.heard[asking])
            if asking != effect.request_id and not ended:
                return f"{event.address} asks for {effect.request_id}, though {asking} has not ended"
            world.evidence.proposed.add((event.address, effect.request_id))
    return None


def i8_who_is_told_that_it_is_done_finds_it_done(world: World, event: Said) -> str | None:
    """An operator's stop or resume is in the ledger before it is said to be."""
    answer = event.message
    if not isinstance(answer, OperatorAnswer) or answer.refusal is not None:
        return None
    cp_id, action = world.evidence.wanted.get(answer.request_id, ("", Action.PLUG))
    if action in (Action.STOP, Action.RESUME) and (action is Action.STOP) not in world.evidence.stops[cp_id]:
        return f"{answer.request_id} ({action}) of {cp_id} is said to be done, and the ledger knows nothing of it"
    return None


def i8_what_counts_as_sent_is_on_the_bus(world: World, event: Noted) -> str | None:
    """Or it is not sent again, though nobody has it."""
    message = event.message
    if message not in world.evidence.taken:
        return (
            f"a {type(message).__name__} of {key_of(message)} counts as sent, and the bus has never had it: {message}"
        )
    return None


def i15_a_link_speaks_for_one_point(world: World, event: Said) -> str | None:
    """Whatever is said over it."""
    report = event.message
    if isinstance(report, HealthReport):
        owner = world.evidence.link_owners.setdefault(report.link, report.cp_id)
        if owner != report.cp_id:
            return f"link {report.link} spoke for {owner}, and then for {report.cp_id}"
    return None


def i15_a_driver_hears_of_its_own_requests_alone(world: World, event: Said) -> str | None:
    """Whoever asks with somebody else's request id is refused."""
    update = event.message
    if not isinstance(update, DriverUpdate) or update.status is UpdateStatus.DENIED:
        return None
    decisions = world.evidence.requests.get(update.request_id)
    if decisions and (decisions[0].driver_id, decisions[0].cp_id) != (update.driver_id, update.cp_id):
        return f"{update.driver_id} was told of {update.request_id}, which is {decisions[0].driver_id}'s"
    return None
