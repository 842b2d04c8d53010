"""Who may report what over a link to Central: all else is refused with a sentence, and harms nobody."""

import asyncio
from contextlib import suppress

import pytest

from evcharging.common.messages import HealthReport, MonitorDisconnected
from evcharging.common.messages_link import HealthQuery
from evcharging.common.utils import to_json
from evcharging.tests.stages.control_plane_stage import NOW, call, opened, refusal, report
from evcharging.tests.stages.tcp_stage import Ear, calling, connecting, soon

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
