"""Reservations over Kafka and PostgreSQL: Central is killed over the begin of one, and still nobody is in the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from evcharging.common.utils import iso
from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tests.real.stack import Program
from tools.broker.broker import Broker

POINT = "R001"
LONG = {"CP_ENGINE_SUPPLY_TICKS": "400"}
"""A supply would last for minutes."""


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("reservations"), running_broker, postgres) as network:
        network.add_central("central", module="tests.real.brisk_central")
        network.add_fleet("R", 1, ["central"], **LONG)
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    shared.restore()
    yield shared
    shared.check_books()


def book(network: Network, driver_id: str, after: float, lasts: float) -> httpx.Response:
    """Book the point from so many seconds on, for so many."""
    begin = datetime.now(UTC) + timedelta(seconds=after)
    url = f"http://localhost:{network.central_port}/api/v1/reservations"
    times = {"from": iso(begin), "to": iso(begin + timedelta(seconds=lasts))}
    return httpx.post(url, json={"cp_id": POINT, "driver_id": driver_id, **times}, trust_env=False, timeout=15)


def reservation(network: Network, reservation_id: str) -> dict[str, Any]:
    """How it stands; nothing while Central does not answer."""
    found: dict[str, Any] = network.get(f"/api/v1/reservations/{reservation_id}") or {}
    return found


def has_ended(program: Program) -> bool:
    return not program.is_running


def test_with_central_dead_over_the_begin_the_engine_ends_the_walk_in_and_the_holder_starts(network: Network) -> None:
    booked = book(network, "h-001", 40, 60).json()
    network.drive("w", [POINT])
    assert network["w"].said("ACCEPTED .* until")
    network["central"].kill()
    network.until_said("engine R", "its time was up", 1)
    begin = datetime.fromisoformat(booked["begins_at"])
    network.until(lambda: datetime.now(UTC) > begin, "the reservation begins")
    network["central"].start()
    network.until_all_are("ACTIVATED")
    network.add_drivers("h", [POINT]).start()
    network.until(lambda: reservation(network, booked["reservation_id"]).get("status") == "USED", "the holder charges")
    network.until_said("h", "COMPLETED|FAILED", 1)
    network.until_served("w")
    assert network.get("/api/v1/tickets?q=reservation")["items"] == []


def test_of_two_who_book_one_time_one_has_it_and_who_does_not_come_is_told(network: Network) -> None:
    first, second = (book(network, driver_id, 6, 5) for driver_id in ("n-001", "n-002"))
    assert [first.status_code, second.status_code] == [201, 409]
    reservation_id = first.json()["reservation_id"]
    network.until(lambda: reservation(network, reservation_id).get("status") == "NO_SHOW", "nobody comes")


def test_the_program_of_a_driver_books_over_kafka_and_ends_with_the_answer(network: Network) -> None:
    begin = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    times = ["--from", begin.isoformat(), "--to", (begin + timedelta(minutes=30)).isoformat()]
    for driver_id in ("p-001", "p-002"):
        words = ["--driver-id", driver_id, "--kafka-bootstrap", network.broker.bootstrap, "--reserve", POINT, *times]
        program = network.add(driver_id, ["python", "-m", "evcharging.apps.ev_driver.main", *words])
        program.start()
        network.until(partial(has_ended, program), f"{driver_id} has its answer")
    first, second = (network.programs.pop(driver_id) for driver_id in ("p-001", "p-002"))
    assert (first.exit_code, second.exit_code) == (0, 1)
    assert first.said(f"📅 {POINT} . BOOKED . from")
    assert second.said(f"Error: {POINT} is reserved from .* leave 0 minutes between")
