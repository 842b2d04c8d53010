"""All five parts, one after another, in one place. Knows no screen."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.real.breakin.database import Theft, break_in, search
from tests.real.breakin.effects import Effects, Thieves
from tests.real.breakin.findings import LogLine
from tests.real.breakin.guesses import SLOWEST_MS, Guessing, guess
from tests.real.breakin.names import APART_MS, Guesses, guess_names
from tests.real.breakin.place import Place
from tests.real.breakin.revoked import Revocations, Revoker
from tools.broker.broker import Broker


@dataclass(frozen=True)
class Tries:
    """How often each part tries; `p99_ms` and `apart_ms` are what may be measured at most."""

    things: int = 10_000
    passwords: int = 10_000
    ids: int = 1_000
    values: int = 1_000
    p99_ms: float = SLOWEST_MS
    apart_ms: float = APART_MS


@dataclass(frozen=True)
class Outcome:
    """What all parts have shown."""

    effects: Effects
    guessing: Guessing
    names: Guesses
    theft: Theft
    clear_text: Theft
    revocations: Revocations
    seconds: float

    @property
    def findings(self) -> list[str]:
        """All that should not be, in sentences."""
        return [what for part in self.parts() for what in part]

    def parts(self) -> Iterator[list[str]]:
        """The findings of each part."""
        for part in (self.effects, self.guessing, self.names, self.theft, self.clear_text, self.revocations):
            yield part.tally.findings


def breakin(folder: Path, broker: Broker, tries: Tries, log: LogLine) -> Outcome:
    """Try all in this folder; raises AssertionError, or fails, where a part cannot be tried."""
    began = time.monotonic()
    with Place(folder, broker) as place:
        log("Starting a secured Central, two points, and a driver")
        place.begin()
        effects = Thieves(place, log).steal(tries.things)
        guessing = guess(place, tries.passwords, log, tries.p99_ms)
        place.rest()
        names = guess_names(place, tries.ids, log, tries.apart_ms)
        theft = break_in(place, tries.values, log)
        revocations = Revoker(place, log).revoke_all()
        for program in place.programs.values():
            program.stop()
        clear_text = search(place, log)
    return Outcome(effects, guessing, names, theft, clear_text, revocations, time.monotonic() - began)
