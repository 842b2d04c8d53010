"""What a proof has shown, for people and for programs; and what a failure needs so that it can be looked into.
Knows no screen and no file."""

from collections.abc import Sequence
from typing import Any

from evcharging.proof.many import CRASHING, ProofSummary
from evcharging.proof.nemeses import NEMESES
from evcharging.proof.rare import Rare
from evcharging.proof.run import HEALED_WITHIN, TrialResult
from evcharging.runtime.crash_points import CrashPoint

INVARIANTS = (
    (
        "I1",
        "Billed energy is what the register says, and that the power that flowed over time, to the mWh",
        "at each commit of ledger or journal",
    ),
    ("I2", "A session that gave energy has one bill, never two", "at each bill; none missing at the end"),
    (
        "I3",
        "No energy without a session that was authorised and journalled",
        "at each commit of a journal; none flows on at the end",
    ),
    ("I4", "At most one open session a point; who is accepted has one", "at each commit and each update"),
    ("I5", "One session a request id, one supply a session; another body is refused", "at each commit"),
    (
        "I6",
        "An old Central, an old order and an old word of an engine have no effect",
        "at each commit and each order; each second, of panels and of who was overtaken",
    ),
    (
        "I7",
        "Every driver hears one kind of end, with the bill's figures",
        "at each update; all told, in time and at the end",
    ),
    ("I8", "What was acknowledged is not lost", "at each answer to an operator, and at the end"),
    ("I9", "What is shown is not older than it says", "each second, and at each word of a Central"),
    ("I10", "Only its own end, a hand or its engine's death ends a supply", "at each commit of a journal"),
    ("I11", "The tables follow from the facts, and what Central has in mind from the tables", "at the end"),
    ("I12", "What cannot be true is held, and nothing else is", "at each commit; none dropped at the end"),
    ("I13", "Any client, any bytes: bounded memory", "not here: by tests of frames, links and the HTTP API"),
    (
        "I14",
        f"Within {HEALED_WITHIN} s of healing all is at rest, also after a silence, and each point can be used",
        "at the end",
    ),
    ("I15", "A point or a driver acts for itself alone", "at each report and each update"),
    ("I16", "The same seed gives the same trace", "twice for a sample of seeds"),
    ("I17", "A site counts what its points do, and each bill once", "at each commit, and at the end"),
    (
        "I18",
        "A bill has a line for each price, of what flowed and how long it charged and idled at it",
        "at each commit of ledger or journal",
    ),
    ("I19", "A session's tariff is the version in force when it was authorised", "at each commit"),
    (
        "I20",
        "An engine keeps the limit that it acknowledged, and in the end the one that its operator set",
        "at each word of an engine, at each commit, and at the end",
    ),
    ("I21", "A supply ends when its driver's time is up, Central dead or not", "at each commit of a journal"),
    (
        "I22",
        "Idle time is billed until the vehicle left, or until Central last knew that it was there",
        "at each word of a Central, and each second",
    ),
    ("I23", "Nothing follows from a word whose sender is not proven, or from an order said again", "at each word"),
    ("I24", "A key that was revoked counts nowhere after 5 s", "at each word"),
    (
        "I25",
        "What an operator changes, and what is refused, is noted with who asked, in the same commit",
        "at each commit, and at each answer to an operator",
    ),
    ("I27", "What goes on has one alert, and who is told hears of it in its commit", "at each commit, and at the end"),
    ("I28", "A receiver hears of each alert, under one ID, however often it fails", "at each delivery, and at the end"),
    (
        "I29",
        "Who asks at a site is served once, in turn, by a point that is kept for nobody else, or hears why not",
        "at each commit and each offer, and at the end",
    ),
    ("I30", "No two reservations of a point overlap, and each goes its way to one end", "at each commit"),
    ("I31", "A point that is reserved serves its driver, and nobody else begins there", "at each commit and denial"),
    ("I32", "Who pays a fee cancelled late, or did not come to a point that could serve", "at each commit"),
    ("I33", "A reservation is used once, by energy that flows for its driver", "at each commit"),
    ("I34", "A reservation comes to its end within a minute of its time", "at the end"),
    ("I35", "Who charges before a reservation is told to end before its point is kept", "at each commit"),
    (
        "I36",
        "No circuit carries more than its limit on any phase, of what engines that obey draw",
        "at each word of an engine, and each second",
    ),
    ("I37", "A vehicle that draws more than it is offered, and a circuit over its limit, is so for 6 s", "each second"),
    ("I38", "What is wanted, and a circuit has, is used, to 85 %", "each second, once the faults have stopped"),
    (
        "I39",
        "Every entry of the books adds up to nothing, and so do all; each bill is in them once, in its commit",
        "at each commit, and at the end",
    ),
    (
        "I40",
        "What was billed is captured, by the provider's books and to the cent, or owed; a refund counts once",
        "at the end",
    ),
    (
        "I41",
        "No more is captured than is held, once; of all payments of a session, one at most has money",
        "at each change of the provider's books",
    ),
    (
        "I42",
        "No energy without a hold, nor more than it is told to cover; no bill above it, but for idle time",
        "at each commit of ledger or journal, and each order to begin",
    ),
    ("I43", "Nothing stays held for what is over, nor is it left to the comparison of lists", "at the end"),
    ("I44", "A payment never goes back, and is in the end what the provider has", "at each commit, and at the end"),
    ("I45", "Who is accepted has a hold; who is denied for want of money pays nothing", "at each update; at the end"),
)


