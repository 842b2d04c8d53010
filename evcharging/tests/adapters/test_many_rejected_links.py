"""Central's door in a flood of links that it refuses: few words, and one point's flood is no other's."""

import asyncio
from datetime import timedelta

from evcharging.adapters.monitor_links import LINKS
from evcharging.adapters.tcp import LinkServer
from evcharging.common.messages import HealthReport, MonitorDisconnected
from evcharging.tests.stages.control_plane_stage import call, opened, refusal, report
from evcharging.tests.stages.tcp_stage import Ear, connecting


async def refused(server: LinkServer, *payloads: bytes) -> None:
    """Each of these is the first thing said over a link of its own."""
    for payload in payloads:
        ear = Ear()
        async with connecting(ear, server.port):
            await call(ear, payload)
            await refusal(ear)


def test_of_many_refused_links_the_first_second_fourth_and_eighth_are_said_for_each_kind_of_reason() -> None:
    async def scene() -> None:
        async with opened() as (door, server):
            await refused(server, *[report(f"CP-40{number}") for number in range(10)])
            said = [text.partition(": ")[2] for _, text in door.said]
            assert said == [
                "CP-400 is not registered: POST /cp/register first",
                "CP-401 is not registered: POST /cp/register first (2 refused for such a reason since the start)",
                "CP-403 is not registered: POST /cp/register first (4 refused for such a reason since the start)",
                "CP-407 is not registered: POST /cp/register first (8 refused for such a reason since the start)",
            ]
            await refused(server, b"{}", b"{}", b"{}")
            assert len(door.said) == 6
            door.retired.add("CP-400")
            await refused(server, report("CP-400"))
            assert door.said[-1][1].endswith(": CP-400 was retired")

    asyncio.run(scene())


def test_links_of_one_point_that_are_opened_too_often_are_refused_and_another_point_is_not_its_neighbour() -> None:
    async def scene() -> None:
        async with opened() as (door, server):
            for _ in range(int(LINKS.at_once)):
                ear = Ear()
                async with connecting(ear, server.port):
                    await call(ear, report("CP-001"))
                    assert isinstance(await door.next(), HealthReport)
                assert isinstance(await door.next(), MonitorDisconnected)
            ear, other = Ear(), Ear()
            async with connecting(ear, server.port), connecting(other, server.port):
                await call(ear, report("CP-001"))
                assert await refusal(ear) == "Links for CP-001 are opened too often: one in a second is the most"
                await call(other, report("CP-002"))
                assert isinstance(await door.next(), HealthReport)
            door.now += timedelta(seconds=1)
            ear = Ear()
            async with connecting(ear, server.port):
                await call(ear, report("CP-001"))
                while not isinstance(await door.next(), HealthReport):
                    pass

    asyncio.run(scene())
