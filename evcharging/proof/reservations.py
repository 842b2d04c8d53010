"""What must hold of reservations: I30 to I35. Each is a function of the world, and answers with a sentence where it
does not hold."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from evcharging.common.messages import DriverUpdate, StopSupply, UpdateStatus
from evcharging.common.messages_reservations import ReservationStatus
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.proof.brisk import BRISK
from evcharging.proof.events import Handled, Lasted, Said
from evcharging.proof.tariffs import LATE_CANCEL, NO_SHOW, VAT_PERMILLE
from evcharging.proof.world import CENTRALS, World
from evcharging.roles.engine.messages import WALK_IN

S = ReservationStatus

ENDS_WITHIN = timedelta(seconds=60)

MAY_FOLLOW: dict[S | None, frozenset[S]] = {
    None: frozenset({S.BOOKED, S.REFUSED}),
    S.BOOKED: frozenset({S.HELD, S.CANCELLED, S.MOVED, S.FAILED}),
    S.HELD: frozenset({S.USED, S.CANCELLED, S.NO_SHOW, S.MOVED, S.FAILED}),
}
"""How a reservation may stand after it stood so; one that has ended stays as it is."""

FOR_EVER = datetime.max.replace(tzinfo=UTC)

TURNED_AWAY = ("is reserved", "is kept for another")
BUSY = "is busy"


def i30_no_two_overlap(world: World, event: Lasted) -> str | None:
    """Of those that are active at a point, each ends before the next one is kept."""
    for record in event.records:
        if not isinstance(record, Reservation):
            continue
        known = world.evidence.reservations
        before = known.get(record.reservation_id)
        if record.status not in MAY_FOLLOW.get(before.status if before else None, frozenset()):
            return f"{record.reservation_id} is {record.status}, and was {before.status if before else 'unknown'}"
        is_cancelled = record.status is S.CANCELLED
        if is_cancelled and (record.reservation_id, record.driver_id) not in world.evidence.cancels:
            return f"{record.reservation_id} is cancelled, and {record.driver_id} did not ask for that"
        known[record.reservation_id] = record
        for other in active_at(world, record.cp_id):
            is_other = other.reservation_id != record.reservation_id and record.is_active
            if is_other and record.kept_from < other.ends_at and other.kept_from < record.ends_at:
                return f"{record.reservation_id} and {other.reservation_id} overlap at {record.cp_id}"
    return None


def i31_a_kept_point_serves_its_driver(world: World, event: Lasted) -> str | None:
    """And nobody else begins there."""
    for record in event.records:
        is_new = isinstance(record, Session) and record.session_id not in event.before
        if not isinstance(record, Session) or not is_new or record.driver_id == WALK_IN:
            continue
        for each in active_at(world, record.cp_id):
            is_held = each.status is S.HELD and each.reservation_id != record.reservation_id
            if is_held and record.status is SessionStatus.AUTHORISED:
                return f"{record.cp_id} is kept for {each.driver_id}, and {record.session_id} is authorised there"
    return None


def i31_a_holder_is_not_turned_away(world: World, event: Said) -> str | None:
    """For somebody else, once the time has come."""
    update = event.message
    if not isinstance(update, DriverUpdate) or update.status is not UpdateStatus.DENIED:
        return None
    words = (*TURNED_AWAY, *([BUSY] if _is_in_the_way(world, update.cp_id, update.driver_id) else []))
    if not any(word in (update.reason or "") for word in words):
        return None
    for each in active_at(world, update.cp_id):
        is_time = max(each.begins_at, each.booked_at) < update.ts < each.ends_at
        if each.driver_id == update.driver_id and is_time:
            return f"{update.driver_id} has {each.reservation_id} at {update.cp_id}, and hears: {update.reason}"
    return None


def _is_in_the_way(world: World, cp_id: str, driver_id: str) -> bool:
    """Whether energy flows there for somebody else, at an engine that lives and whom nothing keeps from obeying."""
    supply, engine = world.evidence.supply_at.get(cp_id), world.engine_of[cp_id]
    if supply is None or not supply.is_open or supply.started_at is None or supply.driver_id == driver_id:
        return False
    is_well = engine.life is not None and not engine.paused and not world.clients[engine.life].away
    weathers = (each.weather for each in world.houses if cp_id in each.cp_ids)
    return is_well and not (world.broker.away or world.is_slow or any(each.away or each.is_silent for each in weathers))


def i32_a_fee_is_due(world: World, event: Lasted) -> str | None:
    """To who cancelled late, or did not come to a point that could serve all the time; what the tariff says, and
    once."""
    ended = {each.reservation_id: each for each in event.records if isinstance(each, Reservation)}
    billed = {bill.reservation_id: bill for bill in event.records if isinstance(bill, Bill) and bill.is_fee}
    for reservation_id, reservation in ended.items():
        bill, due = billed.pop(reservation_id, None), _due(reservation)
        if (bill.micro_euros if bill is not None else 0) != due:
            return f"{reservation_id} is {reservation.status}, which costs {due}, and the bill is {bill}"
        wrong = _unfair(world, reservation) if reservation.status is S.NO_SHOW else None
        if wrong is not None:
            return wrong
    return f"{[*billed]} were billed, and nothing has ended" if billed else None


def _due(reservation: Reservation) -> int:
    """By the world's own arithmetic."""
    net = 0
    if reservation.status is S.NO_SHOW:
        net = NO_SHOW if reservation.tariff is not None else 0
    elif reservation.status is S.CANCELLED and reservation.ended_at is not None:
        is_late = reservation.ended_at > reservation.begins_at - BRISK.free_before
        net = LATE_CANCEL if is_late and reservation.tariff is not None else 0
    return int(net + Fraction(net * VAT_PERMILLE, 1000) + Fraction(1, 2))


