"""Mutants of power at a site: of what the site counts, of what an engine obeys, and of what outlives a crash."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from evcharging.common.messages_grants import GrantPower
from evcharging.common.utils import changed
from evcharging.domain.power.escrow import LEASE, Escrow, Order, Outstanding
from evcharging.domain.power.steps import Stepped, stepped
from evcharging.domain.power.wiring import Place
from evcharging.domain.site_power import SitePower
from evcharging.domain.supply import EngineMemory
from evcharging.roles.engine import running
from evcharging.roles.engine.condition import Condition
from evcharging.roles.engine.power import EnginePower
from evcharging.roles.site import granting
from evcharging.roles.site.granting import Granting
from evcharging.roles.site.power import Power
from evcharging.roles.timers import Timers
from evcharging.roles.voice import Voice
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("raised-before-lowered")
def raised_before_lowered() -> list[Target]:
    """A site counts a lower grant as soon as it has said it, and not once its point has acknowledged it."""

    def alone(escrow: Escrow, cp_id: str, order: Order, ma: int, phases: int, until: datetime | None) -> None:
        escrow._said[cp_id] = [Outstanding(order=order, ma=ma, phases=phases, until=until)]
        escrow._count(cp_id)

    return [(Escrow, "say", alone)]


@mutant("over-and-said-again")
def over_and_said_again() -> list[Target]:
    """A site says a grant again that was over meanwhile, for what others have been granted since."""
    return [(Granting, "expire", lambda site, now: site.escrow.expire(now))]


@mutant("failsafe-uncounted")
def failsafe_uncounted() -> list[Target]:
    """A site counts grants alone, and not what a point gives without any."""
    return [(Escrow, "_floor", lambda escrow, cp_id: 0)]


@mutant("lease-from-receipt")
def lease_from_receipt() -> list[Target]:
    """An engine counts the time of a grant from when it hears it, and not from when it sent its report."""
    take = EnginePower.take

    def late(power: EnginePower, grant: GrantPower, now: datetime) -> bool:
        power._sent = type(power._sent)((seq, now) for seq in power._sent)
        return take(power, grant, now)

    return [(EnginePower, "take", late)]


@mutant("no-allowance-for-drift")
def no_allowance_for_drift() -> list[Target]:
    """A site counts a grant for just as long as its engine obeys it, by another clock."""
    return [(granting, "COUNTED_FOR", LEASE)]


@mutant("grants-forgotten")
def grants_forgotten() -> list[Target]:
    """Who takes over a site does not know what was granted there, only what points give without a grant."""
    begin = Power.__init__

    def without(
        power: Power, voice: Voice, timers: Timers, granted: Iterable[SitePower], manage_every: timedelta | None
    ) -> None:
        bare = [changed(each, bounds=tuple(changed(bound, ma=0) for bound in each.bounds)) for each in granted]
        begin(power, voice, timers, bare, manage_every)

    return [(Power, "__init__", without)]


@mutant("no-check")
def no_check() -> list[Target]:
    """A site grants what its strategy says, whatever the points may draw that have not heard of it yet."""

    def always(escrow: Escrow, cp_id: str, phases: int, besides: Mapping[Place, int]) -> int:
        return escrow.most_ma(cp_id)

    return [(Escrow, "room_ma", always)]


@mutant("zombie-obeyed")
def zombie_obeyed() -> list[Target]:
    """An engine obeys a grant whatever report it quotes, of any process, so that a site that was overtaken goes on."""
    take = EnginePower.take

    def whatever(power: EnginePower, grant: GrantPower, now: datetime) -> bool:
        heard, sent = power._heard, power._sent
        power._heard, power._sent = (grant.heard_run, grant.heard_epoch), type(sent)({grant.heard_seq: now})
        is_taken = take(power, grant, now)
        power._heard, power._sent = heard, sent
        return is_taken

    return [(EnginePower, "take", whatever)]


@mutant("manager-forgotten")
def manager_forgotten() -> list[Target]:
    """An engine that begins again does not know that it is managed, and gives all that it can."""
    begin = Condition.__init__

    def free(condition: Condition, memory: EngineMemory) -> None:
        begin(condition, changed(memory, managed=None))

    return [(Condition, "__init__", free)]


@mutant("grant-without-end")
def grant_without_end() -> list[Target]:
    """An engine obeys a grant until it hears another one."""
    take = EnginePower.take

    def for_ever(power: EnginePower, grant: GrantPower, now: datetime) -> bool:
        is_taken = take(power, grant, now)
        power.until = None
        return is_taken

    return [(EnginePower, "take", for_ever)]


@mutant("older-grant-obeyed")
def older_grant_obeyed() -> list[Target]:
    """An engine obeys whichever grant it heard last, though it had heard a newer one."""
    take = EnginePower.take

    def any_order(power: EnginePower, grant: GrantPower, now: datetime) -> bool:
        order, power._order = power._order, (0, 0)
        is_taken = take(power, grant, now)
        power._order = max(order, power._order)
        return is_taken

    return [(EnginePower, "take", any_order)]


@mutant("counted-too-short")
def counted_too_short() -> list[Target]:
    """A site takes a grant for over that its engine still obeys."""
    return [(granting, "COUNTED_FOR", LEASE / 2)]


@mutant("raised-once")
def raised_once() -> list[Target]:
    """A grant rises once, and no more."""

    def once(before: Stepped, target_ma: int, now: datetime) -> Stepped:
        after = stepped(before, target_ma, now)
        return before if 0 < before.ma < after.ma else after

    return [(granting, "stepped", once)]


@mutant("overdrawn-for-long")
def overdrawn_for_long() -> list[Target]:
    """An engine does not stop a vehicle that draws more than it is offered."""
    return [(running, "OVERDRAWN_FOR", timedelta(minutes=10))]
