"""What the HTTP API says to what it cannot use: always one clear sentence, as a problem, and never a 5xx for the
sender's mistake. And how it stands a ledger that cannot be written to."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.queries import Queries
from evcharging.runtime import live
from evcharging.tests.contracts.api_contract import PROBLEM
from evcharging.tests.stages.central_world import World, in_world, living

HOSTILE_IDS = (
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%00",
    "CP-001%0A",
    "CP-001%20",
    "%ff%fe",
    "'%22;--",
    "<script>alert(1)</script>",
    "cp-001",
    "CP%EF%BC%8D001",
    "a" * 64,
    "a" * 10_000,
)

BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"hello",
    "half a JSON": b'{"cp_id": "CP-001"',
    "two JSONs": b"{} {}",
    "an array": b"[]",
    "null": b"null",
    "a text": b'"CP-001"',
    "not UTF-8": b'{"cp_id": "\xff"}',
    "a nest of 60,000": b"[" * 60_000,
    "an empty object": b"{}",
    "no id": b'{"location": "here"}',
    "a number as id": b'{"cp_id": 7}',
    "an empty id": b'{"cp_id": ""}',
    "a path as id": b'{"cp_id": "../CP-001"}',
    "a line break in the id": b'{"cp_id": "CP-001\\n"}',
    "a word of the API as id": b'{"cp_id": "free"}',
    "markup as id": b'{"cp_id": "<script>"}',
    "a wide form of the id": '{"cp_id": "CP\uff0d001"}'.encode(),
    "an id of 65": json.dumps({"cp_id": "a" * 65}).encode(),
    "an id of 10 kB": json.dumps({"cp_id": "a" * 10_000}).encode(),
    "NaN": b'{"cp_id": "A", "euros_per_kwh": NaN}',
    "infinity": b'{"cp_id": "A", "euros_per_kwh": 1e400}',
    "5,000 digits": b'{"cp_id": "A", "euros_per_kwh": ' + b"9" * 5000 + b"}",
    "a negative price": b'{"cp_id": "A", "euros_per_kwh": -0.01}',
    "a huge price": b'{"cp_id": "A", "euros_per_kwh": 1000.01}',
    "a text as price": b'{"cp_id": "A", "euros_per_kwh": "0.3"}',
    "true as price": b'{"cp_id": "A", "euros_per_kwh": true}',
    "an empty location": b'{"cp_id": "A", "location": ""}',
    "a long location": json.dumps({"cp_id": "A", "location": "x" * 121}).encode(),
    "a zero character": b'{"cp_id": "A", "location": "a\\u0000b"}',
    "a line break": b'{"cp_id": "A", "location": "a\\nb"}',
    "half a character": b'{"cp_id": "A", "location": "\\ud800"}',
    "a key twice": b'{"cp_id": "A", "location": "here", "cp_id": "B"}',
    "a key twice, once escaped": b'{"cp_id": "A", "cp\\u005fid": "B"}',
    "a price that comes to nothing": b'{"cp_id": "A", "euros_per_kwh": 1e-7}',
    "a blank location": b'{"cp_id": "A", "location": "   "}',
    "a location of wide spaces": '{"cp_id": "A", "location": "\u3000\u00a0"}'.encode(),
    "a filler as location": '{"cp_id": "A", "location": "\u3164"}'.encode(),
    "a turned direction": '{"cp_id": "A", "location": "a\u202eb"}'.encode(),
    "an isolate": '{"cp_id": "A", "location": "a\u2067b"}'.encode(),
    "a zero-width space": '{"cp_id": "A", "location": "a\u200bb"}'.encode(),
    "a tag": '{"cp_id": "A", "location": "a\U000e0041"}'.encode(),
    "a private character": '{"cp_id": "A", "location": "\ue000"}'.encode(),
    "a line separator": '{"cp_id": "A", "location": "a\u2028b"}'.encode(),
    "a misspelt field": b'{"cp_id": "A", "locaton": "here"}',
}

BAD_QUERIES = (
    "/sessions?limit=0",
    "/sessions?limit=501",
    "/sessions?limit=-1",
    "/sessions?limit=ten",
    "/sessions?limit=1.5",
    "/sessions?limit=",
    "/sessions?after=0",
    "/sessions?after=x",
    "/sessions?after=99999999999999999999999",
    "/sessions?cp_id=%00",
    "/tickets?driver_id=%ff",
    "/requests?driver_id=" + "a" * 129,
    "/messages?cp_id=a%0Ab",
    "/drivers?after=%00",
    "/drivers?limit=NaN",
    "/cp?state=BROKEN",
    "/cp?state=",
    "/cp?state=activated",
)


def assert_is_problem(answer: dict[str, Any], status: int) -> str:
    """The detail of a problem that is said in one clear sentence."""
    assert answer["status"] == status
    detail: str = answer["detail"]
    assert detail
    assert len(detail) < 200
    for leak in ("Traceback", "Error(", 'File "', "evcharging.", "pydantic", "object at 0x"):
        assert leak not in detail
    return detail


# What is asked for


@in_world("CP-001")
async def test_a_hostile_id_in_the_path_is_no_point(world: World) -> None:
    for cp_id in HOSTILE_IDS:
        for answer in (await world.http.get(f"/cp/{cp_id}"), await world.http.post(f"/cp/{cp_id}/stop")):
            assert answer.status_code in (404, 422), cp_id
            assert answer.headers["Content-Type"] == PROBLEM
    assert await world.states() == {"CP-001": "ACTIVATED"}


@in_world("CP-001")
async def test_queries_that_cannot_be_are_refused_with_what_is_wrong(world: World) -> None:
    for query in BAD_QUERIES:
        problem = await world.get(query, status=422)
        name = query.partition("?")[2].partition("=")[0]
        assert assert_is_problem(problem, 422).startswith(f"{name}: ")


UNKNOWN_PARAMETERS = {
    "/cp?colour=green": "colour: there is no such parameter here; there are after, limit, state",
    "/cp?State=FAULT": "State: there is no such parameter here; there are after, limit, state",
    "/cp/free?state=FAULT": "state: there is no such parameter here; there are after, limit",
    "/cp/CP-001?limit=1": "limit: there is no such parameter here",
    "/telemetry?cp_id=CP-001": "cp_id: there is no such parameter here",
    "/requests/ongoing?x[]=": "x[]: there is no such parameter here",
    "/drivers?driver_id=driver-bob": "driver_id: there is no such parameter here; there are after, limit",
    "/sessions?from=2030-01-01": "from: there is no such parameter here;"
    " there are after, cp_id, driver_id, limit, session_id, status",
    "/cp?state=FAULT&state=STOPPED": "state: this is given more than once",
    "/tickets?limit=1&limit=1": "limit: this is given more than once",
    "/messages?cp_id=A&limit=5&cp_id=B": "cp_id: this is given more than once",
}


@in_world("CP-001")
async def test_query_parameters_that_are_unknown_or_repeated_are_refused(world: World) -> None:
    for query, sentence in UNKNOWN_PARAMETERS.items():
        assert assert_is_problem(await world.get(query, status=422), 422) == sentence
    problem = await world.post("/cp/CP-001/stop?force=true", status=422)
    assert assert_is_problem(problem, 422) == "force: there is no such parameter here"
    assert await world.states() == {"CP-001": "ACTIVATED"}


@in_world("CP-001")
async def test_who_watches_over_central_may_add_any_query(world: World) -> None:
    for path in ("/health", "/health/live", "/health/ready", "/metrics", "/openapi.json"):
        assert (await world.http.get(f"{path}?t=1&t=2")).status_code == 200


@in_world("CP-001")
async def test_what_is_not_there_is_a_404_that_names_it(world: World) -> None:
    for path in ("/nothing", "/cp/CP-001/a", "/CP", "/%00", "/assets/%00", "/assets/..%2f..%2fmain.py", "/ws"):
        problem = await world.get(path, status=404)
        assert assert_is_problem(problem, 404).startswith("There is nothing at /")


@in_world("CP-001")
async def test_nothing_can_be_sent_to_what_is_not_there(world: World) -> None:
    assert assert_is_problem(await world.post("/nothing", status=404), 404) == "There is nothing at /nothing"


@in_world("CP-001")
async def test_a_method_that_is_not_possible_names_the_one_that_is(world: World) -> None:
    for method, path, allowed in (
        ("DELETE", "/cp", "GET"),
        ("PUT", "/cp", "GET"),
        ("PATCH", "/cp/CP-001", "DELETE, GET"),
        ("POST", "/sessions", "GET"),
        ("GET", "/cp/CP-001/stop", "POST"),
        ("BREW", "/cp", "GET"),
        ("OPTIONS", "/cp", "GET"),
        ("OPTIONS", "/cp/stop", "POST"),
    ):
        answer = await world.http.request(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
        assert assert_is_problem(answer.json(), 405) == f"{method} is not possible at {path}"


@in_world("CP-001")
async def test_head_is_answered_wherever_get_is(world: World) -> None:
    for path in ("/health", "/cp", "/cp/CP-001", "/sessions"):
        assert (await world.http.head(path)).status_code == 200
    assert (await world.http.head("/cp/CP-404")).status_code == 404


# What is sent


@in_world("CP-001")
async def test_a_registration_that_cannot_be_is_refused_and_changes_nothing(world: World) -> None:
    before = await world.get("/cp")
    for name, body in BAD_BODIES.items():
        answer = await world.http.post("/cp/register", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), name
        assert_is_problem(answer.json(), answer.status_code)
    assert await world.get("/cp") == before


@in_world("CP-001")
async def test_a_body_of_another_type_is_refused(world: World) -> None:
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "?"):
        headers = {"Content-Type": kind} if kind else {}
        answer = await world.http.post("/cp/register", content=b'{"cp_id": "CP-002"}', headers=headers)
        assert answer.status_code == 422, kind
        assert_is_problem(answer.json(), 422)


@in_world("CP-001")
async def test_several_mistakes_are_told_together(world: World) -> None:
    problem = await world.post("/cp/register", status=422, json={"cp_id": "/", "euros_per_kwh": -1})
    detail = assert_is_problem(problem, 422)
    assert "cp_id: " in detail
    assert "euros_per_kwh: " in detail


@in_world("CP-001")
async def test_a_body_that_is_too_large_or_hides_its_length_is_refused_unread(world: World) -> None:
    async def never() -> Any:
        raise AssertionError("the body was read")
        yield b""

    large = await world.http.post("/cp/register", content=never(), headers={"Content-Length": "65537"})
    hidden = await world.http.post("/cp/register", content=never())
    for answer in (large, hidden):
        assert answer.status_code == 413
        assert assert_is_problem(answer.json(), 413) == "The body must declare its length and be at most 65536 bytes"


@in_world("CP-001")
async def test_a_body_of_just_the_largest_size_is_read(world: World) -> None:
    body = b'{"cp_id": "CP-002"}'.ljust(65_536)
    answer = await world.http.post("/cp/register", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200


# What fails here


class Ledger(MemoryStore):
    """A store that can be away."""

    away = False

    def commit(self, commit: Commit) -> list[int]:
        self._look()
        return super().commit(commit)

    def page(self, *args: Any, **kwargs: Any) -> Any:
        self._look()
        return super().page(*args, **kwargs)

    def _look(self) -> None:
        if self.away:
            raise StoreUnavailable("Cannot use the database central.db (disk is full): free some space")


def test_while_the_ledger_is_away_central_refuses_with_the_reason_and_goes_on_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reason = "Cannot use the database central.db (disk is full): free some space"
    monkeypatch.setattr(live, "BACKOFF", (0.001,))

    async def scenario() -> None:
        ledger = Ledger()
        async with living(ledger) as world:
            await world.add_points("CP-001")
            ledger.away = True
            lost = asyncio.create_task(world.http.post("/cp/CP-001/stop"))
            await world.settle()
            problem = await world.post("/cp/CP-001/resume", status=503)
            assert assert_is_problem(problem, 503) == reason
            assert (await world.post("/cp/register", status=503, json={"cp_id": "CP-002"}))["detail"] == reason
            assert (await world.get("/sessions", status=503))["detail"] == reason
            health = await world.get("/health", status=503)
            assert (health["status"], health["reason"]) == ("failing", reason)
            assert await world.get("/health/ready", status=503) == {"status": "failing", "reason": reason}
            assert await world.get("/health/live") == {"status": "ok", "reason": None}
            assert await world.post("/cp/stop") == {"done": 0, "failed": [{"cp_id": "CP-001", "reason": reason}]}
            assert (await world.get("/cp/CP-001"))["state"] == "ACTIVATED"
            ledger.away = False
            assert (await lost).json()["state"] == "STOPPED"
            assert (await world.post("/cp/CP-001/resume"))["state"] == "ACTIVATED"
            assert (await world.get("/health"))["status"] == "ok"
            assert (await world.get("/health/ready"))["status"] == "ok"
            assert world.warnings == [f"{reason}; retrying", "The store answers again"]

    asyncio.run(scenario())


@in_world("CP-001")
async def test_a_decision_that_takes_too_long_is_a_503_that_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evcharging.apps.ev_central.commands.DECIDE_WITHIN", timedelta(milliseconds=10))
    monkeypatch.setattr(world.bus, "publish", lambda *args: None)
    problem = await world.post("/cp/CP-001/stop", status=503)
    assert assert_is_problem(problem, 503) == "Central did not decide within 0.01 s"


@in_world("CP-001")
async def test_a_mistake_in_central_is_a_500_without_its_insides_and_a_line_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(self: Queries, cp_id: str) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Queries, "point", fail)
    problem = await world.get("/cp/CP-001", status=500)
    assert assert_is_problem(problem, 500) == "Central made a mistake; its log says which"
    assert "A mistake while answering GET /cp/CP-001: ZeroDivisionError('secret')" in capsys.readouterr().out
