"""What happens when a monitor, an engine, a driver or Central is killed, during a supply and at rest."""

from collections.abc import Iterator

import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

FAULT_WITHIN, SLACK = 3.0, 3.0
"""Seconds in which a dead engine must be shown, and those that a loaded machine may add."""

TWO = ["P001", "P002"]


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("deaths"), running_broker, postgres) as network:
        network.add_central()
        network.add_fleet("P", 4, ["central"])
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    """One network for all tests; each begins with all of it running, and ends with books that are right."""
    shared.restore()
    yield shared
    shared.check_books()


# A monitor


def test_when_a_monitor_dies_its_supplies_go_on_to_their_tickets_and_nobody_else_may_start(network: Network) -> None:
    drivers = network.drive("md", TWO[:1])
    network["monitor P"].kill()
    network.until_all_are("DISCONNECTED")
    network.add_drivers("mx", TWO[1:]).start()
    network.until_served("mx")
    assert network["mx"].said(r"P002 \| DENIED \| P002 is offline")
    network.until_served("md")
    assert drivers.said("🎫 .* supply complete")
    network["monitor P"].start()
    network.seconds_until(lambda: network.are("ACTIVATED"), "the started monitor's points are back")


def test_a_monitor_that_dies_at_rest_finds_its_points_again(network: Network) -> None:
    network["monitor P"].kill()
    network.until_all_are("DISCONNECTED")
    network["monitor P"].start()
    network.until_all_are("ACTIVATED")


# An engine


def test_when_an_engine_dies_its_driver_is_told_and_gets_one_bill_once_it_is_back(network: Network) -> None:
    drivers = network.drive("ed", TWO)
    network.until_said("ed", "IN_PROGRESS .* kW", 6)
    network["engine P"].kill()
    took = network.seconds_until(lambda: network.are("FAULT"), "the killed engine's points are shown FAULT")
    assert took < FAULT_WITHIN + SLACK
    network.until_said("ed", "P00. .*the engine does not answer; the bill follows", 2)
    assert not drivers.said("🎫")
    network["engine P"].start()
    ticket = "🎫 .* charging point restarted"
    network.seconds_until(lambda: len(drivers.said(ticket)) == 2, "the started engine's drivers have tickets")
    network.until_served("ed")
    assert not drivers.said(r"🎫 .* 0\.0000 kWh")


def test_an_engine_that_dies_at_rest_is_a_fault_until_it_is_back(network: Network) -> None:
    network["engine P"].kill()
    took = network.seconds_until(lambda: network.are("FAULT"), "the killed engine's points are shown FAULT")
    assert took < FAULT_WITHIN + SLACK
    assert network.get("/cp/P001")["reason"] == "the engine does not answer"
    network["engine P"].start()
    network.seconds_until(lambda: network.are("ACTIVATED"), "the started engine's points are back")


# A driver


def test_when_a_driver_dies_its_supply_goes_on_and_it_hears_of_the_end_once_it_is_back(network: Network) -> None:
    begun = len(network["engine P"].lines)
    drivers = network.drive("dd", TWO[:1])
    drivers.kill()
    network.until_said("engine P", "P001 . Session completed", after=begun)
    network.until_all_are("ACTIVATED")
    assert not drivers.said("🎫")
    drivers.start()
    network.until_served("dd")
    assert len(drivers.said("🎫 .* supply complete")) == 1
    assert len(network.supplies_of("dd")) == 1


def test_a_driver_that_dies_between_two_requests_goes_on_with_the_next(network: Network) -> None:
    drivers = network.add_traveller("dr", TWO)
    drivers.start()
    network.until_said("dr", "🎫 .* P001 ")
    drivers.kill()
    assert len(drivers.said("Requested")) == 1
    drivers.start()
    network.until_said("dr", "All requests are served: 2 COMPLETED")
    assert [line.split()[-1] for line in drivers.said("Requested")] == TWO


# Central


def test_when_central_dies_supplies_finish_and_nothing_starts_until_it_is_back(network: Network) -> None:
    begun = len(network["engine P"].lines)
    drivers = network.drive("cd", TWO)
    before = network.starts()
    network["central"].kill()
    waiting = network.add_drivers("cw", ["P003"])
    waiting.start()
    network.until_said("engine P", "P00. . Session completed", 2, after=begun)
    network.until_said("cw", "Requested charging at P003")
    network.until_said("monitor P", "points are connected to Central. .*Cannot reach Central at .*, retrying")
    assert not drivers.said("🎫")
    assert not network.supplies_of("cw")
    network["central"].start()
    network.seconds_until(lambda: len(network.states()) == 4, "the started Central answers")
    network.seconds_until(lambda: network.are("ACTIVATED", "SUPPLYING"), "its links are back, after that")
    network.seconds_until(lambda: len(drivers.said("🎫")) >= 2, "its drivers have tickets, after that")
    network.until_served("cd")
    network.until_served("cw")
    assert [line for line in drivers.said("🎫") if "supply complete" not in line] == []
    assert waiting.said(r"P003 \| (COMPLETED|DENIED \| P003 is offline)")
    assert network.starts() == {**before, "central": before["central"] + 1, "cw": 1}


def test_when_central_dies_at_rest_every_link_comes_back_to_the_next_one(network: Network) -> None:
    network["central"].kill()
    network["central"].start()
    network.seconds_until(lambda: network.are("ACTIVATED"), "the links of a Central started at rest are back")
