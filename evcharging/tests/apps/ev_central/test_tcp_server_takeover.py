"""A shard that was taken over knows of no links: what was said over them last is said again, while it is fresh."""

import asyncio

from evcharging.adapters.monitor_links import FRESH
from evcharging.common.messages import HealthReport, MonitorDisconnected
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.tests.stages.control_plane_stage import call, opened, report, shown
from evcharging.tests.stages.tcp_stage import Ear, connecting


def test_a_shard_that_does_not_know_of_an_open_link_is_told_at_once_what_was_said_over_it_last() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-001", well=False))
            first = await door.next()
            assert isinstance(first, HealthReport)
            door.plane.shown(shown("CP-001", CPState.DISCONNECTED))
            assert await door.next() == changed(first, seq=2)

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
