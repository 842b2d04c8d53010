"""A driver with an app: any of two Centrals takes the charge, tells of it and ends it, over a real Kafka."""

import json
from collections.abc import Iterator

import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.app import App, until
from tests.real.network import Network
from tools.broker.broker import Broker

LONG = {"CP_ENGINE_SUPPLY_TICKS": "600"}
"""A supply lasts five minutes."""

TICKETS: list[str] = []
"""The sessions of all tickets that apps have heard of."""


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("own"), running_broker, postgres) as network:
        network.add_central("central 1")
        network.add_central("central 2")
        network.add_fleet("P", 2, ["central 1", "central 2"], **LONG)
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    shared.restore()
    yield shared
    shared.until(shared.books.is_finalised, "the ledger is settled")
    shared.check_words()
    shared.books.check([f"🎫 {session_id} " for session_id in TICKETS])


@pytest.mark.parametrize(("asked", "told"), [("central 1", "central 2"), ("central 2", "central 1")])
def test_whichever_central_is_asked_the_other_tells_and_ends_it(network: Network, asked: str, told: str) -> None:
    app, other = App(network, f"app-{asked[-1]}"), App(network, f"other-{asked[-1]}")
    with app.stream(told) as stream, other.stream(told) as others:
        assert json.loads(stream.recv(timeout=30))["type"] == "snapshot"
        session_id = app.charge(asked, "P001", "one")["session_id"]
        assert app.charge(told, "P001", "one")["session_id"] == session_id
        assert other.charge(told, "P001", "one", 409)["detail"] == "P001 is busy"
        readings = [frame for frame in until(stream, "IN_PROGRESS") if frame["kwh"]]
        while not readings:
            readings = [frame for frame in until(stream, "IN_PROGRESS") if frame["kwh"]]
        assert other.ask(asked, "POST", f"me/sessions/{session_id}/stop", 404)["code"] == "unknown_session"
        app.ask(told, "POST", f"me/sessions/{session_id}/stop")
        ticket = until(stream, "COMPLETED")[-1]["ticket"]
        assert (ticket["session_id"], ticket["ended_by"]) == (session_id, "stopped by the driver")
        TICKETS.append(ticket["session_id"])
        assert ticket["kwh"] >= readings[-1]["kwh"]
        assert [frame["status"] for frame in until(others, "DENIED")] == ["DENIED"]
    assert app.ask(asked, "GET", f"me/sessions/{session_id}/receipt")["ended_by"] == "stopped by the driver"