def _unfair(world: World, reservation: Reservation) -> str | None:
    """Why it is not for its driver that nobody came: its point could not serve, or its Central was not there."""
    if reservation.ended_at is None:
        return f"{reservation.reservation_id} has no end"
    now, cp_id = world.evidence.missed_at[reservation.reservation_id], reservation.cp_id
    begin = now - (reservation.ended_at - reservation.begins_at)
    since = world.evidence.decides_since.get(world.shard_of(cp_id), now)
    if since > begin + BRISK.away_after:
        return f"{reservation.reservation_id} costs a fee, and its Central decides since {since}, after {begin}"
    for at, until, reason in world.evidence.unable[cp_id]:
        if at < now - BRISK.away_after and until > begin + BRISK.away_after:
            return f"{reservation.reservation_id} costs a fee, and {cp_id} was {reason} from {at} to {until}"
    return None


def note_who_can_serve(world: World, event: Handled) -> str | None:
    """Keep in mind when the newest run of Central shows that a point cannot serve, when it decides that nobody came,
    and which sessions it ends for a reservation: no law, and what I32 and I10 are judged by."""
    if not event.process.startswith("central"):
        return None
    is_held = any(isinstance(each, Reservation) and each.status is S.HELD for each in event.effects)
    for effect in event.effects:
        if isinstance(effect, PointShown) and effect.epoch >= world.evidence.shown_in.get(effect.cp_id, 0):
            world.evidence.shown_in[effect.cp_id] = effect.epoch
            _note(world, effect)
        elif isinstance(effect, Reservation) and effect.status is S.NO_SHOW:
            world.evidence.missed_at[effect.reservation_id] = world.agenda.now
        elif isinstance(effect, StopSupply) and (is_held or effect.ends_by is not None):
            world.evidence.last_calls.add(effect.session_id)
    return None


def _note(world: World, view: PointShown) -> None:
    evidence, now = world.evidence, world.agenda.now
    spans = evidence.unable[view.cp_id]
    if spans and spans[-1][1] == FOR_EVER:
        spans[-1] = (spans[-1][0], now, spans[-1][2])
    is_own = view.session is not None and any(
        each.driver_id == view.session.driver_id for each in active_at(world, view.cp_id)
    )
    can_serve = view.state in (CPState.ACTIVATED, CPState.SUPPLYING) and not view.occupied
    if not (can_serve and (view.session is None or is_own)):
        spans.append((now, FOR_EVER, str(view.state)))


def i33_it_is_used_once_by_energy(world: World, event: Lasted) -> str | None:
    """Of a session of its driver, at its point, which is for it."""
    for record in event.records:
        if not isinstance(record, Reservation) or record.status is not S.USED:
            continue
        session = world.evidence.sessions.get(record.session_id or "")
        if session is None or session.started_at is None:
            return f"{record.reservation_id} is used by {record.session_id}, where no energy has flowed"
        figures = session.cp_id, session.driver_id, session.reservation_id
        if figures != (record.cp_id, record.driver_id, record.reservation_id):
            return f"{record.reservation_id} is used by {session}"
    return None


def i34_it_comes_to_an_end(world: World) -> str | None:
    """A minute after its time, by the clocks of those who decide."""
    lives = [world.processes[name].life for name in CENTRALS]
    now = min((life.now() for life in lives if life is not None), default=None)
    for each in world.evidence.reservations.values():
        if each.is_active and now is not None and now > each.ends_at + ENDS_WITHIN:
            return f"{each.reservation_id} at {each.cp_id} was to end at {each.ends_at}, and is {each.status} at {now}"
    return None


def i35_who_charges_before_ends_by_then(world: World, event: Lasted) -> str | None:
    """Each is told when to end, before the point is kept for somebody else; I21 says that engines keep to it, whoever
    else lives."""
    changed_at = {each.cp_id for each in event.records if isinstance(each, Session | Reservation)}
    for cp_id in sorted(changed_at):
        sessions = [world.evidence.sessions[session_id] for session_id in world.evidence.open_at[cp_id]]
        for session in sessions:
            for each in active_at(world, cp_id):
                is_own = each.reservation_id == session.reservation_id or each.status is S.HELD
                is_idle = session.status is SessionStatus.IDLE
                ends_in_time = session.ends_by is not None and session.ends_by <= each.kept_from
                if not is_own and not is_idle and not ends_in_time:
                    return f"{session.session_id} ends by {session.ends_by}, and {cp_id} is kept from {each.kept_from}"
    return None


def active_at(world: World, cp_id: str) -> list[Reservation]:
    """The reservations of a point that have not come to their end."""
    return [each for each in world.evidence.reservations.values() if each.cp_id == cp_id and each.is_active]


CHECKS = (i34_it_comes_to_an_end,)
