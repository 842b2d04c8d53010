"""The TCP control plane over real loopback links: reports in, messages on the bus out, with the number of the
link."""

import asyncio
from datetime import timedelta

import pytest

from evcharging.common.messages import HealthReport, MonitorDisconnected
from evcharging.tests.stages.control_plane_stage import NOW, OVER, call, opened, report
from evcharging.tests.stages.tcp_stage import Ear, connecting, soon


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
            assert not server.links
            assert door.quiet

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
