"""Drivers who book points: overlapping times, by two at once, said twice; they cancel, also what is not theirs, come in
time, too early, or not at all. Knows no invariant."""

from datetime import timedelta
from functools import partial
from random import Random

from evcharging.common.messages import Action, DriverRequest
from evcharging.common.messages_operators import FreeReservation, RegisterPoint
from evcharging.common.messages_reservations import (
    CancelReservation,
    ReservationStatus,
    ReserveAtSite,
    ReserveRequest,
)
from evcharging.common.utils import changed
from evcharging.domain.reservation import Reservation
from evcharging.proof.agenda import moments
from evcharging.proof.brisk import BRISK
from evcharging.proof.deaths import stand_still
from evcharging.proof.people import at_a_central, by_hand
from evcharging.proof.process import Life, Process
from evcharging.proof.world import CENTRALS, SITES, World

COME_WITHIN = 6
"""Seconds in which a holder comes."""

MENDED_AFTER = 12
"""Seconds for which a point is broken that somebody has booked as any of its site."""

BOOKERS = ("booker-1", "booker-2", "booker-3")
"""None of the drivers who hear: what these are told is judged when it is said."""


def bookers(world: World, chance: Random, seconds: float) -> None:
    """They book, cancel and come."""
    # Where others charge all the time there is hardly a time to book, and no other point to be moved to.
    is_quiet = chance.random() < 0.55
    world.wishing = world.wishing and not is_quiet
    acts = (_book_at_a_site,) if is_quiet else (_book, _book, _book_at_a_site, _cancel, _free)
    for at in moments(chance, seconds, 1.5):
        world.agenda.after(at, partial(chance.choice(acts), world, chance))
    if not is_quiet and chance.random() < 0.6:
        _surprise(world, chance, seconds)
    come, breaks = chance.choice((0.2, 0.6, 0.9)), 0.95 if is_quiet else chance.choice((0.0, 0.5))
    if is_quiet or chance.random() < 0.5:
        world.agenda.after(1.5, partial(at_a_central, world, chance, partial(_gather, world)))
    seen = set[str]()

    def look(second: int) -> None:
        for each in [*world.evidence.reservations.values()]:
            if each.status is ReservationStatus.HELD and each.reservation_id not in seen:
                seen.add(each.reservation_id)
                if each.is_any_point and second + MENDED_AFTER < seconds and chance.random() < breaks:
                    by_hand(world, each.cp_id, Action.FAULT)
                    world.agenda.after(MENDED_AFTER, partial(by_hand, world, each.cp_id, Action.RECOVER))
                elif chance.random() < come:
                    _come(world, chance, each)

    for second in range(int(seconds) - COME_WITHIN):
        world.agenda.after(second + 0.5, partial(look, second))


def _surprise(world: World, chance: Random, seconds: float) -> None:
    """Points are booked where supplies go on, which last until they are to be kept."""
    for cp_id, setup in world.setups.items():
        world.setups[cp_id] = changed(setup, ticks=chance.randint(8, 16))
    for at in moments(chance, seconds, 1.5):
        world.agenda.after(at, partial(_book_in_use, world, chance, seconds - at))


def _book_in_use(world: World, chance: Random, left: float) -> None:
    """A point where somebody charges, who has just the notice; its driver comes when the time does. Maybe no Central
    lives when it is to be kept, or all stand still."""
    used = [cp_id for cp_id, supply in world.evidence.supply_at.items() if supply.is_open and supply.ends_by is None]
    notice, clear = BRISK.notice.total_seconds(), BRISK.clear.total_seconds()
    kept_in = notice + round(chance.uniform(0.2, 2), 1)
    if not used or kept_in + clear + COME_WITHIN > left:
        return
    booked = _booked(world, chance, chance.choice(used), kept_in + clear, chance.uniform(6, 12))
    comes_in = kept_in + clear + chance.uniform(0.1, COME_WITHIN / 2)
    world.agenda.after(comes_in, partial(_ask, world, booked.driver_id, booked.cp_id))
    if chance.random() < 0.7:
        strike, away = chance.choice((_kill, stand_still)), chance.uniform(2, 5)
        for name in CENTRALS:
            world.agenda.after(kept_in - chance.uniform(0, 1), partial(strike, world, world.processes[name], away))


