"""Crash points by setting: harmless where none is named; real programs die there in tests/real/test_crash_points.py."""

import os
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_cp_e.main import main as engine
from evcharging.apps.shell.crashing import KILLED, crashing, crashing_provider
from evcharging.apps.shell.logs import LogLine
from evcharging.apps.shell.program import CannotStart
from evcharging.common.messages_payments import ProviderDue
from evcharging.domain.provider import ProviderOutcome, done
from evcharging.runtime.crash_points import CrashPoint
from evcharging.tests.stages.scenario import T0

POINTS = "CLAIM, CLAIMED, UNSENT, COMMIT, COMMITTED, PUBLISH, PUBLISHED, SENT, DONE, ORDERED, CALLED, HEARD"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def log(said: list[str]) -> LogLine:
    def note(level: str, text: str) -> None:
        said.append(text)

    return note


def test_where_no_crash_point_is_named_store_and_bus_are_as_they_were(log: LogLine) -> None:
    store, bus = MemoryStore(), MemoryBus(8)
    assert crashing(None, store, bus, log) == (store, bus)


def test_a_crash_point_that_there_is_not_is_refused_with_those_that_there_are(log: LogLine) -> None:
    with pytest.raises(CannotStart, match=f"There is no crash point LUNCH: give one of {POINTS}"):
        crashing("LUNCH", MemoryStore(), MemoryBus(8), log)
    assert ", ".join(CrashPoint.__members__) == POINTS


def test_what_is_no_name_of_a_crash_point_is_refused_as_a_setting() -> None:
    refused = CliRunner().invoke(engine, ["--crash-at", "COMMIT:0"])
    assert refused.exit_code == 1
    sentence = "a crash point is a name such as COMMIT, or COMMIT:3 for the third time"
    assert refused.output == f"Error: --crash-at (CP_ENGINE_CRASH_AT) is 'COMMIT:0': {sentence}\n"


def test_a_process_ends_when_it_comes_there_for_the_time_that_was_said(
    monkeypatch: pytest.MonkeyPatch, log: LogLine, said: list[str]
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    store, _ = crashing("COMMIT:2", MemoryStore(), MemoryBus(8), log)
    store.claim(["a"])
    store.commit(Commit())
    assert ended == []
    store.commit(Commit())
    store.commit(Commit())
    assert ended == [KILLED]
    assert said == ["Dies at COMMIT, as it was told to: before a commit"]


DUE = ProviderDue(
    ts=T0,
    cp_id="CP-001",
    session_id="s-1",
    key="s-1:1:authorize",
    operation="authorize",
    reference="s-1",
    method="pm_card_visa",
)


@pytest.mark.parametrize(
    ("at", "happened"),
    [
        ("ORDERED", ["died", "asked", "answered"]),
        ("CALLED", ["asked", "died", "answered"]),
        ("HEARD", ["asked", "answered", "died"]),
    ],
)
def test_a_central_ends_before_it_asks_a_provider_or_around_the_answer(
    monkeypatch: pytest.MonkeyPatch, log: LogLine, at: str, happened: list[str]
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(os, "_exit", lambda code: seen.append("died"))

    def run(due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None:
        seen.append("asked")
        answer(done(None))

    crashing_provider(at, run, log)(DUE, lambda outcome: seen.append("answered"))
    assert seen == happened


def test_where_no_crash_point_is_named_the_way_to_a_provider_is_as_it_was(log: LogLine) -> None:
    def run(due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None: ...

    assert crashing_provider(None, run, log) is run
