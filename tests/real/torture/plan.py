"""Who is struck when, how, and for how long: chosen by a seed. Knows no program."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

KINDS = {"central": 5, "engine": 4, "monitor": 3, "driver": 3, "kafka": 1, "postgres": 3}
"""How often each kind of victim is killed, beside the others; each kind is killed once at least."""

KILLS_A_PAUSE = 4
DOWN = (0.2, 4.0)
"""Seconds until a killed one is started again."""

PAUSED = (0.5, 12.0)
LONG = (8.0, 12.0)
"""Seconds that one stands still; and those that are longer than Kafka waits for a Central, as the first pause is."""

GAPS = ((0.1, 1.0), (5.0, 9.0), (5.0, 9.0), (5.0, 9.0))
"""Seconds between two strikes; of four gaps one is so short that the next strike hits what still recovers."""

SPARED = {"kafka": 30.0}
"""Seconds in which one is not struck again, where that is longer than a moment: without Kafka nothing can be seen."""


@dataclass(frozen=True)
class Strike:
    """One victim killed (or paused) at `at`, and started again (or let go on) at `back`: seconds from the beginning."""

    number: int
    kind: str
    victim: str
    is_kill: bool
    at: float
    back: float

    def __str__(self) -> str:
        done = "kill" if self.is_kill else "pause"
        return f"{done} {self.victim} for {self.back - self.at:.1f} s"


def plan(seed: int, kills: int, victims: Mapping[str, Sequence[str]]) -> list[Strike]:
    """Strikes in order of time; `victims` by kind. The same arguments give the same plan."""
    chance = Random(seed)
    strikes: list[Strike] = []
    free_from: dict[str, float] = {}
    at = 0.0
    for number, (kind, is_kill) in enumerate(_blows(chance, kills), 1):
        at += chance.uniform(*chance.choice(GAPS))
        victim = chance.choice([*victims[kind]])
        at = max(at, free_from.get(victim, 0.0))
        is_first_pause = not is_kill and all(strike.is_kill for strike in strikes)
        back = at + chance.uniform(*(DOWN if is_kill else LONG if is_first_pause else PAUSED))
        strikes.append(Strike(number, kind, victim, is_kill, at, back))
        free_from[victim] = back + SPARED.get(kind, 1.0)
    return strikes


def _blows(chance: Random, kills: int) -> Iterator[tuple[str, bool]]:
    """Kinds of victims, and whether they are killed. The first pause is a Central's."""
    kinds = [*KINDS]
    others = max(0, kills - len(kinds))
    killed = [*islice(kinds, kills), *chance.choices(kinds, [*KINDS.values()], k=others)]
    paused = ["central", *chance.choices(kinds, [*KINDS.values()], k=max(1, kills // KILLS_A_PAUSE) - 1)]
    chance.shuffle(killed)
    blows = [True] * len(killed) + [False] * len(paused)
    chance.shuffle(blows)
    for is_kill in blows:
        yield (killed if is_kill else paused).pop(0), is_kill
