"""`evcharging reconcile` asks a running Central, and says in its exit status what came of it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from evcharging.apps.ops.reconcile import KEY, PATH, main

DIFFERENCE = {"remedy": "void", "reference": "session-9", "payment_id": "pi_1", "text": "5000 cents are held"}


@contextmanager
def central(status: int, answer: object) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """What answers so; its address, and what it was asked, by whom."""
    asked: list[tuple[str, str | None]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.headers.get("Authorization")))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def said(*arguments: str, status: int) -> str:
    result = CliRunner().invoke(main, [*arguments])
    assert result.exit_code == status, result.output
    return result.output


def compared(*differences: object) -> dict[str, object]:
    moments = {"at": "2026-01-01T12:00:00Z", "since": "2026-01-01T10:00:00Z"}
    return {**moments, "ours": 3, "theirs": 4, "found": len(differences), "differences": list(differences)}


def test_no_difference_is_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "evk_1")
    with central(200, compared()) as (address, asked):
        text = said("--central", address, "--since", "2026-01-01T10:00Z", status=0)
    assert text == "3 payments here, 4 at the provider: no differences\n"
    assert asked == [(f"{PATH}?from=2026-01-01T10%3A00%3A00Z", "Bearer evk_1")]


def test_a_difference_is_1_with_its_sentence() -> None:
    with central(200, compared(DIFFERENCE)) as (address, _):
        assert "session-9 (pi_1): 5000 cents are held -> void" in said("--central", address, status=1)
        assert json.loads(said("--central", address, "--json", status=1))["found"] == 1


def test_a_refusal_is_2_with_its_sentence() -> None:
    with central(503, {"title": "x", "detail": "The payment provider is away"}) as (address, _):
        assert "The payment provider is away" in said("--central", address, status=2)


def test_who_is_not_central_and_nobody_are_2() -> None:
    with central(200, []) as (address, _):
        assert "is not Central" in said("--central", address, status=2)
    assert "Cannot reach Central" in said("--central", "http://127.0.0.1:1", status=2)
