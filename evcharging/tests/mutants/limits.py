"""Mutants of limits, of the time that a driver has, and of what is drawn meanwhile."""

from datetime import datetime, timedelta

from evcharging.common.messages import EndReason, SetLimit
from evcharging.common.utils import changed
from evcharging.domain.load import SteadyLoad, VehicleLoad
from evcharging.domain.offer import Offer, offer_of
from evcharging.domain.supply import EngineMemory
from evcharging.roles.central import presence
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.engine.condition import Condition
from evcharging.roles.engine.running import RunningSupply
from evcharging.roles.engine.supply import EngineSupply
from evcharging.roles.role import Effect
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("time-ignored")
def time_ignored() -> list[Target]:
    """An engine does not end a supply when its driver's time is up."""
    over, moments = RunningSupply.over, RunningSupply.moments

    def goes_on(running: RunningSupply, at: datetime) -> EndReason | None:
        reason = over(running, at)
        return None if reason is EndReason.TIME_UP else reason

    def ahead(running: RunningSupply) -> tuple[datetime | None, ...]:
        return moments(running)[:2]

    return [(RunningSupply, "over", goes_on), (RunningSupply, "moments", ahead)]


@mutant("limit-forgotten")
def limit_forgotten() -> list[Target]:
    """An engine begins again without the limit that it had acknowledged."""
    begin = Condition.__init__

    def without(condition: Condition, memory: EngineMemory) -> None:
        begin(condition, changed(memory, limit=None))

    return [(Condition, "__init__", without)]


@mutant("limit-unkept")
def limit_unkept() -> list[Target]:
    """An engine acknowledges a limit and gives what it gave before."""

    def whole(supply: EngineSupply) -> Offer:
        return offer_of(supply._setup.power_w)

    return [(EngineSupply, "_most", whole)]


@mutant("limit-kept-too-late")
def limit_kept_too_late() -> list[Target]:
    """A limit counts from the next supply on, and not for the one that runs."""

    def later(supply: EngineSupply, now: datetime) -> list[Effect]:
        return []

    return [(EngineSupply, "limit", later)]


@mutant("limit-said-once")
def limit_said_once() -> list[Target]:
    """An engine that has not heard of a limit is not told again."""
    remind = presence._remind

    def silent(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
        return [effect for effect in remind(shard, live, now) if not isinstance(effect, SetLimit)]

    return [(presence, "_remind", silent)]


@mutant("segment-lost")
def segment_lost() -> list[Target]:
    """When a limit changes, what has flowed before is lost."""

    def anew(load: SteadyLoad, offer: Offer, elapsed: timedelta) -> SteadyLoad:
        return SteadyLoad(watts=offer.watts, since=elapsed)

    return [(SteadyLoad, "under", anew)]


@mutant("battery-anew")
def battery_anew() -> list[Target]:
    """When a limit changes, the battery of the vehicle is as empty as when it came."""

    def anew(load: VehicleLoad, offer: Offer, elapsed: timedelta) -> VehicleLoad:
        charging = load.charging.visit.under(offer)
        return VehicleLoad(charging=charging, since=elapsed, before_mwh=load.energy_mwh(elapsed))

    return [(VehicleLoad, "under", anew)]
