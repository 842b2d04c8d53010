"""The TCP control plane over real loopback links: reports in, messages on the bus out, and who may report what."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.monitor_links import FRESH
from evcharging.adapters.tcp import LinkServer, serve
from evcharging.apps.ev_central.tcp_server import ControlPlane
from evcharging.common.kafka import CP_HEALTH
from evcharging.common.messages import HealthQuery, HealthReport, Message, MonitorDisconnected
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import to_json
from evcharging.tests.stages.tcp_stage import HOST, Ear, calling, connecting, soon

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
OVER = "closed: The peer ended the talk."


class Door:
    """A control plane on a bus, with a reader of what reaches it."""

    def __init__(self) -> None:
        self.now = NOW
        self.set_by = timedelta(0)
        self.said: list[tuple[str, str]] = []
        self._woken = asyncio.Event()
        self._come: deque[Message] = deque()
        bus = MemoryBus(1)
        self._reader = bus.subscribe((CP_HEALTH,), group="test", partitions=[0], on_ready=self._woken.set)
        known = {"CP-001", "CP-002"}
        self.retired: set[str] = set()
        self.plane = ControlPlane(
            bus.publish,
            known.__contains__,
            self.retired.__contains__,
            lambda: self.now + self.set_by,
            lambda level, text: self.said.append((level, text)),
            steady=lambda: self.now,
        )

    async def next(self) -> Message:
        """The next message that reaches the bus."""
        while not self._come:
            await soon(self._woken.wait())
            self._woken.clear()
            for fetched in self._reader.poll(100):
                self._come.extend(fetched.messages)
        return self._come.popleft()


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Door, LinkServer]]:
    door = Door()
    server = await serve(HOST, 0, lambda link: door.plane)
    try:
        yield door, server
    finally:
        await soon(server.close())


def shown(cp_id: str, state: CPState) -> PointShown:
    return PointShown(
        ts=NOW, cp_id=cp_id, state=state, since=NOW, location="", euros_per_kwh=0.3, kw_rate=22.0, stopped=False
    )


def report(cp_id: str, *, well: bool = True, link: int = 0) -> bytes:
    return to_json(HealthReport(ts=NOW, cp_id=cp_id, well=well, reason=None if well else "smoke", link=link))


async def call(ear: Ear, payload: bytes) -> None:
    """Open a link and say something over it."""
    assert await ear.next() == "opened"
    ear.links[-1].send(payload)


async def refusal(ear: Ear) -> str:
    """Why the link was refused; it is hung up after that."""
    answer = await ear.next()
    assert isinstance(answer, bytes)
    told = json.loads(answer)
    assert told["type"] == "LinkRefused"
    assert await ear.next() == OVER
    reason: str = told["reason"]
    return reason


def test_reports_reach_the_bus_with_the_number_of_their_link() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-001"))
            ear.links[-1].send(report("CP-001", well=False))
            first, second = await door.next(), await door.next()
            assert isinstance(first, HealthReport)
            assert isinstance(second, HealthReport)
            assert (first.cp_id, first.well, second.well, second.reason) == ("CP-001", True, False, "smoke")
            assert first.link == second.link > 0

    asyncio.run(scene())


def test_a_monitor_cannot_choose_the_number_of_its_link() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-001", link=2**62))
            message = await door.next()
            assert isinstance(message, HealthReport)
            assert message.link < 2**62

    asyncio.run(scene())


@pytest.mark.parametrize("hours", [0, -1])
def test_the_number_grows_with_each_link_even_when_the_clock_stands_or_steps_back(hours: int) -> None:
    async def scene() -> None:
        numbers = []
        async with opened() as (door, server):
            for _ in range(3):
                ear = Ear()
                async with connecting(ear, server.port):
                    await call(ear, report("CP-001"))
                    message = await door.next()
                    assert isinstance(message, HealthReport)
                    numbers.append(message.link)
                assert isinstance(await door.next(), MonitorDisconnected)
                door.set_by += timedelta(hours=hours)
        assert numbers == sorted(set(numbers))

    asyncio.run(scene())


def test_a_later_central_gives_greater_numbers() -> None:
    async def scene() -> None:
        numbers = []
        for hours in (0, 1):
            ear = Ear()
            async with opened() as (door, server), connecting(ear, server.port):
                door.set_by += timedelta(hours=hours)
                await call(ear, report("CP-001"))
                message = await door.next()
                assert isinstance(message, HealthReport)
                numbers.append(message.link)
        assert numbers[0] < numbers[1]

    asyncio.run(scene())


def test_the_newest_link_of_a_point_wins_and_the_older_one_is_hung_up() -> None:
    async def scene() -> None:
        old, new = Ear(), Ear()
        async with opened() as (door, server), connecting(old, server.port):
            await call(old, report("CP-001"))
            older = await door.next()
            async with connecting(new, server.port):
                await call(new, report("CP-001"))
                newer = await door.next()
                assert isinstance(older, HealthReport)
                assert isinstance(newer, HealthReport)
                assert newer.link > older.link
                assert await old.next() == OVER
                gone = await door.next()
                assert isinstance(gone, MonitorDisconnected)
                assert gone.link == older.link
                new.links[-1].send(report("CP-001", well=False))
                message = await door.next()
                assert isinstance(message, HealthReport)
                assert message.link == newer.link

    asyncio.run(scene())


def test_links_of_different_points_leave_one_another_alone() -> None:
    async def scene() -> None:
        one, two = Ear(), Ear()
        async with opened() as (door, server), connecting(one, server.port), connecting(two, server.port):
            await call(one, report("CP-001"))
            await door.next()
            await call(two, report("CP-002"))
            await door.next()
            one.links[-1].send(report("CP-001", well=False))
            message = await door.next()
            assert isinstance(message, HealthReport)
            assert (message.cp_id, one.quiet, two.quiet) == ("CP-001", True, True)

    asyncio.run(scene())


def test_a_hang_up_is_told_with_the_number_of_the_link() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server):
            async with connecting(ear, server.port):
                await call(ear, report("CP-001"))
                message = await door.next()
            gone = await door.next()
            assert isinstance(message, HealthReport)
            assert gone == MonitorDisconnected(ts=NOW, cp_id="CP-001", link=message.link)

    asyncio.run(scene())


def test_links_that_end_because_central_does_are_not_told() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-001"))
            await door.next()
            door.plane.end()
            await soon(server.close())
            assert await ear.next() == OVER
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await door.next()

    asyncio.run(scene())


REFUSALS = {
    "a point that is not registered": (report("CP-404"), "CP-404 is not registered: POST /cp/register first"),
    "another kind of message": (
        to_json(HealthQuery(ts=NOW, cp_id="CP-001")),
        "Not a health report: Invalid value 'HealthQuery' - at `$.type`",
    ),
    "the word of the door itself": (
        to_json(MonitorDisconnected(ts=NOW, cp_id="CP-001", link=1)),
        "A monitor's link carries health reports, not MonitorDisconnected",
    ),
    "an empty object": (b"{}", "Not a health report: Object missing required field `type`"),
    "an array": (b"[]", "Not a health report: Expected `object`, got `array`"),
    "a path as id": (
        b'{"type":"HealthReport","ts":"2026-01-01T00:00:00Z","cp_id":"../x","well":true}',
        "Not a health report: Expected `str` matching regex",
    ),
    "no time zone": (
        b'{"type":"HealthReport","ts":"2026-01-01T00:00:00","cp_id":"CP-001","well":true}',
        "Not a health report: Expected `datetime` with a timezone component",
    ),
    "a text for a truth": (
        b'{"type":"HealthReport","ts":"2026-01-01T00:00:00Z","cp_id":"CP-001","well":"yes"}',
        "Not a health report: Expected `bool`, got `str`",
    ),
    "two lines for one": (
        to_json(
            HealthReport(
                ts=NOW, cp_id="CP-001", well=False, reason="smoke\n2026-01-01 12:00:00 | INFO | Central | all is well"
            )
        ),
        "Not a health report: Expected `str` matching regex",
    ),
    "a zero character": (
        to_json(HealthReport(ts=NOW, cp_id="CP-001", well=False, reason="smo\0ke")),
        "Not a health report: Expected `str` matching regex",
    ),
    "a very long reason": (
        to_json(HealthReport(ts=NOW, cp_id="CP-001", well=False, reason="x" * 20_000)),
        "Not a health report: Expected `str` of length <= ",
    ),
}


@pytest.mark.parametrize(("payload", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_no_report_of_a_known_point_is_refused_with_a_sentence(payload: bytes, sentence: str) -> None:
    async def scene() -> None:
        ear, other = Ear(), Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, payload)
            reason = await refusal(ear)
            assert reason.startswith(sentence)
            assert door.said[0][0] == "warning"
            assert door.said[0][1].startswith("Refused a link from 127.0.0.1:")
            async with connecting(other, server.port):
                await call(other, report("CP-002"))
                message = await door.next()
                assert isinstance(message, HealthReport)
                assert message.cp_id == "CP-002"

    asyncio.run(scene())


def test_a_link_of_one_point_cannot_report_for_another() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-001"))
            await door.next()
            ear.links[-1].send(report("CP-002", well=False))
            assert await refusal(ear) == "This link belongs to CP-001 and cannot report for CP-002"
            gone = await door.next()
            assert isinstance(gone, MonitorDisconnected)
            assert gone.cp_id == "CP-001"

    asyncio.run(scene())


STRANGERS = {
    "an HTTP request": b"GET /cp HTTP/1.1\r\nHost: localhost:9999\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "every byte": bytes(range(256)) * 300,
    "frames without a greeting": b"\x02{}\x03\x00" * 1000,
    "starts without an end": b"\x05" + b"\x02" * 100_000,
}


@pytest.mark.parametrize("data", STRANGERS.values(), ids=STRANGERS.keys())
def test_strangers_on_the_port_harm_nobody(data: bytes) -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port), calling(server.port) as (reader, writer):
            await call(ear, report("CP-001"))
            await door.next()
            writer.write(data)
            with suppress(ConnectionError):
                await soon(reader.read())
            ear.links[-1].send(report("CP-001", well=False))
            message = await door.next()
            assert isinstance(message, HealthReport)
            assert message.well is False
            assert door.said == []

    asyncio.run(scene())


def test_a_link_that_never_reports_belongs_to_nobody_and_its_end_is_not_told() -> None:
    async def scene() -> None:
        mute, ear = Ear(), Ear()
        async with opened() as (door, server):
            async with connecting(mute, server.port):
                assert await mute.next() == "opened"
            async with connecting(ear, server.port):
                await call(ear, report("CP-001"))
                assert isinstance(await door.next(), HealthReport)

    asyncio.run(scene())


# A shard that was taken over


def test_a_shard_that_does_not_know_of_an_open_link_is_told_at_once_what_was_said_over_it_last() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-001", well=False))
            first = await door.next()
            door.plane.shown(shown("CP-001", CPState.DISCONNECTED))
            assert await door.next() == first

    asyncio.run(scene())


def test_what_was_said_too_long_ago_and_what_nobody_says_is_not_said_again() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-001"))
            await door.next()
            door.plane.shown(shown("CP-001", CPState.ACTIVATED))
            door.plane.shown(shown("CP-002", CPState.DISCONNECTED))
            door.now += FRESH
            door.plane.shown(shown("CP-001", CPState.DISCONNECTED))
            ear.links[-1].send(report("CP-001", well=False))
            message = await door.next()
            assert isinstance(message, HealthReport)
            assert not message.well

    asyncio.run(scene())


def test_a_link_that_has_ended_is_not_vouched_for() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server):
            async with connecting(ear, server.port):
                await call(ear, report("CP-001"))
                await door.next()
            assert isinstance(await door.next(), MonitorDisconnected)
            door.plane.shown(shown("CP-001", CPState.DISCONNECTED))
            again = Ear()
            async with connecting(again, server.port):
                await call(again, report("CP-001", well=False))
                message = await door.next()
                assert isinstance(message, HealthReport)
                assert not message.well

    asyncio.run(scene())
