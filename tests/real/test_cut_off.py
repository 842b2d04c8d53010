"""A program whose way to Kafka is cut, or hangs without a word, knows it within 2 s, and so do its engines; and when it
is back they hear of that before they are given what was sent meanwhile."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from confluent_kafka import Producer

from evcharging.adapters.clock import WallClock
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_cp_e.hearing import hearing
from evcharging.common.kafka import CENTRAL_COMMANDS
from evcharging.common.messages import StopSupply
from evcharging.common.utils import to_json
from evcharging.roles.role import NOTHING, BusBack, BusLost, Effects, Input, Started
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.tests.stages.bus_world import order, place_of
from evcharging.tests.stages.fault_proxy import FaultProxy
from evcharging.tests.stages.kafka_world import KafkaWorld, forget_topics, kafka_world
from tests.real.conftest import SETTINGS, Far
from tests.real.stack import Program
from tools.broker.broker import HOST, wait_until

KNOWN_WITHIN, SHOWN_WITHIN, BACK_WITHIN = 2.5, 3.0, 10.0
CUT_OFF = pytest.mark.parametrize("cut_off", [FaultProxy.fall_silent, FaultProxy.go_away], ids=["silent", "refused"])


@pytest.fixture
def world(far: Far) -> Iterator[KafkaWorld]:
    forget_topics(far.near)
    with kafka_world(f"{HOST}:{far.line.proxy.port}", SETTINGS) as world:
        yield world
        far.line.call(far.line.proxy.heal)


class Ears:
    """A role that remembers what it hears."""

    deadline: datetime | None = None

    def __init__(self, wake: Callable[[], None]) -> None:
        self.heard: list[Input] = []
        self._wake = wake

    def on_message(self, message: Input, now: datetime) -> Effects:
        self.heard.append(message)
        self._wake()
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        return NOTHING


@CUT_OFF
def test_it_is_known_within_2_s_that_kafka_does_not_answer_and_soon_that_it_does_again(
    far: Far, world: KafkaWorld, cut_off: Callable[[FaultProxy], None]
) -> None:
    bus, heard = world.bus, list[tuple[bool, float]]()
    bus.on_away.append(lambda away: heard.append((away, time.monotonic())))
    cut_at = time.monotonic()
    far.line.call(lambda: cut_off(far.line.proxy))
    world.settle(lambda: bus.away)
    assert bus.trouble == f"Cannot reach Kafka at {world.bootstrap}"
    healed_at = time.monotonic()
    far.line.call(far.line.proxy.heal)
    world.settle(lambda: not bus.away)
    assert bus.trouble is None
    (lost, lost_at), (back, back_at) = heard
    assert (lost, back) == (True, False)
    assert lost_at - cut_at < KNOWN_WITHIN
    assert back_at - healed_at < BACK_WITHIN


@CUT_OFF
def test_engines_hear_that_the_bus_is_back_before_they_are_given_what_was_ordered_meanwhile(
    far: Far, world: KafkaWorld, cut_off: Callable[[FaultProxy], None]
) -> None:
    engine = Ears(world.wake)

    async def play() -> None:
        live = LiveHost(WallClock(), lambda text: None, inline=True)
        host = Host(MemoryStore(), world.bus, on_ready=live.wake)
        host.subscribe([CENTRAL_COMMANDS], group="ears", partitions=[place_of("CP-1")[1]])
        host.add("CP-1", engine, shard="CP-1", epoch=1)
        task = asyncio.create_task(live.run(host))
        with hearing(host, world.bus, None):
            await world.until(lambda: Started() in engine.heard)
            put_orders(far.near, 1)
            await world.until(lambda: len(engine.heard) == 2)
            far.line.call(lambda: cut_off(far.line.proxy))
            put_orders(far.near, 2)
            await world.until(lambda: BusLost() in engine.heard)
            put_orders(far.near, 3)
            far.line.call(far.line.proxy.heal)
            await world.until(lambda: isinstance(engine.heard[-1], StopSupply) and engine.heard[-1].seq == 3)
        await live.stop(host)
        await task

    assert world.bus.trouble is None
    world.run(play())
    assert engine.heard[:6] == [Started(), order(1), BusLost(), BusBack(), order(2), order(3)]


def put_orders(bootstrap: str, *numbers: int) -> None:
    """Orders that reach Kafka by another way."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0, "log_level": 0})
    for number in numbers:
        topic, partition = place_of("CP-1")
        producer.produce(topic, to_json(order(number)), b"CP-1", partition)
    assert producer.flush(10) == 0


@pytest.mark.usefixtures("world")
def test_an_engine_says_at_its_status_port_that_it_is_cut_off_and_that_it_is_back(
    far: Far, world: KafkaWorld, tmp_path: Path
) -> None:
    assert world.bus.partitions
    words = ["python", "-m", "evcharging.apps.ev_cp_e.main", "--kafka-bootstrap", world.bootstrap, "--health-port", "0"]
    engine = Program("engine", words, tmp_path, {"CP_ENGINE_ID": "CP-001"})
    engine.start()
    try:
        assert wait_until(lambda: (engine.health() or {}).get("status") == "ok", 60), engine.lines
        cut_at = time.monotonic()
        far.line.call(far.line.proxy.fall_silent)
        reason = f"Cannot reach Kafka at {world.bootstrap}"
        assert wait_until(lambda: engine.health()["reason"] == reason, 30)
        took = time.monotonic() - cut_at
        far.line.call(far.line.proxy.heal)
        assert wait_until(lambda: engine.health()["status"] == "ok", 30)
    finally:
        engine.stop()
    assert took < SHOWN_WITHIN
    assert len(engine.said("Cannot reach Kafka at .*, retrying$")) == 1
    assert len(engine.said("Kafka at .* answers again$")) == 1
