"""Many who ask an engine how it is: each is answered, and the engine is asked a few times a second all the same."""

import asyncio
import json
from datetime import timedelta

from evcharging.adapters.tcp import serve
from evcharging.apps.ev_cp_e.health_server import ASKED_EVERY_S, FRESH_S, HealthServer
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.utils import to_json
from evcharging.protocols.bundle import bundles, unbundled
from evcharging.tests.apps.ev_cp_e.test_health_server import NOW, POINTS
from evcharging.tests.stages.tcp_stage import HOST, Ear, connecting, soon


class Asked:
    """A door whose engines answer when the test lets them."""

    def __init__(self) -> None:
        self.now = NOW
        self.asked: list[str] = []
        self.door = HealthServer(POINTS, lambda cp_id, query: self.asked.append(cp_id), lambda: self.now)

    async def until_asked(self, times: float) -> None:
        async with asyncio.timeout(10):
            while len(self.asked) < times:
                await asyncio.sleep(0)

    def answer(self, cp_id: str, reason: str | None = None) -> None:
        well = reason is None
        self.door.answer(EngineHealth(ts=self.now, cp_id=cp_id, asked=cp_id, well=well, reason=reason))


def question(cp_id: str) -> bytes:
    return to_json(HealthQuery(ts=NOW, cp_id=cp_id))


def test_all_who_ask_about_an_engine_before_it_answers_are_answered() -> None:
    async def scene() -> None:
        there, one, two = Asked(), Ear(), Ear()
        server = await serve(HOST, 0, lambda link: there.door)
        async with connecting(one, server.port), connecting(two, server.port):
            assert await one.next() == await two.next() == "opened"
            one.links[0].send(question("CP-001"))
            two.links[0].send(question("CP-001"))
            await there.until_asked(1)
            there.answer("CP-001")
            for ear in (one, two):
                answer = await ear.next()
                assert isinstance(answer, bytes)
                assert json.loads(answer)["asked"] == "CP-001"
            assert len(there.asked) == 1
        await soon(server.close())

    asyncio.run(scene())


def test_an_engine_is_asked_a_few_times_a_second_however_often_it_is_asked_about() -> None:
    async def scene() -> None:
        there, ear = Asked(), Ear()
        server = await serve(HOST, 0, lambda link: there.door)
        async with connecting(ear, server.port):
            assert await ear.next() == "opened"
            for number in range(1, 51):
                ear.links[0].send(question("CP-001"))
                if number == 1:
                    await there.until_asked(1)
                    there.answer("CP-001", "smoke")
                answer = await ear.next()
                assert isinstance(answer, bytes)
                assert json.loads(answer)["reason"] == "smoke"
            assert len(there.asked) == 1
            there.now += timedelta(seconds=ASKED_EVERY_S)
            ear.links[0].send(question("CP-001"))
            await there.until_asked(2)
        await soon(server.close())

    asyncio.run(scene())


def test_what_an_engine_said_long_ago_is_not_said_again() -> None:
    async def scene() -> None:
        there, ear = Asked(), Ear()
        server = await serve(HOST, 0, lambda link: there.door)
        async with connecting(ear, server.port):
            assert await ear.next() == "opened"
            ear.links[0].send(question("CP-001"))
            await there.until_asked(1)
            there.answer("CP-001", "smoke")
            await ear.next()
            for half in range(5):
                there.now += timedelta(seconds=FRESH_S)
                names = [f"S-{half}-{number}" for number in range(20)]
                for payload in bundles([question(cp_id) for cp_id in (*names, "CP-001")]):
                    ear.links[0].send(payload)
                asked = len(there.asked)
                await there.until_asked(asked + 1)
            assert ear.quiet, "the engine has said nothing since"
            there.answer("CP-001")
            answer = await ear.next()
            assert isinstance(answer, bytes)
            assert {json.loads(text)["well"] for text in unbundled(answer)} == {True}
        await soon(server.close())

    asyncio.run(scene())


def test_who_asks_about_one_point_thousands_of_times_in_a_payload_is_answered_once() -> None:
    async def scene() -> None:
        there, ear = Asked(), Ear()
        server = await serve(HOST, 0, lambda link: there.door)
        async with connecting(ear, server.port):
            assert await ear.next() == "opened"
            short = b'{"ts":"2026-01-01T00:00:00Z","cp_id":"CP-001"}'
            ear.links[0].send(b"[%b]" % b",".join([short] * 1_300))
            await there.until_asked(1)
            there.answer("CP-001", "x" * 250)
            answer = await ear.next()
            assert isinstance(answer, bytes)
            assert len(answer) < 1_000
            assert there.asked == ["CP-001"]
        await soon(server.close())

    asyncio.run(scene())


def test_questions_about_points_elsewhere_are_all_one_question_to_the_engine_that_is_here() -> None:
    async def scene() -> None:
        there, ear = Asked(), Ear()
        server = await serve(HOST, 0, lambda link: there.door)
        async with connecting(ear, server.port):
            assert await ear.next() == "opened"
            wanted = [f"S-{number}" for number in range(100)]
            for payload in bundles([question(cp_id) for cp_id in wanted]):
                ear.links[0].send(payload)
            await there.until_asked(1)
            there.answer("CP-001")
            answer = await ear.next()
            assert isinstance(answer, bytes)
            assert sorted(json.loads(text)["asked"] for text in unbundled(answer)) == sorted(wanted)
            assert len(there.asked) == 1
        await soon(server.close())

    asyncio.run(scene())
