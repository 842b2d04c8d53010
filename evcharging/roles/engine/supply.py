"""The supply of one charging point from its order to the unplugging: begun, read, limited, ended. Knows no order of
Central but the one to supply."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from evcharging.common.messages import MOST_MARKS, EndReason, ExtendSupply, QueryStatus, StartSupply
from evcharging.common.states import CPEvent
from evcharging.common.utils import changed
from evcharging.domain.offer import Offer, granted, offer_of
from evcharging.domain.supply import (
    MOST_LIMIT_MARKS,
    Reading,
    Supply,
    ended,
    extended,
    marked,
    ordered,
    redated,
    started,
    unplugged,
)
from evcharging.domain.vehicle import Visit, phases_used
from evcharging.roles.engine.condition import Condition
from evcharging.roles.engine.messages import EngineMessages
from evcharging.roles.engine.meter import RunningMeter
from evcharging.roles.engine.needs import Needs
from evcharging.roles.engine.power import EnginePower
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import NOTHING, Effect, Effects


class EngineSupply:
    """`newest` is the newest supply, whether it goes on or not. `visits` are the vehicles that come, one a supply;
    without them a supply draws all that the point gives."""

    def __init__(
        self,
        setup: EngineSetup,
        condition: Condition,
        voice: EngineMessages,
        newest: Supply | None,
        reading: Reading | None,
        visits: Iterator[Visit] | None,
        power: EnginePower,
    ) -> None:
        self.deadline: datetime | None = None
        self.newest = newest
        self._setup = setup
        self._condition = condition
        self._voice = voice
        self._meter = RunningMeter(setup, reading)
        self._reading = reading
        self._visits = visits
        self._power = power
        self._stepped = timedelta(0)

    @property
    def is_open(self) -> bool:
        """Whether one is ordered or running."""
        return self.newest is not None and self.newest.is_open

    @property
    def is_occupied(self) -> bool:
        """Whether a vehicle is plugged in whose supply has ended, so that no other can be. In manual mode a hand may
        begin another supply of it."""
        return self.newest is not None and self.newest.plugged and not self._setup.manual

    @property
    def is_drawing(self) -> bool:
        """Whether one has begun and goes on."""
        return self.newest is not None and self.newest.is_open and self.newest.started_at is not None

    def needs(self, now: datetime) -> Needs | None:
        """What a supply that goes on wants of the site, and draws."""
        return self._meter.needs(self._most(), now) if self.is_drawing else None

    @property
    def phases(self) -> int:
        """How many phases the vehicle that is there uses; 0 where none is."""
        return self._meter.phases if self.is_drawing else 0

    def draws(self, at: datetime) -> tuple[int, int]:
        """The power that flows at a moment, in W, and on how many phases. A grant ends when it is due, though the
        engine may notice late."""
        watts, phases = (self._meter.power_w(at) if self.is_drawing else 0), self._meter.phases
        until = self._meter.overdrawn_until
        if until is not None and at >= until:
            return 0, phases
        lapsed_ma = self._power.lapsed_ma(at)
        return watts if lapsed_ma is None else min(watts, granted(self._most(), lapsed_ma, phases).watts), phases

    def register_at(self, now: datetime) -> int:
        """What the register shows, in mWh."""
        return self._meter.register_at(now) if self.is_open else self._meter.register

    def status(self, now: datetime, query: QueryStatus | None = None) -> Effect:
        """How the engine is, perhaps in answer to a query."""
        condition, register = self._condition, self._meter.register
        is_over = self._is_overdrawn
        return self._voice.status(
            condition.state, condition.memory, register, self.is_occupied, now, query, overdrawn=is_over
        )

    @property
    def _is_overdrawn(self) -> bool:
        return self.is_drawing and self._meter.overdrawn_until is not None

    def on_deadline(self) -> Effects:
        """The moment has come that was waited for: of a reading, of giving up, of the vehicle's leaving."""
        at, supply = self.deadline, self.newest
        self.deadline = None
        if at is None or supply is None:
            return NOTHING
        if not supply.is_open:
            return [*self.unplug(at), self.status(at)] if supply.plugged else NOTHING
        if supply.started_at is None:
            return self.drop(supply, "no vehicle was plugged in", at)
        return self._tick(supply, at)

    def close_last_run(self, now: datetime) -> list[Effect]:
        """Say how the supply of the last run ended: with the last reading that was written down."""
        supply = self.newest
        if supply is None:
            return []
        if supply.is_open and supply.started_at is None:
            return self.drop(supply, "the charging point restarted", now)
        if supply.is_open and supply.started_at is not None:
            at = max(self._reading.ts, supply.started_at) if self._reading else supply.started_at
            stays = self._setup.manual and self._condition.memory.plugged
            supply = self.newest = ended(supply, self._meter.register, at, EndReason.RESTART, None, plugged=stays)
            return [*self._let_go(stays=stays), supply, self._voice.last_word(supply)]
        if supply.plugged and not self._setup.manual:
            # Nobody has seen when the vehicle left: time that nobody has seen costs nothing.
            return self.unplug(supply.ended_at or now)
        return [self._voice.last_word(supply)]

    def order(self, order: StartSupply, now: datetime) -> list[Effect]:
        """Take an order that nothing stands in the way of: begin, or wait for a plug."""
        supply = self.newest = ordered(order)
        if self._setup.manual and not self._condition.memory.plugged:
            self.deadline = now + self._setup.plug_wait
            if supply.ends_by is not None:
                self.deadline = min(self.deadline, supply.ends_by)
            return [*self._condition.obey(order), supply, self._voice.about(supply, now)]
        return [*self._condition.obey(order, plugged=True), *self._begin(supply, now)]

    def plug(self, now: datetime) -> list[Effect]:
        """A vehicle is plugged in: what was ordered begins."""
        supply = self.newest
        if supply is None or not supply.is_open or supply.started_at is not None:
            return []
        return self._begin(supply, now)

    def unplug(self, at: datetime) -> list[Effect]:
        """The plug is out, and with that a supply that runs has ended."""
        effects = [*self.end(EndReason.UNPLUGGED, at), *self._condition.note(plugged=False)]
        if self.newest is not None and self.newest.plugged:
            self.deadline = None
            self.newest = unplugged(self.newest, at - self._stepped)
            effects += [self.newest, self._voice.last_word(self.newest)]
        return effects

    def limit(self, now: datetime) -> list[Effect]:
        """What the point may give has changed: a supply that runs goes on under it, and is read."""
        supply = self.newest
        if supply is None or not supply.is_open or supply.started_at is None:
            return []
        at, was_overdrawn = max(now, self._meter.read_at or now), self._is_overdrawn
        is_edge = self._meter.limit(self._offer(self._meter.phases), at)
        self.deadline = self._meter.next_reading(at)
        effects = [*self._read(supply, at), *(self._mark(supply, at, MOST_LIMIT_MARKS) if is_edge else [])]
        return effects if self._is_overdrawn is was_overdrawn else [*effects, self.status(at)]

    def extend(self, order: ExtendSupply, now: datetime) -> list[Effect]:
        """There is money for more of what goes on."""
        supply = self.newest
        if supply is None or not supply.is_open or supply.session_id != order.session_id:
            return []
        supply = self.newest = extended(supply, order.paid_mwh, order.ends_by)
        if supply.started_at is None:
            return [supply]
        at = max(now, self._meter.read_at or now)
        self._meter.extend(supply, at)
        self.deadline = self._meter.next_reading(at)
        return [supply, self._meter.reading(at)]

    def end(self, by: EndReason, now: datetime) -> list[Effect]:
        """End what is open; its vehicle may stay."""
        supply = self.newest
        if supply is None or not supply.is_open:
            return []
        if supply.started_at is None:
            return self.drop(supply, by.value, now)
        at = max(now, self._meter.read_at or now)
        self._meter.read(at)
        self._condition.step(CPEvent.END_SUPPLY)
        stays = self._stays(by, at)
        supply = self.newest = ended(supply, self._meter.register, at, by, None, plugged=stays)
        self._stepped = timedelta(0)
        return [self._meter.reading(at), supply, *self._let_go(stays=stays), self._voice.last_word(supply)]

    def end_by(self, at: datetime) -> list[Effect]:
        """What is open ends by a moment that lies ahead, if it was not to end before."""
        supply = self.newest
        if supply is None or not supply.is_open or (supply.ends_by is not None and supply.ends_by <= at):
            return []
        supply = self.newest = changed(supply, ends_by=at)
        self._meter.follow(supply)
        self.deadline = at if self.deadline is None else min(self.deadline, at)
        return [supply]

    def drop(self, supply: Supply, why: str, now: datetime) -> list[Effect]:
        """It never began."""
        self.deadline = None
        supply = self.newest = ended(supply, self._meter.register, now, EndReason.NOT_STARTED, why)
        return [supply, self._voice.last_word(supply)]

    def shift(self, by: timedelta, now: datetime) -> list[Effect]:
        """The clock was set. The supply that runs is as long as it was: all its moments move. One that has ended keeps
        the moments that were said of it, and so its vehicle leaves by the clock of then."""
        self.deadline = self.deadline and self.deadline + by
        self._stepped += by
        supply = self.newest
        if supply is None or not supply.is_open or supply.started_at is None:
            return []
        supply = self.newest = redated(supply, by)
        self._meter.shift(supply)
        read_at = self._meter.read_at or now
        self.deadline = self._meter.next_reading(read_at)
        return [supply, self._meter.reading(read_at), self._voice.about(supply, now)]

    def _begin(self, supply: Supply, now: datetime) -> list[Effect]:
        self._condition.step(CPEvent.START_SUPPLY)
        supply = self.newest = started(supply, self._meter.register, now)
        visit = self._next_visit()
        phases = phases_used(self._setup.power_w, visit)
        self._meter.begin(supply, self._offer(phases), visit, now)
        self.deadline = self._meter.next_reading(now)
        # The reading before it may be dated by another clock.
        return [supply, self._meter.reading(now), self._voice.about(supply, now), self.status(now)]

    def _next_visit(self) -> Visit | None:
        """The next vehicle; in manual mode it stays until a hand unplugs it."""
        visit = next(self._visits, None) if self._visits else None
        return changed(visit, stay_us=None) if visit is not None and self._setup.manual else visit

    def _offer(self, phases: int) -> Offer:
        """The least of what the point gives, what its operator lets it give, and what its site grants it."""
        return granted(self._most(), self._power.allowed_ma(phases), phases)

    def _most(self) -> Offer:
        return offer_of(self._setup.power_w, self._condition.memory.limit)

    def _tick(self, supply: Supply, at: datetime) -> list[Effect]:
        self._meter.read(at)
        effects = self._read(supply, at)
        if self._meter.passes_edge(at):
            effects += self._mark(supply, at)
        over = self._meter.over(at)
        if over is not None:
            return [*effects, *self.end(over, at), self.status(at)]
        self.deadline = self._meter.next_reading(at)
        return effects

    def _read(self, supply: Supply, at: datetime) -> list[Effect]:
        meter = self._meter
        return [meter.reading(at), self._voice.reading(supply, meter.register, meter.power_w(at), at)]

    def _mark(self, supply: Supply, at: datetime, most: int = MOST_MARKS) -> list[Effect]:
        self.newest = marked(supply, self._meter.register, at, most)
        return [] if self.newest is supply else [self.newest]

    def _stays(self, by: EndReason, at: datetime) -> bool:
        """Whether the vehicle stays after the end, and from when on the point waits for it to leave. At a point that
        works by itself, without vehicles, it leaves at once."""
        self.deadline = None
        if by is EndReason.UNPLUGGED:
            return False
        if self._setup.manual:
            return self._condition.memory.plugged
        leaves_at = self._meter.leaves_at(at)
        if leaves_at is None or leaves_at <= at:
            return False
        self.deadline = leaves_at
        return True

    def _let_go(self, *, stays: bool) -> list[Effect]:
        return [] if stays or self._setup.manual else self._condition.note(plugged=False)
