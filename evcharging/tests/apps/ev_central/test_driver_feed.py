"""What is said to drivers is read from the bus while somebody listens, and is handed to those whom it is for."""

import asyncio
from contextlib import ExitStack

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.apps.ev_central.driver_feed import DriverFeed, Said
from evcharging.common.kafka import DRIVER_UPDATES
from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.tests.stages.kafka_world import mock_world
from evcharging.tests.stages.scenario import ALICE, BOB, T0


def update(driver_id: str, number: int) -> DriverUpdate:
    return DriverUpdate(
        ts=T0,
        seq=number,
        request_id=f"R-{number}",
        driver_id=driver_id,
        cp_id="CP-001",
        status=UpdateStatus.ACCEPTED,
    )


async def heard_all() -> None:
    """Let the loop hand on what has come."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_each_hears_what_is_for_it_from_when_it_listens_on() -> None:
    async def scenario() -> None:
        bus, alices, bobs = MemoryBus(2), list[int](), list[int]()
        feed = DriverFeed(bus)
        bus.publish(update(ALICE, 1))
        with feed.listening(ALICE, lambda said: alices.append(said.seq)):
            bus.publish_all([update(ALICE, 2), update(BOB, 3)])
            await heard_all()
            with feed.listening(BOB, lambda said: bobs.append(said.seq)):
                bus.publish_all([update(BOB, 4), update(ALICE, 5)])
                await heard_all()
            bus.publish_all([update(BOB, 6), update(ALICE, 7)])
            await heard_all()
        bus.publish(update(ALICE, 8))
        await heard_all()
        assert (alices, bobs) == ([2, 5, 7], [4])

    asyncio.run(scenario())


def test_several_listen_for_one_driver() -> None:
    async def scenario() -> None:
        bus, phone, watch = MemoryBus(2), list[Said](), list[Said]()
        feed = DriverFeed(bus)
        with feed.listening(ALICE, phone.append), feed.listening(ALICE, watch.append):
            bus.publish(update(ALICE, 1))
            await heard_all()
        assert phone == watch == [update(ALICE, 1)]

    asyncio.run(scenario())


def test_nothing_is_read_and_nothing_kept_once_nobody_listens_any_more() -> None:
    async def scenario() -> None:
        bus = MemoryBus(1)
        feed = DriverFeed(bus)
        for _ in range(3):
            with feed.listening(ALICE, lambda said: None):
                assert feed.is_read
                bus.publish(update(ALICE, 1))
                await heard_all()
            assert not feed.is_read
            bus.publish(update(ALICE, 2))
            await heard_all()
        assert bus.log(DRIVER_UPDATES, 0).messages == []

    asyncio.run(scenario())


def test_over_kafka_another_process_is_heard_and_what_came_before_is_not() -> None:
    with mock_world() as (_, world):
        central, other = world.bus, world.open()
        said: list[str] = []
        other.publish(update(ALICE, 1), lambda: said.append("sent"))
        world.look_until(lambda: said == ["sent"])
        heard: list[int] = []
        feed = DriverFeed(central)

        def come() -> bool:
            other.publish(update(ALICE, 2))
            return bool(heard)

        with ExitStack() as stack:
            world.run(_listen(stack, feed, heard))
            world.look_until(come)
        assert set(heard) == {2}


async def _listen(stack: ExitStack, feed: DriverFeed, heard: list[int]) -> None:
    stack.enter_context(feed.listening(ALICE, lambda said: heard.append(said.seq)))
