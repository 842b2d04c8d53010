"""Meters of buildings that are read over HTTP: what they say reaches the site, and what is wrong is said once."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from evcharging.adapters.beside import beside
from evcharging.adapters.building_meter import MOST_BYTES, BuildingMeters
from evcharging.common.messages import Message
from evcharging.common.messages_grants import BuildingMeasured
from evcharging.common.meter_places import MeterPlace
from evcharging.tests.stages.scenario import T0

PLACE = MeterPlace("SITE-1", "main", "http://meter.test/now")
Answer = Callable[[httpx.Request], httpx.Response]


def read(answer: Answer) -> tuple[list[Message], str | None]:
    """What one reading tells the site, and what was wrong."""
    told: list[Message] = []

    async def scene() -> str | None:
        meters = BuildingMeters([PLACE], told.append, lambda: T0, lambda level, text: None)
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            return await meters.read(client, PLACE)

    return told, asyncio.run(scene())


def test_what_a_meter_says_is_told_to_its_site() -> None:
    told, trouble = read(lambda _: httpx.Response(200, json={"l1_ma": 12_000, "l3_ma": -500, "volts": 231}))
    assert trouble is None
    assert told == [BuildingMeasured(ts=T0, site_id="SITE-1", circuit_id="main", l1_ma=12_000, l2_ma=0, l3_ma=-500)]


def away(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody is there")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (away, "nobody is there"),
        (lambda _: httpx.Response(503), "it answers 503"),
        (lambda _: httpx.Response(302, headers={"location": "http://elsewhere.test"}), "it answers 302"),
        (lambda _: httpx.Response(200, content=b" " * (MOST_BYTES + 1)), "its answer is too long"),
        (lambda _: httpx.Response(200, content=b"<html>"), "its answer cannot be read: "),
        (lambda _: httpx.Response(200, json={}), "its answer cannot be read: "),
        (lambda _: httpx.Response(200, json={"l1_ma": "12"}), "its answer cannot be read: "),
        (lambda _: httpx.Response(200, json={"l1_ma": 12.5}), "its answer cannot be read: "),
    ],
)
def test_what_cannot_be_read_tells_the_site_nothing(answer: Answer, trouble: str) -> None:
    told, found = read(answer)
    assert told == []
    assert found is not None
    assert found.startswith(trouble)


def test_that_a_meter_cannot_be_read_is_said_once_and_that_it_can_again_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evcharging.adapters.building_meter.EVERY_S", 0)
    answers = [None, None, "away", "away", None]
    said: list[str] = []

    class Played(BuildingMeters):
        async def read(self, client: httpx.AsyncClient, place: MeterPlace) -> str | None:
            if answers:
                return answers.pop(0)
            done.set()
            return None

    async def scene() -> None:
        meters = Played([PLACE], lambda message: None, lambda: T0, lambda level, text: said.append(text))
        async with beside(meters.run()):
            await done.wait()

    done = asyncio.Event()
    asyncio.run(scene())
    assert said == [
        "The meter of SITE-1/main at http://meter.test/now cannot be read, and its worst case counts: away",
        "The meter of SITE-1/main can be read again",
    ]
