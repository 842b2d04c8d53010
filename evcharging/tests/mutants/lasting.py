"""Mutants of what makes things last: stores, outbox, positions, runs, journals, clocks."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from evcharging.adapters.bus import END
from evcharging.adapters.bus import memory as memory_bus
from evcharging.adapters.store import Commit, Place, StoreUnavailable, memory
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common import kafka
from evcharging.common.messages import Message
from evcharging.domain.meter import energy_mwh
from evcharging.domain.supply import Reading
from evcharging.proof.process import Life
from evcharging.roles.engine import engine
from evcharging.roles.engine.engine import Engine
from evcharging.roles.engine.supply import EngineSupply
from evcharging.runtime.host import Host
from evcharging.runtime.intake import Intake
from evcharging.runtime.outlets import Outlets
from evcharging.runtime.recall import Recall
from evcharging.runtime.work import Work
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("unfenced")
def unfenced() -> list[Target]:
    """Whoever was overtaken may still write."""
    return [(memory, "check_runs", lambda epochs, newest: None)]


@mutant("not-taken")
def not_taken() -> list[Target]:
    """A request may be decided in two shards."""
    return [(memory, "said_once", lambda records: {})]


@mutant("no-serial")
def no_serial() -> list[Target]:
    """A commit whose answer was lost is made again, though it had lasted."""
    return [(memory, "has_lasted", lambda commit, serials: False)]


@mutant("answers-believed-lost")
def answers_believed_lost() -> list[Target]:
    """A commit whose answer was lost is believed to have lasted."""

    def hopeful(self: Host, work: Work) -> list[int]:
        try:
            return self._store.commit(work.commit)
        except StoreUnavailable:
            return list(range(-len(work.commit.outbox), 0))

    return [(Host, "commit", hopeful)]


@mutant("outbox-popped-early")
def outbox_popped_early() -> list[Target]:
    """A message counts as sent as soon as it was given to the bus's client."""

    def hasty(self: Outlets, message: Message, number: int | None) -> None:
        outlet = self._outlets.get(type(message))
        if outlet is not None:
            outlet(message)
            return
        if number is not None:
            self._note_sent(number)
        self._bus.publish(message, lambda: None)

    return [(Outlets, "send", hasty)]


@mutant("no-resend")
def no_resend() -> list[Target]:
    """What an earlier run committed and did not send stays where it is."""
    return [(Host, "resend", lambda self, unsent: None)]


@mutant("sent-unnoted")
def sent_unnoted() -> list[Target]:
    """What was sent is never noted, and sent again at every start."""
    return [(Outlets, "_note_sent", lambda self, number: None)]


@mutant("publish-first")
def publish_first() -> list[Target]:
    """Others hear of a decision before it lasts."""
    commit = Host.commit

    def loud(self: Host, work: Work) -> list[int]:
        for message in work.outgoing:
            if type(message) not in self._outlets._outlets:
                self._bus.publish(message)
        return commit(self, work)

    return [(Host, "commit", loud)]


@mutant("positions-first")
def positions_first() -> list[Target]:
    """How far was read lasts before what came of it does."""

    def parted(self: Host, work: Work) -> list[int]:
        commit = work.commit
        self._store.commit(Commit(log_id=commit.log_id, positions=commit.positions))
        commit.positions = {}
        return self._store.commit(commit)

    return [(Host, "commit", parted)]


@mutant("records-without-outbox")
def records_without_outbox() -> list[Target]:
    """Facts and outgoing messages last in two commits."""
    begun: dict[Host, Commit] = {}

    def parted(self: Host, work: Work) -> list[int]:
        commit = work.commit
        if commit.records and begun.get(self) is not commit:
            self._store.commit(Commit(epochs=commit.epochs, records=commit.records, serial=2 * commit.serial - 1))
            begun[self] = commit
        return self._store.commit(replace(commit, records=[], serial=2 * commit.serial))

    return [(Host, "commit", parted)]


@mutant("positions-unguarded")
def positions_unguarded() -> list[Target]:
    """Whoever was overtaken may still say how far it has read, and does not hear that it was."""
    return [(Host, "_guard", lambda self, commit: None)]


@mutant("together-undivided")
def together_undivided() -> list[Target]:
    """Two roles decide the same question in one commit."""
    return [(Recall, "divide", lambda self, batch: (batch, []))]


@mutant("skips-what-it-missed")
def skips_what_it_missed() -> list[Target]:
    """Whoever begins again reads only what comes from now on."""

    def forward(self: Intake, partitions: frozenset[int], stored: Any) -> None:
        places = ((topic.name, partition) for topic in self._topics for partition in partitions)
        self.subscription.seek(dict.fromkeys(places, END))

    return [(Intake, "_go_on", forward)]


