"""The whole of it: begin, torment, bring to rest, gather, judge."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evcharging.tests.stages.postgres import Postgres
from tests.real.stack import LINE, ROOT
from tests.real.torture.gather import gather
from tests.real.torture.judge import Evidence, Finding, Kind, judge
from tests.real.torture.on_kafka import message_count
from tests.real.torture.plan import Strike, plan
from tests.real.torture.torment import SERVED_WITHIN, Torment, carry_out, parts_of
from tests.real.torture.town import CENTRALS, VICTIMS, Town
from tests.real.torture.watch import SHARDS, Watch
from tools.broker.broker import Broker

LogLine = Callable[[str], None]
FENCED = "leaving that to the other process"


@dataclass(frozen=True)
class Outcome:
    """What was done and found. `messages` went through Kafka in the `seconds` of the plan; `rest_s` is how long it took
    until all was at rest; `audit` is what `evcharging audit` said at last; `fenced` is how often a Central that woke
    found that another one had taken over."""

    strikes: Sequence[Strike]
    torment: Torment
    evidence: Evidence
    findings: Sequence[Finding]
    messages: int
    seconds: float
    rest_s: float
    audit: str
    fenced: int


def torture(folder: Path, broker: Broker, postgres: Postgres, seed: int, kills: int, log: LogLine) -> Outcome:
    """Run a plan's kills on a town in this folder; raises AssertionError where it does not come to rest."""
    strikes = plan(seed, kills, VICTIMS)
    with Town(folder, broker, postgres) as town:
        log("Starting two Centrals, and fleets of engines, monitors and drivers")
        town.begin()
        torment, messages, seconds = _torment(strikes, town, log)
        log("All runs again; waiting until all is at rest")
        rest_s = town.end()
        log("Reading ledger, journals and Kafka")
        evidence = gather(town)
        audit = _audit(town)
        findings = [*judge(evidence), *_of_programs(town, torment), *_of_audit(audit)]
        if findings:
            _keep_ledger(town)
        fenced = sum(len(town[name].said(FENCED)) for name in CENTRALS)
    said = (audit.stdout.strip().splitlines() or [""])[-1]
    return Outcome(strikes, torment, evidence, findings, messages, seconds, rest_s, said, fenced)


def _torment(strikes: Sequence[Strike], town: Town, log: LogLine) -> tuple[Torment, int, float]:
    before, began = message_count(town.broker.bootstrap, SHARDS), time.monotonic()
    with Watch(town.broker.bootstrap, parts_of) as watch:
        torment = carry_out(strikes, town, watch, log)
    return torment, message_count(town.broker.bootstrap, SHARDS) - before, time.monotonic() - began


def _of_programs(town: Town, torment: Torment) -> Iterator[Finding]:
    """None ends by itself or says what it should not, and everybody is served again."""
    for name in torment.died_alone:
        yield Finding(Kind.WRONG, f"{name} ended without having been killed")
    for strike, recovery in torment.recoveries:
        if recovery.seconds is None:
            left = ", ".join(sorted(recovery.left))
            yield Finding(
                Kind.WRONG, f"Not served again within {SERVED_WITHIN:g} s after strike {strike.number}: {left}"
            )
    for program in town.programs.values():
        for line in program.lines:
            if not LINE.fullmatch(line):
                yield Finding(Kind.WRONG, f"{program.name} said: {line[:200]}")


def _audit(town: Town) -> "subprocess.CompletedProcess[str]":
    journals = [word for path in town.journals for word in ("--journal", str(path))]
    command = [sys.executable, "-m", "evcharging.apps.ops.audit", "--db-url", town.ledger_url, *journals]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _keep_ledger(town: Town) -> None:
    """Leave a copy with the logs and journals, so that what was found can be looked into."""
    copy = f"sqlite:///{town.folder / 'ledger.db'}"
    command = [sys.executable, "-m", "evcharging.apps.ops.move_ledger", "--from", town.ledger_url, "--to", copy]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def _of_audit(audit: "subprocess.CompletedProcess[str]") -> Iterator[Finding]:
    if audit.returncode:
        said = (audit.stdout + audit.stderr).strip()[-500:]
        yield Finding(Kind.WRONG, f"`evcharging audit` ends with {audit.returncode}: {said}")
