"""One site with circuits: hears what its points want, and grants them what the circuits carry. A grant is said only if
all that others may draw leaves room for it, and after it was written down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evcharging.common.amperes import LEAST_MA
from evcharging.common.messages_grants import GrantPower, ManagePoint, PowerReport
from evcharging.common.messages_power import CircuitTree, FedPoint, Strategy
from evcharging.domain.power.allocation import Allocation, allocate
from evcharging.domain.power.demand import Demand, Turn
from evcharging.domain.power.escrow import COUNTED_FOR, LEASE, Escrow, Order
from evcharging.domain.power.steps import Stepped, next_step_at, stepped
from evcharging.domain.power.strategy import LAXITY_STEP_US
from evcharging.domain.power.wiring import Draw, Place
from evcharging.domain.site_power import SitePower
from evcharging.roles.role import NOTHING, Effect, Effects
from evcharging.roles.site.buildings import Buildings
from evcharging.roles.voice import Voice

LAXITY_STEP = timedelta(microseconds=LAXITY_STEP_US)
NOTICED_MA = 1_000
"""A want that changes by less is not looked at: of a battery that is nearly full it falls all the time."""

TOLERATED_MA = 250
"""Meters are not exact: a vehicle that draws so much more than it may still obeys."""


@dataclass(slots=True)
class FedState:
    """A point as its site knows it: its newest report, the grant that was said last, which report that quotes, and how
    it came about; `target_ma` is what the strategy gives it. `seen`
    is what it wanted when that was last looked at. `excess_ma`: what it draws beyond all that it was granted."""

    report: PowerReport | None = None
    heard_at: datetime | None = None
    order: Order = (0, 0)
    quoted: PowerReport | None = None
    granted_ma: int = 0
    phases: int = 0
    target_ma: int = 0
    step: Stepped = field(default_factory=Stepped)
    turn: Turn | None = None
    seen: tuple[int, int] = (0, 0)
    excess_ma: int = 0

    def forget_grant(self) -> None:
        """It obeys none any more, and what it wants is looked at again."""
        self.granted_ma, self.phases, self.step, self.seen = 0, 0, Stepped(), (0, 0)


class Granting:
    """`escrow` is what points may draw by all that was said to them. With a `lease` grants hold for that long; without
    one, where nothing is lost, until the next."""

    def __init__(
        self, site_id: str, tree: CircuitTree, strategy: Strategy, voice: Voice, escrow: Escrow, *, is_leased: bool
    ) -> None:
        self.site_id = site_id
        self.tree = tree
        self.escrow = escrow
        self.strategy = strategy
        self.look_at: datetime | None = None
        self.points: dict[str, FedState] = {}
        self.wired: dict[str, FedPoint] = {}
        self.buildings = Buildings(tree, is_leased=is_leased)
        self._voice = voice
        self._is_leased = is_leased
        self.rewire(tree, strategy, escrow)

    def rewire(self, tree: CircuitTree, strategy: Strategy, escrow: Escrow) -> None:
        """Its circuits are others from now on."""
        before, self.escrow, self.strategy = self.points, escrow, strategy
        self.tree = tree
        self.wired = {point.cp_id: point for circuit in tree.circuits for point in circuit.points}
        self.points = {cp_id: before.get(cp_id) or FedState() for cp_id in self.wired}
        self.buildings.rewire(tree)

    # What it hears

    def hear(self, report: PowerReport, now: datetime) -> Effects:
        """Take in what a point says; older words count for nothing."""
        cp_id, fed = report.cp_id, self.points[report.cp_id]
        before = fed.report
        if before is not None and (report.epoch, report.seq) <= (before.epoch, before.seq):
            return NOTHING
        is_news = self._note_grant(cp_id, fed, report)
        fed.report, fed.heard_at = report, now
        claim = (report.claim_epoch, report.claim_seq)
        is_settled = self.escrow.acknowledge(cp_id, claim, report.failsafe_ma)
        most_ma = self.escrow.bound(cp_id)[0]
        excess_ma = report.measured_ma - most_ma if report.measured_ma > most_ma + TOLERATED_MA else 0
        if excess_ma != fed.excess_ma:
            fed.excess_ma, is_news = excess_ma, True
        if is_news or is_settled or _is_other(fed.seen, report):
            self.look_by(now)
        return [self._record()] if is_settled else NOTHING

    def _note_grant(self, cp_id: str, fed: FedState, report: PowerReport) -> bool:
        """Which grant it obeys; whether it may draw less than before."""
        is_freed = False
        if fed.report is not None and report.epoch > fed.report.epoch:
            is_freed = self.escrow.begin_again(cp_id)
            fed.forget_grant()
        order = (report.grant_epoch, report.grant_seq)
        is_freed = self.escrow.supersede(cp_id, order, report.grant_ma) or is_freed
        if order == fed.order and report.grant_ma < fed.granted_ma:
            fed.forget_grant()
        return is_freed

    def look_by(self, at: datetime) -> None:
        """Look at that moment whether somebody is granted something else, if not before."""
        self.look_at = at if self.look_at is None else min(self.look_at, at)

    # What it says

    def manage(self, now: datetime) -> list[Effect]:
        """Say to all points that have not written down what they give without a grant that they are managed here."""
        wired = self.wired.items()
        return self.claim((cp_id for cp_id, each in wired if not self.escrow.is_settled(cp_id, each.failsafe_ma)), now)

    def claim(self, cp_ids: Iterable[str], now: datetime) -> list[Effect]:
        """Say to points that they are managed here."""
        said: list[Effect] = []
        for cp_id in cp_ids:
            ma = self.wired[cp_id].failsafe_ma
            claim = self._voice.say(ManagePoint, ts=now, site_id=self.site_id, cp_id=cp_id, failsafe_ma=ma)
            self.escrow.claim(cp_id, (claim.epoch, claim.seq), ma)
            said.append(claim)
        return [self._record(), *said] if said else said

    def look(self, now: datetime) -> Effects:
        """Grant what is to be granted now: what is less at once, what is more if there is room."""
        self.look_at = None
        self.expire(now)
        besides = self._besides(now)
        demands = [*self._demands(now)]
        allocation = self._allocate(demands, besides, now)
        by_need = sorted(demands, key=lambda demand: allocation.grants[demand.cp_id] > self._granted_ma(demand))
        said: list[Effect] = []
        for demand in by_need:
            said += self._grant(demand, allocation.grants[demand.cp_id], besides, now)
        self._plan(demands, allocation, now)
        return [self._record(), *said] if said else NOTHING

    def renew(self, now: datetime) -> Effects:
        """Say again what is granted, for as long as it is obeyed; grants that are not count no more."""
        if self.expire(now):
            self.look_by(now)
        said: list[Effect] = []
        for cp_id, fed in self.points.items():
            if not self.is_heard(fed, now):
                fed.forget_grant()
            elif fed.report is not None and fed.report is not fed.quoted and fed.report.wanted_ma and fed.phases:
                said.append(self._say(cp_id, fed, fed.report, fed.granted_ma, fed.phases, now))
        return [self._record(), *said] if said else NOTHING

    def expire(self, now: datetime) -> bool:
        """Grants whose time is over are none any more, though their points be heard again: others may have been granted
        what they left. Whether there were any that left room."""
        is_less = self.escrow.expire(now)
        for cp_id, fed in self.points.items():
            if fed.phases and not self.escrow.is_counted(cp_id, fed.order):
                fed.forget_grant()
        return is_less

    def _besides(self, now: datetime) -> dict[Place, int]:
        """What flows beside what points may draw: in buildings, and to vehicles that do not obey."""
        wiring = self.escrow.wiring
        total = wiring.fed(self.buildings.loads(now))
        excess = (Draw(cp_id, fed.excess_ma, fed.phases or 3) for cp_id, fed in self.points.items() if fed.excess_ma)
        for place, ma in wiring.carried(excess).items():
            total[place] = total.get(place, 0) + ma
        return total

    def is_heard(self, fed: FedState, now: datetime) -> bool:
        """Whether what a point said last still counts."""
        return fed.heard_at is not None and (not self._is_leased or now - fed.heard_at < LEASE)

    def _demands(self, now: datetime) -> Iterator[Demand]:
        for cp_id, fed in self.points.items():
            report = fed.report
            if report is None or not self.is_heard(fed, now):
                continue
            if not report.wanted_ma:
                fed.turn = None
                fed.forget_grant()
                continue
            fed.seen = (report.wanted_ma, report.phases)
            if fed.excess_ma:
                continue
            yield Demand(
                cp_id=cp_id,
                wanted_ma=report.wanted_ma,
                arrived_at=report.arrived_at or now,
                phases=self.escrow.phases(cp_id, report.phases),
                departs_at=report.departs_at,
                wanted_mwh=report.wanted_mwh,
                priority=self.wired[cp_id].priority,
                turn=fed.turn,
            )

    def _allocate(self, demands: list[Demand], besides: dict[Place, int], now: datetime) -> Allocation:
        carried = self.escrow.others(demand.cp_id for demand in demands)
        for place, ma in besides.items():
            carried[place] = carried.get(place, 0) + ma
        allocation = allocate(self.escrow.wiring, demands, self.strategy, now, carried)
        for cp_id, turn in allocation.turns.items():
            self.points[cp_id].turn = turn
        return allocation

    def _granted_ma(self, demand: Demand) -> int:
        """What it has been granted on so many phases."""
        fed = self.points[demand.cp_id]
        return fed.granted_ma if fed.phases >= demand.phases else 0

    def _grant(self, demand: Demand, target_ma: int, besides: dict[Place, int], now: datetime) -> Iterable[Effect]:
        cp_id, fed = demand.cp_id, self.points[demand.cp_id]
        granted_ma = self._granted_ma(demand)
        if granted_ma <= target_ma < fed.step.ma:
            # A step for which there was no room is taken back: nobody has seen it.
            fed.step = Stepped(ma=granted_ma, changed_at=fed.step.changed_at)
        fed.target_ma, fed.step = target_ma, stepped(fed.step, target_ma, now)
        ma = fed.step.ma
        if ma > granted_ma:
            fits_ma = min(ma, self.escrow.room_ma(cp_id, demand.phases, besides))
            ma = max(fits_ma if fits_ma >= LEAST_MA else 0, granted_ma)
        if fed.report is None or (ma, demand.phases) == (fed.granted_ma, fed.phases):
            return NOTHING
        return [self._say(cp_id, fed, fed.report, ma, demand.phases, now)]

    def _say(self, cp_id: str, fed: FedState, report: PowerReport, ma: int, phases: int, now: datetime) -> GrantPower:
        grant = self._voice.say(
            GrantPower,
            ts=now,
            site_id=self.site_id,
            cp_id=cp_id,
            milliamperes=ma,
            phases=phases,
            heard_run=report.run,
            heard_epoch=report.epoch,
            heard_seq=report.seq,
        )
        until = fed.heard_at + COUNTED_FOR if fed.heard_at is not None and self._is_leased else None
        fed.quoted = report
        fed.order, fed.granted_ma, fed.phases = (grant.epoch, grant.seq), ma, phases
        self.escrow.say(cp_id, fed.order, ma, phases, until)
        return grant

    def _record(self) -> SitePower:
        return SitePower(site_id=self.site_id, bounds=self.escrow.records())

    def _plan(self, demands: list[Demand], allocation: Allocation, now: datetime) -> None:
        """When to look again although nobody says anything."""
        moments = [
            allocation.again_at,
            self.buildings.silent_at(),
            *(self._next_step(each, allocation) for each in demands),
        ]
        heard = [at for each in demands if (at := self.points[each.cp_id].heard_at) is not None]
        if heard and self._is_leased:
            moments.append(min(heard) + LEASE)
        is_short = any(allocation.grants[each.cp_id] < each.wanted_ma for each in demands)
        if is_short or any(self._granted_ma(each) < self.points[each.cp_id].step.ma for each in demands):
            moments.append(self.escrow.next_end())
        if self.strategy is Strategy.LEAST_LAXITY and is_short:
            moments.append(now + LAXITY_STEP)
        for at in moments:
            if at is not None:
                self.look_by(max(at, now))

    def _next_step(self, demand: Demand, allocation: Allocation) -> datetime | None:
        return next_step_at(self.points[demand.cp_id].step, allocation.grants[demand.cp_id])

    def shift(self, by: timedelta) -> None:
        """The clock was set."""
        self.look_at = self.look_at and self.look_at + by
        self.escrow.shift(by)
        self.buildings.shift(by)
        for fed in self.points.values():
            fed.heard_at = fed.heard_at and fed.heard_at + by
            changed_at = fed.step.changed_at
            fed.step = Stepped(ma=fed.step.ma, changed_at=changed_at and changed_at + by)
            fed.turn = fed.turn and Turn(charging=fed.turn.charging, since=fed.turn.since + by)


def _is_other(seen: tuple[int, int], report: PowerReport) -> bool:
    """Whether a vehicle wants something else than when it was last looked at."""
    wanted_ma, phases = seen
    is_begun = (wanted_ma > 0) is not (report.wanted_ma > 0)
    is_turned = report.wanted_ma > 0 and phases != report.phases
    return is_begun or is_turned or abs(wanted_ma - report.wanted_ma) >= NOTICED_MA