def _kill(_: World, process: Process, __: float) -> None:
    process.kill()


def _gather(world: World, life: Life) -> None:
    """All points are at one site."""
    for cp_id in world.cp_ids:
        request_id = world.number("gather")
        world.ask(life, RegisterPoint(ts=life.now(), request_id=request_id, cp_id=cp_id, site_id=SITES[1]))


def _book(world: World, chance: Random) -> None:
    cp_id = chance.choice(world.cp_ids)
    request = _booked(world, chance, cp_id, round(chance.uniform(-1, 12), 1), chance.uniform(2, 12))
    if chance.random() < 0.4:
        world.broker.arrive(changed(request, request_id=world.number("booking"), driver_id=chance.choice(BOOKERS)))
    if chance.random() < 0.2:
        world.agenda.after(chance.uniform(0, 6), partial(world.broker.arrive, request))


def _booked(world: World, chance: Random, cp_id: str, begins_in: float, lasts: float) -> ReserveRequest:
    """Somebody asks for a time that begins so many seconds from now."""
    now = world.agenda.now
    begins_at = now + timedelta(seconds=begins_in)
    request = ReserveRequest(
        ts=now,
        request_id=world.number("booking"),
        driver_id=chance.choice(BOOKERS),
        cp_id=cp_id,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(seconds=round(lasts, 1)),
        payment_method=world.provider.card(),
    )
    world.broker.arrive(request)
    return request


def _book_at_a_site(world: World, chance: Random) -> None:
    now = world.agenda.now
    begins_at = now + timedelta(seconds=round(chance.uniform(1, 12), 1))
    world.broker.arrive(
        ReserveAtSite(
            ts=now,
            request_id=world.number("booking"),
            driver_id=chance.choice(BOOKERS),
            site_id=str(chance.choice((SITES[1], *SITES[1:]))),
            begins_at=begins_at,
            ends_at=begins_at + timedelta(seconds=round(chance.uniform(4, 12), 1)),
            payment_method=world.provider.card(),
        )
    )


def _any(world: World, chance: Random) -> Reservation | None:
    known = [*world.evidence.reservations.values()][-6:]
    return chance.choice(known) if known else None


def _cancel(world: World, chance: Random) -> None:
    known = _any(world, chance)
    if known is None:
        return
    driver_id = known.driver_id if chance.random() < 0.7 else chance.choice(BOOKERS)
    ids = known.reservation_id, driver_id, known.cp_id
    world.broker.arrive(CancelReservation(ts=world.agenda.now, reservation_id=ids[0], driver_id=ids[1], cp_id=ids[2]))


def _free(world: World, chance: Random) -> None:
    known = _any(world, chance)
    if known is None:
        return

    def order(life: Life) -> None:
        world.ask(
            life,
            FreeReservation(
                ts=life.now(),
                request_id=world.number("free"),
                cp_id=known.cp_id,
                reservation_id=known.reservation_id,
            ),
        )

    at_a_central(world, chance, order)


def _come(world: World, chance: Random, reservation: Reservation) -> None:
    """In time, mostly, and perhaps twice."""
    ask = partial(_ask, world, reservation.driver_id, reservation.cp_id)
    for _ in range(chance.choice((1, 1, 2))):
        world.agenda.after(chance.uniform(0, COME_WITHIN), ask)


def _ask(world: World, driver_id: str, cp_id: str) -> None:
    request_id = world.number("holder")
    world.broker.arrive(
        DriverRequest(
            ts=world.agenda.now,
            request_id=request_id,
            driver_id=driver_id,
            cp_id=cp_id,
            kwh=0.01,
            payment_method=world.provider.card(),
        )
    )
