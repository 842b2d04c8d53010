"""Programs that die, stand still and come back: each start is a life of its own, and what a life had in mind ends with
it. Knows not what a program does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from evcharging.adapters.bus import Bus, Fetched
from evcharging.adapters.store import Ledger, Refused, StoreUnavailable
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message
from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import changed
from evcharging.proof.agenda import Action, Agenda, Endless
from evcharging.proof.brisk import BRISK
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.role import Input
from evcharging.runtime.addresses import Address, by_key
from evcharging.runtime.crash_points import CrashPoint
from evcharging.runtime.host import Host, Job, Turn
from evcharging.runtime.work import Reaction, Work

HASTE = 0.004
"""How late a host is woken, in seconds, at most: so that hosts take turns in every order."""

QUICK = 0.002
"""How long a store takes when nothing is wrong with it, in seconds, at most."""

RETRY = 0.5
"""Seconds between attempts to reach a store that does not answer."""

MOST_REFUSALS = 100
"""How often a store refuses commits of one life, which has got nowhere by then."""


Folded = Callable[[list[Reaction]], None]


class Crash(BaseException):
    """The process dies here."""


CADENCES = changed(FULL, terms=BRISK)
"""Those of the live system, but for how long things of reservations last."""


class Life:
    """One run of a process, from its start to its death. `offset` is how wrong its clock is; `on_thaw` is what it does
    first when it goes on after it stood still."""

    def __init__(self, process: "Process") -> None:
        self.process = process
        self.name = process.name
        self.alive = True
        self.stood_still = False
        self.refusals = 0
        self.went_on_at = process.agenda.now
        self.offset = process.clock_offset
        self.began_at = process.agenda.now
        self.loops: list[Loop] = []
        self.last_words: list[Action] = []
        self.on_thaw: Action = lambda: None
        self._frozen: list[Action] = []

    def now(self) -> datetime:
        """What its clock says."""
        agenda, gains = self.process.agenda, self.process.gains
        return agenda.now + self.offset + (agenda.now - self.began_at) * gains if gains else agenda.now + self.offset

    def host(
        self,
        store: Ledger,
        bus: Bus,
        *,
        address: Callable[[Topic, int], Address] = by_key,
        folded: Folded,
    ) -> Host:
        """A host that turns as long as this life lasts; `folded` is told what its roles say."""
        loop = Loop(self, store, bus, address, folded)
        self.loops.append(loop)
        return loop.host

    def tell(self, address: str, message: Input) -> None:
        """Hand a role of the first host something, as soon as the process can take it."""
        self.run(lambda: self.loops[0].host.tell(address, message))

    def later(self, seconds: float, action: Action) -> None:
        """Do something in a while, if this life lasts so long."""
        self.process.agenda.after(seconds, partial(self.run, action))

    def at(self, moment: datetime, action: Action) -> None:
        """Do something when this life's clock shows a moment."""
        at, gains = moment - self.offset, self.process.gains
        if gains:
            at = self.began_at + (at - self.began_at) / (1 + gains) + MICROSECOND
        self.process.agenda.at(at, partial(self.run, action))

    def run(self, action: Action) -> None:
        """Do something now; a process that stands still does it when it goes on."""
        if not self.alive:
            return
        if self.process.paused:
            self._frozen.append(action)
            return
        try:
            action()
        except Crash:
            self.process.kill()
        except (StoreUnavailable, Refused):
            # The program ends with a sentence; whoever runs it starts it again.
            self.process.kill()

    def set_clock(self, by: timedelta) -> None:
        """Its clock is set; whoever lives by it is told before anything else happens."""
        self.offset += by
        for loop in self.loops:
            loop.step_clock(by)

    def thaw(self) -> None:
        """Go on with all that has gathered."""
        self.stood_still, self.went_on_at = True, self.process.agenda.now
        self.run(self.on_thaw)
        frozen, self._frozen = self._frozen, []
        for action in frozen:
            self.run(action)

    def end(self) -> None:
        """Nothing of it happens any more."""
        self.alive = False
        for action in self.last_words:
            action()


