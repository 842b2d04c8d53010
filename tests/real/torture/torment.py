"""Carries a plan out: strikes and brings back, and measures how soon drivers are served again. Knows no verdict."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from evcharging.common.messages import DriverUpdate
from tests.real.torture.plan import Strike
from tests.real.torture.town import CENTRALS, CROWDS, KAFKA, Town
from tests.real.torture.watch import ALL_SHARDS, Recovery, Watch, shard_part

SERVED_WITHIN = 60.0
"""Seconds in which drivers must be served again once the last one is back."""


def parts_of(update: DriverUpdate) -> frozenset[str]:
    """The parts of the network that somebody who charges shows to be in service."""
    crowd, _, _ = update.driver_id.rpartition("-")
    return frozenset({shard_part(update.cp_id), f"fleet {update.cp_id[0]}", crowd})


def parts_hit(victim: str) -> frozenset[str]:
    """The parts that are out of service with it."""
    kind, _, name = victim.partition(" ")
    if kind in ("engine", "monitor"):
        return frozenset({f"fleet {name}"})
    return frozenset({victim}) if victim in CROWDS else ALL_SHARDS


@dataclass
class Torment:
    """What was done to the town, and what came of it."""

    recoveries: list[tuple[Strike, Recovery]] = field(default_factory=list)
    died_alone: list[str] = field(default_factory=list)
    """What ended without having been killed."""

    @property
    def alone(self) -> list[Recovery]:
        """Those that nothing else was felt with."""
        all_of_them = [recovery for _, recovery in self.recoveries]
        return [one for one in all_of_them if not any(one.overlaps(other) for other in all_of_them if other is not one)]


def carry_out(strikes: Sequence[Strike], town: Town, watch: Watch, log: Callable[[str], None]) -> Torment:
    """All of the plan, and then wait until drivers are served everywhere."""
    torment = Torment()
    with ThreadPoolExecutor(1) as helper:
        hand = _Hand(town, watch, torment, helper)
        steps = [(each.at, False, each) for each in strikes] + [(each.back, True, each) for each in strikes]
        began = time.monotonic()
        for at, is_back, strike in sorted(steps, key=lambda step: step[0]):
            time.sleep(max(0.0, began + at - time.monotonic()))
            if is_back:
                hand.bring_back(strike)
            else:
                log(f"{strike.number:>4}/{len(strikes)}  {time.monotonic() - began:4.0f} s  {strike}")
                hand.strike(strike)
        hand.finish()
    end = time.monotonic() + SERVED_WITHIN
    while watch.waiting and time.monotonic() < end:
        time.sleep(0.1)
    return torment


class _Hand:
    """Strikes and brings back. Kafka takes seconds to start, which keep nobody else waiting."""

    def __init__(self, town: Town, watch: Watch, torment: Torment, helper: ThreadPoolExecutor) -> None:
        self._town = town
        self._watch = watch
        self._torment = torment
        self._helper = helper
        self._starting: Future[None] | None = None
        self._away: set[str] = set()
        self._struck_at: dict[int, float] = {}

    def strike(self, strike: Strike) -> None:
        """Kill it, or let it stand still."""
        name = strike.victim
        if name == KAFKA:
            self.finish()
        victim = self._town.victim(name)
        if not victim.is_running:
            self._torment.died_alone.append(name)
        self._struck_at[strike.number] = time.time()
        if name in CENTRALS and not self._away & set(CENTRALS):
            self._measure(strike)  # the other one is to take over
        self._away.add(name)
        if strike.is_kill:
            victim.kill()
        else:
            victim.pause()

    def bring_back(self, strike: Strike) -> None:
        """Start it again, or let it go on."""
        name, victim = strike.victim, self._town.victim(strike.victim)
        self._away.discard(name)
        if not strike.is_kill:
            victim.resume()
        elif name == KAFKA:
            self._starting = self._helper.submit(self._start_kafka, strike)
            return
        else:
            victim.start()
        if not any(strike is seen for seen, _ in self._torment.recoveries):
            self._measure(strike)

    def finish(self) -> None:
        """Wait until Kafka serves, if it is being started."""
        if self._starting is not None:
            self._starting.result()

    def _start_kafka(self, strike: Strike) -> None:
        self._town.broker.start()
        self._measure(strike)

    def _measure(self, strike: Strike) -> None:
        recovery = self._watch.await_service(parts_hit(strike.victim), self._struck_at[strike.number])
        self._torment.recoveries.append((strike, recovery))