@mutant("wrong-partition")
def wrong_partition() -> list[Target]:
    """Some keys go to another partition than the one that is reckoned with."""

    def crooked(key: str, partitions: int) -> int:
        return (kafka.partition_of(key, partitions) + key.endswith("2")) % partitions

    return [(memory_bus, "partition_of", crooked)]


@mutant("same-run-again")
def same_run_again() -> list[Target]:
    """A run that begins again has the number of the one before."""

    def unchanged(self: MemoryStore, shards: Iterable[str]) -> dict[str, int]:
        return {shard: max(self._epochs.get(shard, 0), 1) for shard in shards}

    return [(MemoryStore, "_next_runs", unchanged)]


# Engines


def _forgets(*names: str) -> list[Target]:
    begin: Any = Engine.__init__

    def forgetful(self: Engine, *arguments: Any, **known: Any) -> None:
        begin(self, *arguments, **{name: None if name in names else value for name, value in known.items()})

    return [(Engine, "__init__", forgetful)]


@mutant("journal-forgotten")
def journal_forgotten() -> list[Target]:
    """An engine begins again without having read its journal."""
    return _forgets("memory", "supply", "reading")


@mutant("register-forgotten")
def register_forgotten() -> list[Target]:
    """An engine begins again with its register at zero."""
    return _forgets("reading")


@mutant("supply-forgotten")
def supply_forgotten() -> list[Target]:
    """An engine begins again without knowing whom it served."""
    return _forgets("supply")


@mutant("orders-forgotten")
def orders_forgotten() -> list[Target]:
    """An engine begins again without knowing whose orders it obeyed, and what its own condition was."""
    return _forgets("memory")


@mutant("old-run-obeyed")
def old_run_obeyed() -> list[Target]:
    """An engine obeys orders of an older run of Central."""
    return [(engine, "is_current", lambda memory, order, now: True)]


@mutant("replays-obeyed")
def replays_obeyed() -> list[Target]:
    """An engine obeys an order that it has obeyed before."""
    return [(engine, "is_new", lambda memory, order: True)]


@mutant("generous-after-a-crash")
def generous_after_a_crash() -> list[Target]:
    """An engine that comes back reckons with energy for the time in which it was away."""
    close = EngineSupply.close_last_run

    def generous(self: EngineSupply, now: datetime) -> list[Any]:
        supply = self.newest
        if supply is not None and supply.is_open and supply.started_at is not None:
            away = max(now - supply.started_at, timedelta(0))
            flowed = supply.register_start_mwh + energy_mwh(self._setup.power_w, away)
            self._meter.register = max(self._meter.register, flowed)
        return close(self, now)

    return [(EngineSupply, "close_last_run", generous)]


@mutant("readings-unwritten")
def readings_unwritten() -> list[Target]:
    """An engine does not write its readings down."""
    tick = EngineSupply._tick

    def airy(self: EngineSupply, *arguments: Any) -> list[Any]:
        return [effect for effect in tick(self, *arguments) if not isinstance(effect, Reading)]

    return [(EngineSupply, "_tick", airy)]


@mutant("mind-kept")
def mind_kept() -> list[Target]:
    """A Central whose commit was refused goes on with what it has in mind."""
    return [(Host, "start_over", lambda self, refusal: None)]


@mutant("overtaken-heard")
def overtaken_heard() -> list[Target]:
    """What a role said whose shard was overtaken reaches others, though it never lasts."""
    drop = Work.drop

    def loud(self: Work, shards: frozenset[str], shard_at: Callable[[Place], str | None]) -> None:
        said = self.outgoing
        drop(self, shards, shard_at)
        self.outgoing += [message for message in said if message not in self.outgoing]

    return [(Work, "drop", loud)]


@mutant("overtaken-read")
def overtaken_read() -> list[Target]:
    """A host whose shard was overtaken goes on reading what concerns it, with nobody there to handle it."""
    return [(Intake, "leave", lambda self, shards: None)]


@mutant("wall-clock")
def wall_clock() -> list[Target]:
    """A program that runs believes its machine's clock when that is set."""

    def believing(self: Life) -> datetime:
        return self.process.agenda.now + self.process.clock_offset

    return [(Life, "now", believing)]


@mutant("late-is-long")
def late_is_long() -> list[Target]:
    """An engine meters by when it was woken, and not by its schedule."""
    on_deadline = Engine.on_deadline

    def late(self: Engine, now: datetime) -> Any:
        if self.deadline is not None:
            self._supply.deadline = now
        return on_deadline(self, now)

    return [(Engine, "on_deadline", late)]
