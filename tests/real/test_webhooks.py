"""A webhook over Kafka and PostgreSQL: it is told of an alert under one ID, though the Central that tries is killed."""

import base64
import hmac
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import httpx
import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

CENTRALS = ("central 1", "central 2")
FAILED = re.compile(r'^evcharging_webhook_attempts_total\{outcome="failed"\} ([0-9.]+)', re.MULTILINE)


class FailingReceiver(BaseHTTPRequestHandler):
    """Keeps what was posted, and takes it once it `is_well`."""

    heard: ClassVar[list[tuple[dict[str, str], str]]] = []
    is_well: ClassVar[bool] = False

    def do_POST(self) -> None:  # as the library calls it
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204 if FailingReceiver.is_well else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def receiver() -> Iterator[str]:
    """The address of somebody who is told, and fails."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FailingReceiver)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def network(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("webhooks"), running_broker, postgres) as network:
        for name in CENTRALS:
            network.add_central(name, "--webhooks-private")
        network.add_fleet("W", 2, CENTRALS)
        network.restore()
        yield network
        network.check_books()


def post(network: Network, path: str, body: object = None) -> dict[str, dict[str, str]]:
    url = f"http://localhost:{network.central_port}{path}"
    answer = httpx.post(url, json=body, trust_env=False, timeout=15).raise_for_status()
    found: dict[str, dict[str, str]] = answer.json()
    return found


def failed(network: Network, central: str) -> float:
    """How many posts of a Central have failed."""
    network.look_at(central)
    text = httpx.get(f"http://localhost:{network.central_port}/metrics", trust_env=False, timeout=15).text
    return float(FAILED.findall(text)[0])


def test_who_takes_over_goes_on_to_tell_under_the_same_id(network: Network, receiver: str) -> None:
    network.look_at(CENTRALS[0])
    made = post(network, "/api/v1/webhooks", {"url": receiver})
    post(network, "/cp/W001/fault")
    network.until(lambda: len(FailingReceiver.heard) > 1, "the receiver is told, and told again")
    trying = next(name for name in CENTRALS if failed(network, name))
    network[trying].kill()
    FailingReceiver.is_well = True
    before = len(FailingReceiver.heard)
    network.look_at(next(name for name in CENTRALS if name != trying))
    network.until(lambda: len(FailingReceiver.heard) > before, "the other Central goes on")
    path = f"/api/v1/webhooks/{made['webhook']['webhook_id']}/deliveries"
    network.until(lambda: network.get(path)["items"][0]["state"] == "delivered", "it counts as delivered")
    [delivery] = network.get(path)["items"]
    assert {headers["webhook-id"] for headers, _ in FailingReceiver.heard} == {delivery["delivery_id"]}
    assert len({body for _, body in FailingReceiver.heard}) == 1
    key = base64.b64decode(str(made["secret"]).removeprefix("whsec_"))
    for headers, body in FailingReceiver.heard:
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(hmac.digest(key, said, 'sha256')).decode()}"
    post(network, "/cp/W001/recover")
    network.until(lambda: len(network.get(path)["items"]) == 2, "the end of the fault is told")
    network[trying].start()
