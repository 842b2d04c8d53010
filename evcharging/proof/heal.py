"""The end of all faults: what is away comes back, what stands still goes on, and drivers go home. Knows no
invariant but that everything comes to rest."""

from datetime import timedelta

from evcharging.common.messages import Action
from evcharging.common.messages_operators import FreeReservation
from evcharging.proof import silence
from evcharging.proof.alerts import i27_what_is_open_is_what_is_so, i28_whoever_wants_to_hears_of_each_alert
from evcharging.proof.at_rest import i6_nobody_goes_on_who_was_overtaken, i14_everything_comes_to_rest
from evcharging.proof.brisk import BRISK
from evcharging.proof.limits import i14_no_point_is_limited, i20_every_engine_keeps_the_limit_of_its_operator, lift
from evcharging.proof.payments import i43_nothing_is_held_for_what_is_over
from evcharging.proof.people import by_hand
from evcharging.proof.presence import decider
from evcharging.proof.queues import i29_nobody_waits_for_ever
from evcharging.proof.receivers import well
from evcharging.proof.reservations import active_at
from evcharging.proof.sites import i17_each_central_shows_what_a_site_counts
from evcharging.proof.vehicles import i14_nobody_stays_plugged_in
from evcharging.proof.world import World

RESTING = (
    i14_everything_comes_to_rest,
    i6_nobody_goes_on_who_was_overtaken,
    i17_each_central_shows_what_a_site_counts,
    i14_nobody_stays_plugged_in,
    i14_no_point_is_limited,
    i20_every_engine_keeps_the_limit_of_its_operator,
    i29_nobody_waits_for_ever,
    i27_what_is_open_is_what_is_so,
    i28_whoever_wants_to_hears_of_each_alert,
    i43_nothing_is_held_for_what_is_over,
)
"""What holds once there is nothing left to wait for."""


STILL_TRIED = timedelta(seconds=silence.LASTS + silence.BELIEVED_WITHIN)


def heal(world: World) -> None:
    """No fault any more from now on; nobody does anything about what the faults have left behind."""
    broker = world.broker
    broker.loss = broker.doubling = 0.0
    broker.latency = lambda: 0.0
    broker.muted.clear()
    broker.come_back()
    for weather in (world.weather, *(house.weather for house in world.houses)):
        weather.away = False
        weather.silent, weather.is_silent = (lambda: None), False
    for house in world.houses:
        house.tears = False
    for link in (*world.engine_links.values(), *world.central_links.values()):
        link.cut = False
    for process in world.processes.values():
        process.armed = None
        process.slowness = lambda: 0.0
        process.resume()
    world.receiver.mood = well
    world.provider.recover()
    world.wishing = False


def go_home(world: World) -> None:
    """Drivers leave the points where a supply ends only when they do; no point has a limit any more, once every engine
    was seen to keep the one that it had; and operators free what a clock that was set back has put hours ahead."""
    free_what_is_out_of_reach(world)
    if i20_every_engine_keeps_the_limit_of_its_operator(world) is None:
        lift(world)
    for cp_id, setup in world.setups.items():
        if setup.manual:
            by_hand(world, cp_id, Action.UNPLUG)


def free_what_is_out_of_reach(world: World) -> None:
    """Reservations further ahead than anybody can book, by the clock of the Central that decides of their points."""
    for cp_id in world.cp_ids:
        decides = decider(world, cp_id)
        if decides is None:
            continue
        life, _ = decides
        for each in active_at(world, cp_id):
            if each.ends_at > life.now() + BRISK.ahead + BRISK.longest:
                asked = FreeReservation(
                    ts=life.now(),
                    request_id=world.number("operator"),
                    cp_id=cp_id,
                    reservation_id=each.reservation_id,
                )
                world.ask(life, asked)


def is_at_rest(world: World) -> bool:
    """Whether there is nothing left to wait for."""
    return all(check(world) is None for check in RESTING) and not _is_reserved_soon(world)


def _is_reserved_soon(world: World) -> bool:
    """Whether time does something to a reservation before all that is still tried has been."""
    for cp_id in world.cp_ids:
        decides = decider(world, cp_id)
        if decides is not None:
            life, _ = decides
            if any(each.kept_from < life.now() + STILL_TRIED for each in active_at(world, cp_id)):
                return True
    return False