def command_of(verdict: TrialResult) -> str:
    """What replays it."""
    return (
        f"evcharging prove --first {verdict.seed} --seeds 1 "
        f"--nemeses {','.join(verdict.nemeses) or 'none'} --chaos {verdict.chaos:g}"
    )


def failure(verdict: TrialResult, commit: str, events: int = 20) -> str:
    """All that is known of one."""
    invariant, sentence = verdict.violation or ("", "nothing failed")
    last = "\n".join(f"  {line[:300]}" for line in verdict.last[-events:])
    return (
        f"Seed {verdict.seed} at commit {commit} violates {invariant}: {sentence}\n"
        f"Nemeses: {', '.join(verdict.nemeses) or 'none'}, for {verdict.chaos:g} s\n"
        f"Last events:\n{last}\n"
        f"Replay: {command_of(verdict)}"
    )


def figures(tally: ProofSummary, *, first: int, seconds: float, commit: str, replayed: int) -> dict[str, Any]:
    """Everything that was counted, as JSON has it."""
    return {
        "commit": commit,
        "first_seed": first,
        "seeds": tally.seeds,
        "events": tally.events,
        "sessions": tally.sessions,
        "seconds": round(seconds, 1),
        "replayed_with_equal_trace": replayed,
        "violations": [
            {"seed": verdict.seed, "invariant": verdict.violation[0], "sentence": verdict.violation[1]}
            for verdict in tally.failures
            if verdict.violation
        ],
        "seeds_by_nemesis": {name: tally.strikes[name] for name in NEMESES},
        "rare_states": {rare.name: tally.rare[rare] for rare in Rare},
        "deaths_at_crash_points": {
            kind: {point.name: tally.crashes[kind, point] for point in CrashPoint} for kind in CRASHING
        },
        "missing": tally.missing(),
    }


def page(shown: dict[str, Any]) -> str:
    """The same for people, as Markdown."""
    return "\n".join(
        [
            "# What the simulation has shown",
            "",
            "Written by `make prove`; the same figures for programs are in [simulation.json](simulation.json).",
            "What it finds when something is broken on purpose: [mutants.md](mutants.md).",
            "",
            *_figures(shown),
            "",
            "## What must hold",
            "",
            *_table(("", "Invariant", "Judged"), INVARIANTS),
            "",
            "## What went wrong",
            "",
            "A random part of these strikes in each seed.",
            "",
            *_strikes(shown["seeds_by_nemesis"]),
            "",
            "## What came about",
            "",
            "Each of these must, or the run has shown nothing.",
            "",
            *_table(("Rare state", "Times"), [(rare, f"{shown['rare_states'][rare.name]:,}") for rare in Rare]),
            "",
            "## Where processes died",
            "",
            *_deaths(shown["deaths_at_crash_points"]),
            "",
        ]
    )


def _figures(shown: dict[str, Any]) -> list[str]:
    return _table(
        ("What", "How many"),
        [
            ("Commit", f"`{shown['commit']}`"),
            ("Seeds", f"{shown['seeds']:,} from {shown['first_seed']}"),
            ("Events", f"{shown['events']:,}"),
            ("Sessions", f"{shown['sessions']:,}"),
            ("Violations", f"{len(shown['violations']):,}"),
            ("Seeds run twice, with equal traces", f"{shown['replayed_with_equal_trace']:,}"),
            ("Seconds", f"{shown['seconds']:,}"),
        ],
    )


def _strikes(seeds: dict[str, int]) -> list[str]:
    return _table(
        ("Nemesis", "What it does", "Seeds"),
        [
            (f"`{name}`", (nemesis.__doc__ or "").splitlines()[0], f"{seeds[name]:,}")
            for name, nemesis in NEMESES.items()
        ],
    )


def _deaths(deaths: dict[str, dict[str, int]]) -> list[str]:
    return _table(
        ("Crash point", *(f"{kind}" for kind in CRASHING)),
        [(f"`{name}`", *(f"{deaths[kind].get(name, 0):,}" for kind in CRASHING)) for name in deaths["central"]],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
