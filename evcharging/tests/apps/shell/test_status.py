"""How a process is: live, ready, and what is in the way."""

import asyncio

from evcharging.apps.shell.status import STALE_AFTER, Status, beating


class Hand:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def a_status() -> tuple[Hand, Status]:
    """A process that is up."""
    hand = Hand()
    status = Status(hand)
    status.waiting = None
    return hand, status


def test_a_process_is_not_ready_before_it_is_up() -> None:
    status = Status()
    assert status.obstacle() == "The program is starting"
    assert status.dead() is None


def test_a_process_is_ready_until_something_is_in_the_way_and_again_afterwards() -> None:
    _, status = a_status()
    trouble: list[str] = []
    status.add_check(lambda: None)
    status.add_check(lambda: trouble[0] if trouble else None)
    assert status.obstacle() is None
    trouble.append("The disk is full")
    assert status.obstacle() == "The disk is full"
    trouble.clear()
    assert status.obstacle() is None


def test_of_several_obstacles_the_first_that_was_watched_is_said() -> None:
    _, status = a_status()
    status.add_check(lambda: "first")
    status.add_check(lambda: "second")
    assert status.obstacle() == "first"


def test_a_loop_that_stands_still_makes_the_process_dead_until_it_turns_again() -> None:
    hand, status = a_status()
    hand.now += STALE_AFTER
    assert status.dead() is None
    hand.now += 2
    assert status.dead() == status.obstacle() == "The event loop has stood still for 12 s"
    status.beat()
    assert status.dead() is status.obstacle() is None


def test_the_loop_beats_until_the_program_ends() -> None:
    async def scene() -> None:
        hand, status = a_status()
        hand.now += 60
        assert status.dead()
        async with beating(status):
            while status.dead():
                await asyncio.sleep(0)
        assert status.obstacle() == "The program is ending"

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_health_tells_the_counts_the_version_and_for_how_long_the_process_is_up() -> None:
    hand, status = a_status()
    status.count("engines", lambda: 3)
    hand.now += 7.5
    health = status.health()
    assert str(health.pop("version"))[0].isdigit()
    assert health == {"status": "ok", "reason": None, "engines": 3, "uptime_s": 7.5}
    status.waiting = "Waiting for Kafka"
    assert status.health()["status"] == "failing"
    assert status.health()["reason"] == "Waiting for Kafka"
