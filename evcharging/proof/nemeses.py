"""All that goes wrong, by name. Knows no invariant."""

from collections.abc import Callable
from random import Random

from evcharging.proof import (
    alerts,
    bookers,
    deadlines,
    deaths,
    engines,
    idle,
    limits,
    payers,
    people,
    queues,
    strangers,
    thieves,
    vehicles,
    weathers,
)
from evcharging.proof.world import World

Nemesis = Callable[[World, Random, float], None]
"""Given a world, a chance of its own, and for how many seconds it may strike, it plans its strikes into the agenda."""

OF_PAYMENTS: dict[str, Nemesis] = {
    "provider-away": payers.provider_away,
    "late-answers": payers.late_answers,
    "shuffled-events": payers.shuffled_events,
    "refunds": payers.refunds,
    "lost-outcomes": payers.lost_outcomes,
}
"""Those that do nothing in a world without payments."""

NEMESES: dict[str, Nemesis] = {
    "kill-central": deaths.kill_central,
    "kill-engine": deaths.kill_engine,
    "kill-monitor": deaths.kill_monitor,
    "kill-driver": deaths.kill_driver,
    "crash-points": deaths.crash_points,
    "good-ends": deaths.good_ends,
    "pauses": deaths.pauses,
    "standstills": deaths.standstills,
    "skew": deaths.skew,
    "clock-steps": deaths.clock_steps,
    "drift": deaths.drift,
    "lost": weathers.lost,
    "doubled": weathers.doubled,
    "delayed": weathers.delayed,
    "outages": weathers.outages,
    "rebalances": weathers.rebalances,
    "slow-commits": weathers.slow_commits,
    "ledger-away": weathers.ledger_away,
    "lost-answers": weathers.lost_answers,
    "full-disks": weathers.full_disks,
    "torn-journals": weathers.torn_journals,
    "cut-links": weathers.cut_links,
    "operators": people.operators,
    "prices": people.prices,
    "settlements": people.resolutions,
    "hands": people.hands,
    "repeats": strangers.repeats,
    "twins": strangers.twins,
    "replays": strangers.replays,
    "liars": strangers.liars,
    "impostors": strangers.impostors,
    "far-futures": strangers.far_futures,
    "clock-jumps": deaths.clock_jumps,
    "deaf": engines.deaf,
    "silent-readings": engines.silent_readings,
    "journals-lost": engines.journals_lost,
    "second-engines": engines.second_engines,
    "limits": limits.limits,
    "hurries": deadlines.hurries,
    "vehicles": vehicles.vehicles,
    "rebels": vehicles.rebels,
    "idlers": idle.idlers,
    "thieves": thieves.thieves,
    "ends": people.ends,
    "receivers": alerts.receivers,
    "leavers": queues.leavers,
    "bookers": bookers.bookers,
    **OF_PAYMENTS,
}
