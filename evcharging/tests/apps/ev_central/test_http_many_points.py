"""Many points over HTTP: page by page, compressed, no more than a setting allows, and out of the network again."""

import asyncio
import gzip

import pytest

from evcharging.apps.web.server import web_server
from evcharging.common.kafka import OPERATOR_REQUESTS
from evcharging.common.messages_operators import ForgetRun, OperatorAnswer, RetirePoint
from evcharging.common.utils import changed
from evcharging.tests.apps.ev_central.test_http_bad_input import assert_is_problem
from evcharging.tests.apps.ev_central.test_http_history import walk
from evcharging.tests.apps.ev_central.test_http_wire import over_wire
from evcharging.tests.apps.ev_central.test_websocket_crowd import fill
from evcharging.tests.stages.central_world import Json, World, in_world

COUNT = 23


# Pages


@pytest.mark.parametrize("limit", [1, 7, COUNT, 500])
@in_world()
async def test_pages_walk_all_points_exactly_once_in_order_of_their_ids(world: World, limit: int) -> None:
    cp_ids = fill(world, COUNT)
    pages = await walk(world, f"/cp?limit={limit}")
    assert [point["cp_id"] for page in pages for point in page] == cp_ids
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert [point for page in await walk(world, f"/cp/free?limit={limit}") for point in page] == await world.get("/cp")


@in_world("CP-001", "CP-002", "CP-003")
async def test_a_filter_stays_on_through_the_pages(world: World) -> None:
    await world.post("/cp/CP-002/stop")
    pages = await walk(world, "/cp?state=ACTIVATED&limit=1")
    assert [[point["cp_id"] for point in page] for page in pages] == [["CP-001"], ["CP-003"]]


@in_world()
async def test_without_a_limit_all_points_are_listed_from_a_given_one_on(world: World) -> None:
    cp_ids = fill(world, COUNT)
    answer = await world.http.get(f"/cp?after={cp_ids[19]}")
    assert [point["cp_id"] for point in answer.json()] == cp_ids[20:]
    assert "Link" not in answer.headers
    assert answer.headers["Central-Time"] == "2026-01-01T12:00:00Z"


# Compression


@in_world()
async def test_a_long_answer_is_compressed_for_those_who_can_read_that(world: World) -> None:
    fill(world, COUNT)
    plain = await world.http.get("/cp", headers={"Accept-Encoding": "identity"})
    packed = await world.http.get("/cp", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert packed.json() == plain.json()
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 4


@in_world("CP-001")
async def test_short_answers_numbers_and_pages_are_sent_as_they_are(world: World) -> None:
    for path in ("/cp/CP-001", "/health", "/metrics"):
        answer = await world.http.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers, path


@in_world()
async def test_head_has_the_length_of_what_get_would_send(world: World) -> None:
    fill(world, COUNT)
    async with web_server(world.app, "127.0.0.1", 0) as (_, port):
        asks = b" /cp HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        head, _, body = (await over_wire(port, b"HEAD" + asks)).partition(b"\r\n\r\n")
        whole, _, packed = (await over_wire(port, b"GET" + asks)).partition(b"\r\n\r\n")
    assert body == b""
    assert f"content-length: {len(packed)}".encode() in head
    assert head.lower() == whole.lower()
    assert gzip.decompress(packed).startswith(b"[{")


# How many there may be


@in_world("CP-001")
async def test_a_point_too_many_is_refused_with_the_setting_to_change(world: World) -> None:
    world.commands.max_points = 2
    await world.post("/cp/register", json={"cp_id": "CP-002"})
    sentence = (
        "CP-003 is not known, and CENTRAL_MAX_POINTS lets Central know 2 charging points:"
        " retire one, or raise that setting"
    )
    problem = await world.post("/cp/register", status=409, json={"cp_id": "CP-003"})
    assert assert_is_problem(problem, 409) == sentence
    both = {"points": [{"cp_id": "CP-003"}, {"cp_id": "CP-001", "location": "Garage"}]}
    answer = await world.post("/cp/register/many", json=both)
    assert (answer["done"], answer["failed"]) == (1, [{"cp_id": "CP-003", "reason": sentence}])
    assert (await world.post("/cp/register", json={"cp_id": "CP-001"}))["point"]["location"] == "Garage"
    assert set(await world.states()) == {"CP-001", "CP-002"}


@in_world()
async def test_of_many_that_come_at_once_no_more_get_in(world: World) -> None:
    world.commands.max_points = 5
    points = [{"cp_id": f"P{number}"} for number in range(40)]
    answers = [world.post("/cp/register/many", json={"points": points[start:]}) for start in (0, 20)]
    done = [answer["done"] for answer in await asyncio.gather(*answers)]
    assert sum(done) == 5
    assert len(await world.get("/cp")) == 5


# Out of the network


async def decided(world: World, asking: asyncio.Task[Json], refusal: str | None = None) -> Json:
    """The answer to a request once Central has decided so; it is decided here."""
    heard = world.bus.subscribe((OPERATOR_REQUESTS,), group="decides", partitions=range(2))
    while not asking.done():
        for fetched in heard.poll(100):
            for message in fetched.messages:
                if isinstance(message, RetirePoint | ForgetRun):
                    view = world.queries.panel.points[message.cp_id]
                    if isinstance(message, RetirePoint) and refusal is None:
                        world.bus.publish(changed(view, seq=view.seq + 1_000, retired=True))
                    world.bus.publish(
                        OperatorAnswer(
                            ts=message.ts, request_id=message.request_id, cp_id=message.cp_id, refusal=refusal
                        )
                    )
        await world.settle()
    return await asking


@in_world("CP-001", "CP-002")
async def test_a_retired_point_is_gone_and_cannot_be_retired_again(world: World) -> None:
    answer = await decided(world, asyncio.create_task(world.http.delete("/cp/CP-001")))
    assert (answer.status_code, answer.content) == (204, b"")
    assert list(await world.states()) == ["CP-002"]
    for method, path in (("GET", "/cp/CP-001"), ("DELETE", "/cp/CP-001"), ("POST", "/cp/CP-001/stop")):
        problem = (await world.http.request(method, path)).json()
        assert assert_is_problem(problem, 404) == "CP-001 is not a known charging point"


@in_world("CP-001")
async def test_only_a_known_point_can_be_retired_or_have_its_run_forgotten(world: World) -> None:
    for method, path in (("DELETE", "/cp/CP-404"), ("DELETE", "/cp/free"), ("POST", "/cp/CP-404/forget-run")):
        assert (await world.http.request(method, path)).status_code == 404
    assert await world.states() == {"CP-001": "ACTIVATED"}


@in_world("CP-001")
async def test_a_run_is_forgotten_and_the_point_shown(world: World) -> None:
    answer = await decided(world, asyncio.create_task(world.http.post("/cp/CP-001/forget-run")))
    assert (answer.status_code, answer.json()) == (200, await world.get("/cp/CP-001"))


# Health


@in_world("CP-001")
async def test_what_an_operator_should_know_is_told_while_central_works(world: World) -> None:
    world.health.remarks += [lambda: None, lambda: "the network cannot keep up with speed 100", lambda: "half are away"]
    health = await world.get("/health")
    assert (health["status"], health["reason"]) == ("ok", "the network cannot keep up with speed 100; half are away")
    assert await world.get("/health/ready") == {"status": "ok", "reason": None}
    world.health.failing = lambda: "Cannot reach Kafka"
    health = await world.get("/health", status=503)
    assert (health["status"], health["reason"]) == ("failing", "Cannot reach Kafka")
