"""One seed from beginning to end: chaos, with safety judged at every event, then healing and rest. Knows no screen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

from evcharging.proof import energy, limits, payers, power, probe, seldom, seldom_paid, sharing, silence, sometimes
from evcharging.proof.agenda import Endless
from evcharging.proof.events import Event, Rested
from evcharging.proof.heal import go_home, heal, is_at_rest
from evcharging.proof.house import House
from evcharging.proof.invariants import Violation, judge, judge_by, judge_now, judge_settled
from evcharging.proof.links import AGAIN, PATIENCE
from evcharging.proof.nemeses import NEMESES, OF_PAYMENTS
from evcharging.proof.process import Process
from evcharging.proof.world import World

HEALED_WITHIN = 120
"""Seconds in which everything comes to rest once the faults have stopped."""

SHARED_WITHIN = 240
"""The same where circuits are shared: little flows then, and some wait for others."""

FAILED = "nothing breaks off"
"""Stands for an invariant where the run itself failed."""

LINKED_AGAIN = int(PATIENCE + AGAIN) + 1
"""Seconds after which a link that hung is given up and opened again: until then, rest does not last."""

NO_REST = "I14"

PAID_LIKELY = 0.4
"""How likely a nemesis of payments is, of which most worlds have none."""

STAY = 10
"""Seconds that drivers stay at most once the faults have stopped."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: a seed and, where it is not as the seed says, which nemeses strike and for how many seconds."""

    seed: int
    nemeses: tuple[str, ...] | None = None
    chaos: float | None = None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of it. `rare` and `crashes` count what came about; `violation` is the invariant and the sentence, and
    `last` are the last events before it."""

    seed: int
    nemeses: tuple[str, ...]
    chaos: float
    events: int
    sessions: int
    trace: str
    rare: dict[str, int]
    crashes: dict[tuple[str, str], int]
    violation: tuple[str, str] | None = None
    last: tuple[str, ...] = ()


def choose(seed: int) -> tuple[tuple[str, ...], float]:
    """The nemeses of a seed, and for how long they strike."""
    chance = Random(f"{seed}/trial")
    likely = chance.choice((0.1, 0.2, 0.4))
    chosen = [name for name in NEMESES if name not in OF_PAYMENTS and chance.random() < likely]
    seconds = round(chance.uniform(20, 50), 1)
    return (*chosen, *(name for name in OF_PAYMENTS if chance.random() < PAID_LIKELY)), seconds


def prove(trial: Trial, broke_off: Callable[[Exception], None] = lambda error: None) -> TrialResult:
    """Let it happen, and judge it; `broke_off` is told of an error that ended it."""
    nemeses, chaos = choose(trial.seed)
    nemeses = nemeses if trial.nemeses is None else trial.nemeses
    chaos = chaos if trial.chaos is None else trial.chaos
    world = World(trial.seed)
    violation = None
    try:
        _live(world, nemeses, chaos)
    except Violation as error:
        violation = (error.invariant, error.sentence)
    except Endless as error:
        violation = (NO_REST, str(error))
    except Exception as error:
        # Whatever it is, a seed that breaks off has failed, and the others go on.
        violation = (FAILED, f"{type(error).__name__}: {error}")
        broke_off(error)
    finally:
        world.close()
    evidence = world.evidence
    return TrialResult(
        seed=trial.seed,
        nemeses=nemeses,
        chaos=chaos,
        events=world.agenda.events,
        sessions=len(evidence.sessions),
        trace=evidence.hash.hexdigest(),
        rare={str(rare): count for rare, count in world.rare.items()},
        crashes={(kind, str(point)): count for (kind, point), count in world.crashes.items()},
        violation=violation,
        last=tuple(evidence.last) if violation else (),
    )


def _live(world: World, nemeses: tuple[str, ...], chaos: float) -> None:
    world.evidence.judge = partial(_judge, world)
    sometimes.watch(world)
    limits.watch(world)
    _nurse(world)
    for house in world.houses:
        world.processes[house.name].rested = partial(_look_into, world, house)
    power.equip(world, nemeses)
    payers.equip(world, nemeses)
    for name in nemeses:
        NEMESES[name](world, Random(f"{world.seed}/{name}"), chaos)
    world.begin()
    _let_pass(world, chaos)
    heal(world)
    for second in range(SHARED_WITHIN if world.draws.circuits.trees else HEALED_WITHIN):
        if second % STAY == 0:
            go_home(world)
        _let_pass(world, 1)
        if second == STAY - 1:
            judge_by(world, energy.i3_nobody_charges_whose_session_is_over)
        if second >= LINKED_AGAIN and is_at_rest(world):
            break
    judge_settled(world)
    _fall_silent(world)
    judge_settled(world)
    probe.ask_everywhere(world)
    for _ in range(probe.USED_WITHIN):
        _let_pass(world, 1)
        judge_by(world, sharing.i38_what_is_wanted_and_can_be_had_is_used)
        if probe.is_answered(world):
            break
    judge_by(world, probe.i14_each_point_can_be_used)


def _fall_silent(world: World) -> None:
    """No shard is heard of for a while, and then all are; nothing else happens."""
    silence.fall_silent(world)
    for _ in _seconds(world, silence.LASTS):
        pass
    for _ in _seconds(world, silence.BELIEVED_WITHIN):
        if is_at_rest(world):
            break


def _judge(world: World, event: Event) -> None:
    judge(world, event)
    sometimes.notice(world, event)
    seldom.notice(world, event)
    seldom_paid.notice(world, event)


def _look_into(world: World, house: House) -> None:
    for cp_id in house.cp_ids:
        judge(world, Rested(cp_id))


def _nurse(world: World) -> None:
    """Whoever dies is started again, after a while."""
    chance = Random(f"{world.seed}/nurse")

    def on_death(dead: Process) -> None:
        world.agenda.after(chance.uniform(0.1, 5), dead.start)

    for process in world.processes.values():
        process.on_death.append(on_death)


def _let_pass(world: World, seconds: float) -> None:
    """Let time pass, and look each second for what is rare."""
    for _ in _seconds(world, seconds):
        sometimes.look(world)


def _seconds(world: World, seconds: float) -> Iterator[None]:
    """Time that passes; once each second is over, how things stand is judged."""
    until = world.agenda.now + timedelta(seconds=seconds)
    while world.agenda.now < until:
        world.agenda.run_until(min(until, world.agenda.now + timedelta(seconds=1)))
        judge_now(world)
        yield
