"""Each program that writes something down dies at each of its crash points, and the books are right to the mWh."""

from collections.abc import Iterator

import pytest

from evcharging.apps.shell.crashing import KILLED
from evcharging.runtime.crash_points import AT_PROVIDER, CrashPoint
from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tests.real.stack import Program
from tools.broker.broker import Broker

FOUR = ["P001", "P002", "P003", "P004"]
SHORT = {"CP_ENGINE_SUPPLY_TICKS": "12", "CP_ENGINE_TELEMETRY_INTERVAL": "0.2"}
"""A supply lasts 2.4 s."""

DIES_WITHIN = 30.0
VARIABLES = {"central": "CENTRAL_CRASH_AT", "engine": "CP_ENGINE_CRASH_AT", "driver": "DRIVER_CRASH_AT"}

GOING_ON = [(kind, point.name) for kind in VARIABLES for point in CrashPoint if point not in AT_PROVIDER]

AT_WORK = {
    "engine": ["COMMIT:12", "COMMITTED:12"],
    "driver": ["COMMIT", "COMMITTED", "PUBLISH:3", "PUBLISHED:3", "SENT:3"],
}


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("crashes"), running_broker, postgres) as network:
        network.add_central()
        network.add_fleet("P", len(FOUR), ["central"], **SHORT)
        yield network
        network.restore()
        network.check_books()


@pytest.fixture
def network(shared: Network) -> Network:
    """One network for all tests; each begins with all of it running. Its books are looked at once, at the end: drivers
    are named for the test that they are from."""
    shared.restore()
    return shared


def die(network: Network, program: Program, kind: str, at: str) -> None:
    """Start it, and let it die there."""
    said = len(program.lines)
    program.environment[VARIABLES[kind]] = at
    if not program.is_running:
        program.start()
    try:
        network.until(lambda: program.exit_code == KILLED, f"{program.name} dies at {at}", DIES_WITHIN)
    finally:
        del program.environment[VARIABLES[kind]]
    assert program.said(f"Dies at {at.partition(':')[0]}, ", said)


@pytest.mark.parametrize(("kind", "point"), GOING_ON)
def test_one_that_was_killed_during_supplies_dies_again_when_it_goes_on(
    network: Network, kind: str, point: str
) -> None:
    name = f"ends-{kind}-{point}".lower()
    drivers = network.add_drivers(name, FOUR)
    drivers.start()
    network.until(lambda: len(network.supplies_of(name)) == len(FOUR), f"{name} charge")
    program = {"central": network["central"], "engine": network["engine P"], "driver": drivers}[kind]
    program.kill()
    if point == CrashPoint.UNSENT.name:
        die(network, program, kind, CrashPoint.PUBLISH.name)
    die(network, program, kind, point)
    program.start()
    network.until_served(name)
    assert len(drivers.said("🎫")) >= len(FOUR)


@pytest.mark.parametrize("at", AT_WORK["engine"])
def test_an_engine_dies_at_work(network: Network, at: str) -> None:
    name = f"work-{at}".lower().replace(":", "-")
    engine = network["engine P"]
    engine.kill()
    network.until_all_are("FAULT")
    engine.environment[VARIABLES["engine"]] = at
    engine.start()
    network.until_all_are("ACTIVATED")
    drivers = network.add_drivers(name, FOUR)
    drivers.start()
    die(network, engine, "engine", at)
    assert network.supplies_of(name)
    engine.start()
    network.until_served(name)


@pytest.mark.parametrize("at", AT_WORK["driver"])
def test_a_drivers_program_dies_at_work(network: Network, at: str) -> None:
    name = f"asks-{at}".lower().replace(":", "-")
    drivers = network.add_drivers(name, FOUR)
    die(network, drivers, "driver", at)
    drivers.start()
    network.until_served(name)
