"""The README's six commands, in its order and in others."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evcharging.tests.stages.kafka_world import forget_topics
from tests.real.stack import ROOT, Stack, readme_commands, readme_stack
from tools.broker.broker import Broker, free_ports, is_free

PORTS = (9092, 8000, 9999, 8001, 8002)
MONITORS = ["monitor CP-001", "monitor CP-002"]
ENGINES = ["engine CP-001", "engine CP-002"]
QUICK = {"CP_ENGINE_SUPPLY_TICKS": "2", "DRIVER_REQUEST_INTERVAL": "0.5"}
AROUND = ["CP-001", "CP-002"] * 20
SERVED = "All requests are served: .*COMPLETED"


@contextmanager
def made_kafka(folder: Path) -> Iterator[None]:
    """`make kafka`, until the block is left."""
    make = ["make", "-C", str(ROOT), f"KAFKA_FOLDER={folder}"]
    subprocess.run([*make, "kafka"], check=True)
    try:
        yield
    finally:
        subprocess.run([*make, "kafka-stop"], check=True)


@pytest.fixture
def stack(broker: Broker, tmp_path: Path) -> Iterator[Stack]:
    """The six programs with short supplies, on free ports, over a Kafka without topics."""
    forget_topics(broker.bootstrap)
    ports = dict(zip(PORTS, [broker.port, *free_ports(4)], strict=True))
    with readme_stack(tmp_path, ports, AROUND, **QUICK) as stack:
        yield stack


def check_served(stack: Stack) -> None:
    """The driver charges at both points, and everybody is still there."""
    for cp_id in ("CP-001", "CP-002"):
        stack.until_said("driver", rf"✔️ {cp_id} \| COMPLETED")
        stack.until_said("driver", rf"🎫 .*{cp_id} .* supply complete")
    assert [program.name for program in stack.programs.values() if not program.is_running] == []


def test_there_are_six_commands_with_the_specifications_flags() -> None:
    assert {name: " ".join(words[3:]) for name, words in readme_commands().items()} == {
        "central": "--kafka-bootstrap localhost:9092 --http-port 8000 --listen-port 9999",
        "engine CP-001": "--kafka-bootstrap localhost:9092 --cp-id CP-001 --health-port 8001",
        "engine CP-002": "--kafka-bootstrap localhost:9092 --cp-id CP-002 --health-port 8002",
        "monitor CP-001": (
            "--cp-id CP-001 --cp-e-host localhost --cp-e-port 8001 --central-host localhost --central-port 8000"
        ),
        "monitor CP-002": (
            "--cp-id CP-002 --cp-e-host localhost --cp-e-port 8002 --central-host localhost --central-port 8000"
        ),
        "driver": "--driver-id driver-alice --kafka-bootstrap localhost:9092 --requests-file requests.txt",
    }


def test_the_six_commands_as_they_stand_in_the_readme_over_the_kafka_that_make_starts(tmp_path: Path) -> None:
    taken = [port for port in PORTS if not is_free(port)]
    assert not (taken and os.environ.get("CI")), f"in use: {taken}"
    if 9092 in taken:
        pytest.fail("port 9092 is in use: stop the Kafka there, for this test starts its own")
    moved = dict(zip(taken, free_ports(len(taken)), strict=True))
    requests = [line for line in (ROOT / "requests.txt").read_text().splitlines() if not line.startswith("#")]
    with made_kafka(tmp_path / "kafka"), readme_stack(tmp_path, moved, requests) as stack:
        stack.start("central")
        stack.until_said("central", "Dashboard at http://localhost:")
        stack.start(*ENGINES, *MONITORS)
        for cp_id in ("CP-001", "CP-002"):
            stack.until_shown(cp_id, "ACTIVATED")
        stack.start("driver")
        check_served(stack)
        assert [ticket["ended_by"] for ticket in stack.get("/tickets")] == ["supply complete"] * 2


def test_the_driver_first(stack: Stack) -> None:
    stack.start("driver")
    stack.until_said("driver", "Waiting for Central to make its topics on Kafka at localhost:")
    stack.start(*ENGINES)
    stack.until_said("engine CP-001", "Waiting for Central to make its topics on Kafka at localhost:")
    stack.start("central", *MONITORS)
    check_served(stack)


def test_the_monitors_first(stack: Stack) -> None:
    stack.start(*MONITORS)
    for monitor in MONITORS:
        stack.until_said(monitor, "Cannot reach Central at localhost:.*, retrying")
        stack.until_said(monitor, "Cannot reach .* engine at localhost:.*, retrying")
    stack.start("driver", "central")
    stack.until_said("central", "Dashboard at")
    stack.start(*ENGINES)
    check_served(stack)


def test_kafka_last(broker: Broker, stack: Stack) -> None:
    broker.stop()
    stack.start("driver", *MONITORS, *ENGINES, "central")
    for name in ("driver", "central", *ENGINES):
        stack.until_said(name, re.escape(f"Cannot reach Kafka at {broker.bootstrap}, retrying"))
    broker.start()
    check_served(stack)
