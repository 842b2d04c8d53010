"""What the torture has shown, for people and for programs. Knows no screen and no file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any

from tests.real.torture.judge import Evidence, Kind
from tests.real.torture.plan import KINDS
from tests.real.torture.run import Outcome
from tests.real.torture.watch import Recovery

HOW_THEY_END = ("completed", "failed", "denied")
SHARES = {"p50": 0.5, "p99": 0.99}


def figures(outcome: Outcome, *, seed: int, commit: str) -> dict[str, Any]:
    """Everything that was counted, as JSON has it; recoveries in seconds."""
    evidence = outcome.evidence
    off = sum(finding.mwh for finding in outcome.findings)
    counts = Counter(finding.kind for finding in outcome.findings)
    return {
        "commit": commit,
        "seed": seed,
        "kills": sum(strike.is_kill for strike in outcome.strikes),
        "pauses": sum(not strike.is_kill for strike in outcome.strikes),
        "seconds": round(outcome.seconds, 1),
        "messages": outcome.messages,
        "messages_per_second": round(outcome.messages / outcome.seconds),
        "sessions": len(evidence.ledger.sessions),
        "tickets": len(evidence.ledger.bills),
        "delivered_mwh": sum(evidence.registers.values()),
        "lost": counts[Kind.LOST],
        "doubled": counts[Kind.DOUBLED],
        "off_mwh": off,
        "otherwise_wrong": counts[Kind.WRONG],
        "requests": _requests(evidence),
        "consoles": _consoles(evidence),
        "centrals_fenced": outcome.fenced,
        "recovery_s": _times([recovery for _, recovery in outcome.torment.recoveries]),
        "alone": {"strikes": len(outcome.torment.alone), "recovery_s": _times(outcome.torment.alone)},
        "victims": {kind: _victims(kind, outcome) for kind in KINDS},
        "rest_s": round(outcome.rest_s, 1),
        "audit": outcome.audit,
        "findings": [finding.text for finding in outcome.findings],
    }


def _requests(evidence: Evidence) -> dict[str, int]:
    ends = Counter(status.value.lower() for said in evidence.kafka.ends.values() for status in said)
    return {"asked": len(evidence.kafka.asked), **{end: ends[end] for end in HOW_THEY_END}}


def _consoles(evidence: Evidence) -> dict[str, int]:
    """Of tickets: how many a console showed, showed again after a death, and did not show before one."""
    shown = Counter(line.split("🎫 ")[1].split(" ")[0] for line in evidence.tickets)
    return {
        "shown": len(shown),
        "shown_again": shown.total() - len(shown),
        "not_shown": len(evidence.ledger.bills.keys() - shown.keys()),
    }


def _victims(kind: str, outcome: Outcome) -> dict[str, Any]:
    struck = [strike for strike in outcome.strikes if strike.kind == kind]
    recoveries = [recovery for strike, recovery in outcome.torment.recoveries if strike.kind == kind]
    kills = sum(strike.is_kill for strike in struck)
    return {"kills": kills, "pauses": len(struck) - kills, "recovery_s": _times(recoveries)}


def _times(recoveries: Sequence[Recovery]) -> dict[str, float]:
    times = sorted(recovery.seconds for recovery in recoveries if recovery.seconds is not None)
    return {name: round(times[ceil(share * len(times)) - 1], 1) for name, share in SHARES.items() if times}


def summary(shown: dict[str, Any]) -> str:
    """A few lines for a screen."""
    times, wrong = shown["recovery_s"], shown["otherwise_wrong"]
    kills = ", ".join(f"{kind} {of['kills']}" for kind, of in shown["victims"].items())
    return "\n".join(
        [
            f"lost {shown['lost']:,}, doubled {shown['doubled']:,}, off {shown['off_mwh']:,} mWh"
            + (f", otherwise wrong {wrong:,}" if wrong else ""),
            f"{shown['sessions']:,} sessions, {shown['tickets']:,} tickets",
            f"{shown['messages']:,} messages in {shown['seconds']:,.0f} s: {shown['messages_per_second']:,}/s",
            f"{shown['kills']} kills ({kills}), {shown['pauses']} pauses; "
            f"Centrals that woke and were fenced: {shown['centrals_fenced']}",
            f"drivers are served again after p50 {times.get('p50')} s, p99 {times.get('p99')} s",
            f"audit: {shown['audit']}",
        ]
    )


def page(shown: dict[str, Any]) -> str:
    """The same for people, as Markdown."""
    victims = [
        (kind, of["kills"], of["pauses"], *(of["recovery_s"].get(name, "") for name in SHARES))
        for kind, of in shown["victims"].items()
    ]
    return "\n".join(
        [
            "# What the torture has shown",
            "",
            "Written by `make torture`; the same figures for programs are in [torture.json](torture.json).",
            "[How it is proved](README.md#killing-real-programs) says what is judged and measured.",
            "",
            *_table(("What", "Seen"), list(_rows(shown))),
            "",
            "## Who was struck",
            "",
            *_table(("Victim", "Kills", "Pauses", "Served again after: p50 (s)", "p99 (s)"), victims),
            "",
        ]
    )


def _rows(shown: dict[str, Any]) -> Iterator[tuple[str, str]]:
    requests, consoles, times = shown["requests"], shown["consoles"], shown["recovery_s"]
    yield "Commit", f"`{shown['commit']}`"
    yield "Seed", f"{shown['seed']}"
    yield "Lost", f"{shown['lost']:,}"
    yield "Doubled", f"{shown['doubled']:,}"
    yield "Off", f"{shown['off_mwh']:,} mWh of {shown['delivered_mwh']:,}"
    yield "Otherwise wrong", f"{shown['otherwise_wrong']:,}"
    yield "Kills, and pauses", f"{shown['kills']:,}, and {shown['pauses']:,}"
    yield "Seconds", f"{shown['seconds']:,}"
    yield "Messages on Kafka meanwhile", f"{shown['messages']:,}: {shown['messages_per_second']:,}/s"
    yield "Requests", f"{requests['asked']:,}: " + ", ".join(f"{requests[end]:,} {end}" for end in HOW_THEY_END)
    yield "Sessions, and tickets", f"{shown['sessions']:,}, and {shown['tickets']:,}"
    yield "Tickets that consoles showed", f"{consoles['shown']:,}, and {consoles['shown_again']:,} of them once more"
    yield "Tickets of drivers who died just then", f"{consoles['not_shown']:,}"
    yield "Centrals that woke and were fenced", f"{shown['centrals_fenced']:,}"
    yield "Drivers served again after", f"p50 {times.get('p50')} s, p99 {times.get('p99')} s"
    alone = shown["alone"]["recovery_s"]
    yield (
        f"The same of {shown['alone']['strikes']} strikes that nothing else was felt with",
        f"p50 {alone.get('p50')} s, p99 {alone.get('p99')} s",
    )
    yield "`evcharging audit` at the end", shown["audit"]


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    return [f"| {' | '.join(map(str, row))} |" for row in (head, ["---"] * len(head), *rows)]
