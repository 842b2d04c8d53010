"""What can be played in a lab: sets of deeds, each so many seconds after the one before, as data. Knows no part."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evcharging.apps.ev_central.lab import LabScenario


class Scene(StrEnum):
    """What is done in one step. The second half undoes what the first did, in this scenario alone."""

    DRIVERS_COME = "drivers come"
    SITE_IS_CUT = "links of a site are cut"
    ENGINES_BREAK = "engines break"
    ENGINES_DIE = "engines die"
    CENTRAL_DIES = "Central dies"
    DRIVERS_GO = "drivers go"
    LINKS_ARE_RESTORED = "links are restored"
    ENGINES_ARE_MENDED = "engines are mended"
    ENGINES_BEGIN_AGAIN = "engines begin again"
    CENTRAL_BEGINS_AGAIN = "Central begins again"


UNDOES: Final = {
    Scene.DRIVERS_GO: Scene.DRIVERS_COME,
    Scene.LINKS_ARE_RESTORED: Scene.SITE_IS_CUT,
    Scene.ENGINES_ARE_MENDED: Scene.ENGINES_BREAK,
    Scene.ENGINES_BEGIN_AGAIN: Scene.ENGINES_DIE,
    Scene.CENTRAL_BEGINS_AGAIN: Scene.CENTRAL_DIES,
}
"""Which step undoes which."""


@dataclass(frozen=True, slots=True)
class SceneStep:
    """One step, in seconds of the network after the one before."""

    scene: Scene
    after_s: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario: what it is called, what it does in a sentence, and its steps."""

    title: str
    text: str
    steps: tuple[SceneStep, ...]

    @property
    def seconds(self) -> int:
        """How long it takes."""
        return sum(step.after_s for step in self.steps)


BUSIEST: Final = 200
"""Drivers who come for a busy evening, at most."""

SCRIPTS: Final = {
    "busy-evening": Script(
        "A busy evening",
        "Twice as many drivers as there are points, 200 at most, ask every 2 s for 60 s; then they go",
        (SceneStep(Scene.DRIVERS_COME), SceneStep(Scene.DRIVERS_GO, 60)),
    ),
    "site-offline": Script(
        "A site loses its network",
        "Links of the first site to Central are cut for 30 s; without sites, those of the first half of the points",
        (SceneStep(Scene.SITE_IS_CUT), SceneStep(Scene.LINKS_ARE_RESTORED, 30)),
    ),
    "central-dies": Script(
        "Central dies",
        "Central is killed, and begins again from its ledger 10 s later",
        (SceneStep(Scene.CENTRAL_DIES), SceneStep(Scene.CENTRAL_BEGINS_AGAIN, 10)),
    ),
    "engines-die": Script(
        "Engines die during a charge",
        "A quarter of all engines, those that supply first, are killed, and begin again from their journal 10 s later",
        (SceneStep(Scene.ENGINES_DIE), SceneStep(Scene.ENGINES_BEGIN_AGAIN, 10)),
    ),
    "faults": Script(
        "Faults everywhere",
        "Every tenth engine reports a fault, and is mended 20 s later",
        (SceneStep(Scene.ENGINES_BREAK), SceneStep(Scene.ENGINES_ARE_MENDED, 20)),
    ),
    "worst-day": Script(
        "All of it at once",
        "Drivers come; a site loses its network, engines die, and Central dies; then all comes back, one by one",
        (
            SceneStep(Scene.DRIVERS_COME),
            SceneStep(Scene.SITE_IS_CUT, 10),
            SceneStep(Scene.ENGINES_DIE, 5),
            SceneStep(Scene.CENTRAL_DIES, 5),
            SceneStep(Scene.CENTRAL_BEGINS_AGAIN, 10),
            SceneStep(Scene.ENGINES_BEGIN_AGAIN, 5),
            SceneStep(Scene.LINKS_ARE_RESTORED, 5),
            SceneStep(Scene.DRIVERS_GO, 10),
        ),
    ),
}
"""All scenarios, by their IDs."""


def scenarios() -> list[LabScenario]:
    """All of them, as they are shown."""
    return [LabScenario(key, script.title, script.text, script.seconds) for key, script in SCRIPTS.items()]
