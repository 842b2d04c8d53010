"""What the break-in has shown, for people and for programs. Knows no screen and no file."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.real.breakin.run import Outcome


def figures(outcome: Outcome, *, commit: str) -> dict[str, Any]:
    """Everything that was counted, as JSON has it."""
    effects, guessing, names = outcome.effects, outcome.guessing, outcome.names
    return {
        "commit": commit,
        "seconds": round(outcome.seconds),
        "false_things": effects.tally.count,
        "effects": effects.effects,
        "set_aside_on_kafka": effects.set_aside,
        "refusals_kept": effects.refusals,
        "kinds": dict(sorted(effects.tally.tried.items())),
        "passwords": {
            "guesses": guessing.guesses,
            "a_second": round(guessing.guesses / guessing.seconds),
            "held_up": round(guessing.held_up, 4),
            "others_asked": guessing.asked,
            "others_p50_ms": round(guessing.p50_ms, 1),
            "others_p99_ms": round(guessing.p99_ms, 1),
            "charges_meanwhile": guessing.charges,
        },
        "ids": {"guesses": names.guesses, "medians_apart_ms": round(names.apart_ms, 2)},
        "stolen_database": {
            "values": outcome.theft.values,
            "tries": outcome.theft.tally.count,
            "secrets": outcome.clear_text.secrets,
            "files": outcome.clear_text.files,
        },
        "revoked_s": outcome.revocations.took,
        "findings": outcome.findings,
    }


def summary(shown: dict[str, Any]) -> str:
    """A few lines for a screen."""
    passwords, stolen = shown["passwords"], shown["stolen_database"]
    return "\n".join(
        [
            f"{shown['false_things']:,} false things: {shown['effects']:,} effects, "
            f"{shown['refusals_kept']:,} refusals kept",
            f"{passwords['guesses']:,} passwords guessed, {passwords['held_up']:.2%} held up; "
            f"others wait {passwords['others_p99_ms']:.0f} ms at p99",
            f"{shown['ids']['guesses']:,} IDs guessed: medians are {shown['ids']['medians_apart_ms']:.2f} ms apart",
            f"{stolen['values']:,} values of the database tried {stolen['tries']:,} times; "
            f"{stolen['secrets']} secrets looked for in {stolen['files']} files",
            f"what is revoked is refused after {max(shown['revoked_s'].values(), default=0):.1f} s at the latest",
            f"{len(shown['findings'])} findings in {shown['seconds']} s",
        ]
    )


def page(shown: dict[str, Any]) -> str:
    """The same for people, as Markdown."""
    return "\n".join(
        [
            "# What the break-in has shown",
            "",
            "Written by `python -m tests.real.breakin --report docs/proof`; the same figures for programs are in",
            "[access.json](access.json). Real programs over a real Kafka, secured, with SQLite; thieves have all that",
            "goes over Kafka, what was said on one earlier link, everybody's ID, and what was used before.",
            "",
            *_table(("What", "Goal", "Seen"), list(_rows(shown))),
            "",
            "## How soon what is revoked is refused",
            "",
            *_table(("What, and where", "Seconds"), list(shown["revoked_s"].items())),
            "",
            "## What was tried",
            "",
            *_table(("False thing", "Times"), [(kind, f"{times:,}") for kind, times in shown["kinds"].items()]),
            "",
        ]
    )


def _rows(shown: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    passwords, stolen, findings = shown["passwords"], shown["stolen_database"], shown["findings"]
    yield "Commit", "", f"`{shown['commit']}`"
    yield "Seconds", "", f"{shown['seconds']:,}"
    yield "False things on links, on Kafka and over HTTP", "10,000", f"{shown['false_things']:,}"
    yield "Effects of them", "0", f"{shown['effects']:,}"
    yield "Messages on Kafka that Central set aside", "", f"{shown['set_aside_on_kafka']:,}"
    yield "Refusals that were kept of all that", "bounded", f"{shown['refusals_kept']:,}"
    yield "Passwords guessed", "10,000", f"{passwords['guesses']:,}, {passwords['a_second']:,} a second"
    yield "Held up by the limiter", "≥ 99 %", f"{passwords['held_up']:.2%}"
    yield "p99 of an operator and a driver meanwhile", "≤ 250 ms", f"{passwords['others_p99_ms']:,} ms"
    yield "p50 of the same", "", f"{passwords['others_p50_ms']:,} ms of {passwords['others_asked']:,}"
    yield "Charges over Kafka that ended meanwhile", "", f"{passwords['charges_meanwhile']:,}"
    yield "IDs of points guessed, by each of three", "1,000", f"{shown['ids']['guesses']:,}"
    yield "Medians of the answers' times apart", "≤ 5 ms", f"{shown['ids']['medians_apart_ms']:,} ms"
    yield "Values of a stolen database, each tried as all that lets in", "", f"{stolen['values']:,}"
    yield "Tries with them, all refused", "", f"{stolen['tries']:,}"
    yield "Secrets looked for in logs and data", "none there", f"{stolen['secrets']:,} in {stolen['files']:,} files"
    yield "Findings", "0", f"{len(findings):,}"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    return [f"| {' | '.join(map(str, row))} |" for row in (head, ["---"] * len(head), *rows)]
