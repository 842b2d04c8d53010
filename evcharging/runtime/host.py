"""The one cycle of every program: take a batch, fold it through the roles, commit once, publish.
Knows no rule, and not whether time is real."""

from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import repeat
from time import perf_counter
from typing import Any

from evcharging.adapters.bus import Bus, Fetched, Place
from evcharging.adapters.store import Commit, Fenced, Ledger, Refused
from evcharging.common.kafka import VOLATILE, Topic
from evcharging.common.messages import Message
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.role import ClockStepped, HostSignal, Input, Role, Started
from evcharging.runtime.addresses import Address, always, by_key
from evcharging.runtime.intake import Intake, PartitionRoles
from evcharging.runtime.outlets import Outlets
from evcharging.runtime.schedule import Schedule
from evcharging.runtime.work import HostedRole, Observer, Work

REGAIN_AFTER = timedelta(seconds=10)
"""How long a shard that another process has taken over is left alone while its partition is still assigned to this one:
longer than Kafka takes to tell a process that it lost a partition."""

Job = Callable[[], list[int] | None]
"""What asks the store. It may run in another thread and be tried again after StoreUnavailable, and gives the numbers of
messages that were committed, where any were."""

Turn = Generator[Job, list[int] | None, bool]


class Host:
    """Many roles, one schedule, one store, one subscription."""

    def __init__(
        self,
        store: Ledger,
        bus: Bus,
        *,
        address: Callable[[Topic, int], Address] = by_key,
        observer: Observer | None = None,
        on_ready: Callable[[], None] | None = None,
        cadences: Cadences = FULL,
    ) -> None:
        self.hosted_roles: dict[str, HostedRole] = {}
        self.intake: Intake | None = None
        self._store = store
        self._bus = bus
        self._address = address
        self._addresses: dict[Place, Address] = {}
        self._outlets = Outlets(bus, on_ready)
        self._observers: list[Observer] = []
        self._quiet: frozenset[type[Message]] = frozenset()
        self._on_ready = on_ready
        self.cadences = cadences
        self._told: list[Input] = []
        self._addressees: list[str] = []
        self._schedule: Schedule[HostedRole] = Schedule()
        self._serial = 0
        self._positions_due: datetime | None = None
        self._regain_at: datetime | None = None
        self._set_by = timedelta(0)
        if observer is not None:
            self.watch(observer)

    # Who lives here

    def add(self, address: str, role: Role, *, shard: str, epoch: int) -> None:
        """Give a role a home; it begins with the next fold."""
        self.hosted_roles[address] = HostedRole(address, role, shard, epoch)
        self.tell(address, Started())

    def remove(self, address: str) -> None:
        """Let a role go, which belongs to another process now; what it had in mind is forgotten."""
        self.hosted_roles.pop(address).scheduled = None

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        recalled: Iterable[Topic] = (),
        shared: PartitionRoles | None = None,
    ) -> None:
        """Take messages from the bus; `Intake` says which, and from where on. With `shared` roles each message goes to
        the role of its partition."""
        if shared is not None:
            self._address = lambda topic, partition: always(shared.shard_at(topic.name, partition))
        self.intake = Intake(
            self._store,
            self._bus,
            topics,
            group=group,
            partitions=partitions,
            recalled=recalled,
            shared=shared,
            role_in=self._role_in,
            on_ready=self._on_ready,
        )

    def watch(self, observer: Observer) -> None:
        """Another one looks on."""
        self._observers.append(observer)
        self._quiet = frozenset.intersection(*(each.quiet for each in self._observers))

    def send_by(self, kind: type[Message], outlet: Callable[[Message], None]) -> None:
        """Let messages of a kind leave by another way than the bus."""
        self._outlets.send_by(kind, outlet)

    def resend(self, unsent: Iterable[tuple[int, Message]]) -> None:
        """Publish what an earlier run committed and never said to be sent."""
        for number, message in unsent:
            self._outlets.send(message, number)

    def tell(self, address: str, message: Input) -> None:
        """Hand a role a signal, or a message that came by another way than the bus."""
        self._addressees.append(address)
        self._told.append(message)
        if self._on_ready is not None:
            self._on_ready()

    def tell_all(self, signal: HostSignal) -> None:
        """Hand every role a signal."""
        for address in self.hosted_roles:
            self.tell(address, signal)

    def step_clock(self, by: timedelta) -> None:
        """The clock was set: the next fold, which is the first to see the new time, moves all that is due and tells
        every role, before anything else."""
        self._set_by += by

    def lost_store(self) -> str | None:
        """Why nothing could last, as far as that shows without a commit; may be called in any thread."""
        return self._store.check()

    def next_due(self) -> datetime | None:
        """When the next role wants to be woken, or what was done is to be noted at last."""
        due, noted = self._schedule.next(), self._positions_due
        if noted is not None and (self._outlets.sent or (self.intake is not None and self.intake.positions)):
            due = noted if due is None else min(due, noted)
        if self._regain_at is not None:
            due = self._regain_at if due is None else min(due, self._regain_at)
        return due

    def _has_more(self, now: datetime) -> bool:
        """Whether there is something to do, whatever may have come from the bus."""
        due = self.next_due()
        return bool(self._told or self._set_by) or (due is not None and due <= now)

    # The cycle

    def turn(self, now: Callable[[], datetime]) -> Turn:
        """One cycle as a generator: yields each blocking store call, resumes with its result (or the `Refused` that it
        raised), and returns whether any work was done."""
        batch: list[Fetched] = []
        intake = self.intake
        if intake is not None:
            if intake.is_reassigned:
                yield intake.learn
                intake.settle()
            batch = intake.take()
            if batch and intake.needs_recall(batch):
                yield partial(intake.recall, batch)
        at = now()
        if not batch and not self._has_more(at):
            return False
        work = self.fold(batch, at)
        numbers: list[int] | None = None
        while not work.commit.is_empty:
            try:
                numbers = yield partial(self.commit, work)
                break
            except Fenced as fenced:
                self.leave_to_others(fenced, work, at)
            except Refused as refusal:
                self.start_over(refusal)
                return True
        self.publish(work, numbers or [])
        return not work.is_empty

    def cycle(self, now: datetime) -> bool:
        """One round at once; whether anything happened."""
        turn = self.turn(lambda: now)
        try:
            job = next(turn)
            while True:
                try:
                    answer = job()
                except Refused as refusal:
                    job = turn.throw(refusal)
                else:
                    job = turn.send(answer)
        except StopIteration as end:
            return bool(end.value)

    def start_over(self, refusal: Refused) -> None:
        """Forget what roles have in mind and begin again from the store, which refused a commit, or after a death.
        Raises the refusal where nobody would give this process roles again."""
        intake = self.intake
        if intake is None or not intake.may_rejoin:
            raise refusal
        for address in list(self.hosted_roles):
            self.remove(address)
        self._addressees, self._told = [], []
        intake.rejoin()

    def leave_to_others(self, fenced: Fenced, work: Work, now: datetime) -> None:
        """Let go of the shards that other processes have taken over, and of what was just done there; the other roles
        go on. Raises what the store raised where nobody else could have taken over."""
        intake = self.intake
        if intake is None or not intake.may_rejoin or not self._bus.is_shared:
            raise fenced
        for address, hosted in [*self.hosted_roles.items()]:
            if hosted.shard in fenced.shards:
                self.remove(address)
        intake.leave(fenced.shards)
        work.drop(fenced.shards, intake.shard_at)
        self._regain_at = now + REGAIN_AFTER

    def _role_in(self, fetched: Fetched) -> Callable[[Message], Role | None]:
        address, hosted_roles = self._address_in(fetched), self.hosted_roles

        def role_for(message: Message) -> Role | None:
            hosted = hosted_roles.get(address(message))
            return hosted.role if hosted else None

        return role_for

    def fold(self, batch: list[Fetched], now: datetime) -> Work:
        """Deadlines that have come, then what is in the inbox, then the batch, each through its role."""
        work = Work(Commit(log_id=self.intake.log_id if self.intake is not None else self._bus.log_id), batch)
        if self._set_by:
            self._follow_clock(now, work)
        if self._regain_at is not None and now >= self._regain_at and self.intake is not None:
            self._regain_at = None
            self.intake.regain()
        while (due := self._schedule.pop(now)) is not None:
            at, sleepers = due
            # Once each: who changed its mind and back again stands there twice.
            woken = dict.fromkeys([sleeper for sleeper in sleepers if sleeper.scheduled == at])
            self._react(zip(woken, repeat(None), strict=False), now, work)
        role_at = self.hosted_roles.get
        addressees, told, self._addressees, self._told = self._addressees, self._told, [], []
        work.told += told
        self._react(zip(map(role_at, addressees), told, strict=True), now, work)
        for fetched in batch:
            roles = map(role_at, map(self._address_in(fetched), fetched.messages))
            self._react(zip(roles, fetched.messages, strict=True), now, work)
            if self.intake is not None:
                self.intake.positions[fetched.topic.name, fetched.partition] = fetched.next_offset
        self._take_positions(work, now)
        return work

    def _follow_clock(self, now: datetime, work: Work) -> None:
        signal, self._set_by = ClockStepped(by=self._set_by), timedelta(0)
        if self._positions_due is not None:
            self._positions_due += signal.by
        if self._regain_at is not None:
            self._regain_at += signal.by
        work.told.append(signal)
        self._react([(hosted, signal) for hosted in self.hosted_roles.values()], now, work)

    def _address_in(self, fetched: Fetched) -> Address:
        place = (fetched.topic.name, fetched.partition)
        address = self._addresses.get(place)
        if address is None:
            address = self._addresses[place] = self._address(fetched.topic, fetched.partition)
        return address

    def _react(self, turns: Iterable[tuple[HostedRole | None, Input | None]], now: datetime, work: Work) -> None:
        """Let each role that lives here react to a message, or (None) to its deadline, and gather what it says."""
        observers, quiet, put, keep = self._observers, self._quiet, self._schedule.put, work.keep
        log: Callable[[Any], None] = work.outgoing.append
        log_shard = work.shards.append
        for hosted, message in turns:
            if hosted is None:
                continue
            role = hosted.role
            try:
                effects = role.on_deadline(now) if message is None else role.on_message(message, now)
            except Exception as error:
                self._tell_failure(hosted.address, message, error)
                continue
            for effect in effects:
                # The exact type, for speed: this is the simulator's innermost loop.
                if type(effect) in VOLATILE:
                    log(effect)
                    log_shard(hosted.shard)
                else:
                    keep(hosted, effect)
            if observers and type(message) not in quiet:
                work.reactions.append((hosted.address, message, effects))
            deadline = role.deadline
            if deadline is not hosted.scheduled or message is None:
                hosted.scheduled = deadline
                if deadline is not None:
                    put(deadline, hosted)

    def _tell_failure(self, address: str, message: Input | None, error: Exception) -> None:
        """Tell who looks on that a role failed; raises the error where nobody does."""
        if not self._observers:
            raise error
        for observer in self._observers:
            observer.failed(address, message, error)

    def _take_positions(self, work: Work, now: datetime) -> None:
        if self._positions_due is None:
            self._positions_due = now + self.cadences.positions_every
        is_durable = work.commit.is_durable
        if is_durable:
            self._serial += 1
            work.commit.serial = self._serial
        if is_durable or now >= self._positions_due:
            if self.intake is not None:
                work.commit.positions, self.intake.positions = self.intake.positions, {}
                self._guard(work.commit)
            work.commit.sent = self._outlets.take_sent()
            self._positions_due = now + self.cadences.positions_every

    def _guard(self, commit: Commit) -> None:
        """Where partitions come and go, only who has one may say how far it is read; and whoever was overtaken hears of
        it, though it has nothing to record."""
        if self.intake is not None and self.intake.may_rejoin:
            for place in commit.positions:
                hosted = self.hosted_roles.get(self.intake.shard_at(place) or "")
                if hosted is not None:
                    commit.epochs[hosted.shard] = hosted.epoch

    def commit(self, work: Work) -> list[int]:
        """Make it last; the numbers of its durable messages. May run in another thread than the rest."""
        began = perf_counter()
        numbers = self._store.commit(work.commit)
        work.commit_seconds = perf_counter() - began
        return numbers

    def publish(self, work: Work, numbers: list[int]) -> None:
        """Let others have it."""
        for observer in self._observers:
            observer.committed(work)
        begin = 0
        for place, number in zip(work.durable, numbers, strict=True):
            self._outlets.send_all(work.outgoing[begin:place])
            self._outlets.send(work.outgoing[place], number)
            begin = place + 1
        self._outlets.send_all(work.outgoing[begin:])
        if work.commit.positions and self.intake is not None:
            self.intake.done(work.commit.positions)