class Process:
    """A program that can be started. `compose` gives a life its hosts; `on_death` is told when one has ended.
    `slowness` says how long its store takes for the next commit, in seconds; `gains` is how much its clock gains, in
    seconds each second."""

    def __init__(self, name: str, agenda: Agenda, chance: Random, compose: Callable[[Life], None]) -> None:
        self.name = name
        self.agenda = agenda
        self.chance = chance
        self.life: Life | None = None
        self.paused = False
        self.clock_offset = timedelta(0)
        self.gains = 0.0
        self.cadences = CADENCES
        self.armed: CrashPoint | None = None
        self.on_death: list[Callable[[Process], None]] = []
        self.on_birth: list[Callable[[Process], None]] = []
        self.slowness: Callable[[], float] = lambda: 0.0
        self.passed: Callable[[CrashPoint], None] = lambda _: None
        self.refused: Callable[[Life, Refused], None] = lambda life, refusal: None
        self.rested: Callable[[], None] = lambda: None
        self._compose = compose

    @property
    def kind(self) -> str:
        """Central, engine, monitor or driver."""
        return self.name.partition(" ")[0]

    def start(self) -> None:
        """Begin a life, unless there is one."""
        if self.life is None:
            life = self.life = Life(self)
            life.run(lambda: self._compose(life))
            if self.life is life:
                for hook in self.on_birth:
                    hook(self)

    def kill(self) -> None:
        """End it, in the middle of whatever it does."""
        life, self.life, self.paused = self.life, None, False
        if life is not None:
            life.end()
            for hook in self.on_death:
                hook(self)

    def pause(self) -> None:
        """Let it stand still."""
        self.paused = True

    def resume(self) -> None:
        """Let it go on, not knowing that time has passed."""
        if self.paused:
            self.paused = False
            if self.life is not None:
                self.life.thaw()

    def reach(self, point: CrashPoint) -> None:
        """A crash point is passed, for the last time if it is armed."""
        if self.armed is point:
            self.armed = None
            self.passed(point)
            raise Crash


class Poisoned(AssertionError):
    """A role failed on a message."""


class WatchedHost(Host):
    """Tells what roles said as soon as they have said it, whether it lasts or not."""

    quiet = frozenset[type[Message]]()

    def __init__(
        self,
        store: Ledger,
        bus: Bus,
        address: Callable[[Topic, int], Address],
        folded: Folded,
        on_ready: Callable[[], None],
        cadences: Cadences,
    ) -> None:
        super().__init__(store, bus, address=address, observer=self, on_ready=on_ready, cadences=cadences)
        self._folded = folded

    def fold(self, batch: list[Fetched], now: datetime) -> Work:
        """See Host; what it gives is told at once."""
        work = super().fold(batch, now)
        self._folded(work.reactions)
        return work

    def committed(self, work: Work) -> None:
        """Of no interest: the stores tell of it."""

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """No role may fail on anything."""
        raise Poisoned(f"The role {address} failed on {message}: {error!r}") from error


class Loop:
    """Turns one host as the live host does: fold, then commit, then publish, each at its own moment."""

    def __init__(
        self, life: Life, store: Ledger, bus: Bus, address: Callable[[Topic, int], Address], folded: Folded
    ) -> None:
        self.host = WatchedHost(store, bus, address, folded, self.wake, life.process.cadences)
        self._life = life
        self._chance = life.process.chance
        self._woken = False
        self.busy = False
        self._failing = False
        self._alarm: datetime | None = None

    def wake(self) -> None:
        """There may be something to do."""
        if not self._woken:
            self._woken = True
            if not self.busy:
                self._plan()

    def step_clock(self, by: timedelta) -> None:
        """The clock of its process is set; an alarm rings when it would have."""
        self._alarm = self._alarm and self._alarm + by
        self.host.step_clock(by)
        self.wake()

    def _plan(self) -> None:
        self.busy = True
        self._life.later(self._chance.random() * HASTE, self._turn)

    def _turn(self) -> None:
        self._woken = False
        turn = self.host.turn(self._life.now)
        self._go_on(turn, partial(next, turn))

    def _go_on(self, turn: Turn, step: Callable[[], Job]) -> None:
        try:
            job = step()
        except StopIteration as end:
            self._woken = self._woken or bool(end.value)
            self._rest()
        else:
            self._in_a_while(partial(self._ask, turn, job))

    def _ask(self, turn: Turn, job: Job) -> None:
        try:
            answer = job()
        except StoreUnavailable:
            self._failing = True
            self._life.later(RETRY, partial(self._ask, turn, job))
        except Refused as refusal:
            self._life.refusals += 1
            if self._life.refusals > MOST_REFUSALS:
                raise Endless(f"{self._life.name} was refused {MOST_REFUSALS} times: {refusal}") from refusal
            self._life.process.refused(self._life, refusal)
            self._go_on(turn, partial(turn.throw, refusal))
        else:
            if self._failing:
                self._failing = False
                self._life.on_thaw()
            self._in_a_while(partial(self._go_on, turn, partial(turn.send, answer)))

    def _in_a_while(self, action: Action) -> None:
        self._life.later(self._life.process.slowness() or self._chance.random() * QUICK, action)

    def _rest(self) -> None:
        self.busy = False
        self._life.process.rested()
        if self._woken:
            self._plan()
            return
        due = self.host.next_due()
        if due is not None and (self._alarm is None or due < self._alarm):
            self._alarm = due
            self._life.at(due, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if not self._woken:
            self._woken = True
            if not self.busy:
                self._plan()
