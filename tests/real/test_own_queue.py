"""A driver with an app waits at a site, and takes what is offered by way of either of two Centrals, over Kafka."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection

from evcharging.tests.stages.postgres import Postgres
from tests.real.app import App, until
from tests.real.network import Network
from tools.broker.broker import Broker

LONG = {"CP_ENGINE_SUPPLY_TICKS": "600"}
"""A supply lasts five minutes."""


@pytest.fixture
def network(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("own"), running_broker, postgres) as network:
        network.add_central("central 1")
        network.add_central("central 2")
        network.add_fleet("P", 2, ["central 1", "central 2"], **LONG)
        network.restore()
        yield network


def test_who_waits_at_a_site_takes_the_point_that_is_offered_by_way_of_either_central(network: Network) -> None:
    for cp_id in network.points:
        url = f"http://localhost:{network.central_port}/cp/register"
        httpx.post(url, json={"cp_id": cp_id, "site_id": "SITE-9"}, trust_env=False, timeout=20).raise_for_status()
    network.until(lambda: _free(network) == 2, "the site shows its points")
    app, first, second = (App(network, name) for name in ("waiter", "first", "second"))
    sessions = [first.charge("central 1", "P001", "one")["session_id"]]
    sessions.append(second.charge("central 2", "P002", "one")["session_id"])
    network.until(lambda: _free(network) == 0, "both points are taken")
    wanted = {"headers": {"Prefer": "wait=10", "Idempotency-Key": "wait"}, "json": {}}
    with app.stream("central 2") as stream:
        assert json.loads(stream.recv(timeout=30))["queue"] == []
        waits = app.ask("central 1", "POST", "sites/SITE-9/sessions", 202, **wanted)
        assert (waits["status"], waits["place"]) == ("QUEUED", 1)
        first.ask("central 2", "POST", f"me/sessions/{sessions[0]}/stop")
        offer = _frame(stream, "OFFERED")
        assert (offer["type"], offer["cp_id"], offer["request_id"]) == ("queue", "P001", waits["request_id"])
        app.ask("central 1", "POST", f"me/queue/{offer['request_id']}/take")
        sessions.append(until(stream, "ACCEPTED")[-1]["session_id"])
        until(stream, "IN_PROGRESS")
        app.ask("central 2", "POST", f"me/sessions/{sessions[-1]}/stop")
        assert until(stream, "COMPLETED")[-1]["ticket"]["session_id"] == sessions[-1]
    second.ask("central 1", "POST", f"me/sessions/{sessions[1]}/stop")
    served = app.ask("central 1", "GET", f"me/queue/{waits['request_id']}")
    assert (served["status"], served["session_id"]) == ("SERVED", sessions[-1])
    network.until(network.books.is_finalised, "the ledger is settled")
    network.books.check([f"🎫 {session_id} " for session_id in sessions])


def _free(network: Network) -> int:
    site = network.get("/sites/SITE-9")
    return site["points"]["ACTIVATED"] if site else 0


def _frame(stream: ClientConnection, status: str) -> dict[str, Any]:
    """The next frame with this status."""
    while True:
        frame: dict[str, Any] = json.loads(stream.recv(timeout=30))
        if frame.get("status") == status:
            return frame
