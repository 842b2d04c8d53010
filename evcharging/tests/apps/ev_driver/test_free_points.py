"""A driver lists the free points, and learns whether Central wants to know who asks."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from evcharging.apps.ev_driver.free_points import CannotList, free_points, wants_proof
from evcharging.common.setting_values import Address
from evcharging.tests.stages.tcp_stage import free_port

POINT = {"cp_id": "CP-001", "location": "Bay 1", "euros_per_kwh": 0.3, "kw_rate": 22.0, "state": "ACTIVATED"}


class Answering(HTTPServer):
    """Answers each request with the text of its path; to who brings the right token, where one is needed."""

    text = b""
    access = b'{"mode": "open"}'
    token: str | None = None


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Answering)
        texts = {"/cp/free": self.server.text, "/api/v1/access": self.server.access}
        wanted = self.server.token
        if self.path == "/cp/free" and wanted and self.headers["Authorization"] != f"Bearer {wanted}":
            self.send_response(401)
            texts = {self.path: b'{"detail": "This token has expired"}'}
        else:
            self.send_response(200 if self.path in texts else 404)
        self.end_headers()
        self.wfile.write(texts.get(self.path, b""))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Answering]:
    server = Answering(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_free_point_is_a_line_with_its_place_price_and_power(server: Answering) -> None:
    server.text = json.dumps([POINT]).encode()
    assert free_points([Address("127.0.0.1", server.server_port)]) == ["CP-001  Bay 1  €0.3000/kWh  22.0 kW"]


def test_the_next_central_is_asked_where_one_is_away(server: Answering) -> None:
    server.text = json.dumps([POINT]).encode()
    with free_port() as away:
        assert len(free_points([Address("127.0.0.1", away), Address("127.0.0.1", server.server_port)])) == 1


def test_who_has_a_key_shows_it_and_who_has_none_or_a_wrong_one_is_told_what_to_do(server: Answering) -> None:
    server.text, server.token = json.dumps([POINT]).encode(), "right"
    where = [Address("127.0.0.1", server.server_port)]
    assert len(free_points(where, token="right")) == 1
    with pytest.raises(CannotList, match=r"shows nothing: sign in first: evcharging driver login$"):
        free_points(where)
    with pytest.raises(CannotList, match=r"shows nothing: This token has expired$"):
        free_points(where, token="wrong")


@pytest.mark.parametrize(
    ("said", "wants"),
    [(b'{"mode": "secure"}', True), (b'{"mode": "open"}', False), (b"{}", False), (b"<html>", False), (b"[]", False)],
)
def test_whether_central_wants_proof_is_what_it_says(server: Answering, said: bytes, wants: bool) -> None:
    server.access = said
    with free_port() as away:
        assert wants_proof([Address("127.0.0.1", away), Address("127.0.0.1", server.server_port)]) is wants
        assert wants_proof([Address("127.0.0.1", away)]) is False


def test_without_a_central_there_is_one_sentence(server: Answering) -> None:
    server.server_close()
    with pytest.raises(CannotList, match=f"^Cannot reach Central at 127.0.0.1:{server.server_port}$"):
        free_points([Address("127.0.0.1", server.server_port)])


@pytest.mark.parametrize("text", [b"<html>", b"[1]", b'{"cp_id": 1}', b'[{"cp_id": "CP-001"}]'])
def test_what_is_not_central_is_said_to_be_not_central(server: Answering, text: bytes) -> None:
    server.text = text
    with pytest.raises(CannotList, match="is not Central"):
        free_points([Address("127.0.0.1", server.server_port)])
