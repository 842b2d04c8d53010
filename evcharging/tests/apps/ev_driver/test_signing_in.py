"""A driver signs in on the command line, and is left with a key alone."""

import json
from collections.abc import Iterator
from contextlib import chdir
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from evcharging.adapters.key_files import OwnKey, own_key, put_own_key
from evcharging.apps.ev_driver.keys import CannotProve, keys_of, seals_of
from evcharging.apps.shell.cli import main
from evcharging.common.config import DriverSettings, read
from evcharging.common.kafka import DRIVER_REQUESTS
from evcharging.common.messages import DriverRequest
from evcharging.common.utils import to_json
from evcharging.domain.access.keys import KeyKind
from evcharging.tests.stages.scenario import T0
from evcharging.tests.stages.tcp_stage import free_port

PASSWORD = "correct horse"
TOKENS = {"access_token": "access", "token_type": "Bearer", "expires_in": 600, "refresh_token": "evr_1", "account": {}}
KEY = {"kind": "driver", "id": "driver-alice", "version": 3, "key": "ab" * 32}
REQUEST = DriverRequest(ts=T0, request_id="R-1", driver_id="driver-alice", cp_id="CP-001")


class Central(HTTPServer):
    """Answers as Central does, and keeps what it was asked; `refusal` is what it says of a name and password."""

    refusal: str | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[tuple[str, Any, str | None]] = []


class Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        central = self.server
        assert isinstance(central, Central)
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))) or "null")
        central.asked.append((self.path, body, self.headers.get("authorization")))
        match self.path:
            case "/api/v1/auth/login" if central.refusal is not None:
                self._answer(401, {"detail": central.refusal})
            case "/api/v1/auth/login":
                self._answer(200, TOKENS)
            case "/api/v1/auth/register":
                self._answer(201, {"account": {}, "tokens": TOKENS})
            case "/api/v1/me/key":
                self._answer(200, KEY)
            case _:
                self._answer(204, None)

    def _answer(self, status: int, body: object) -> None:
        self.send_response(status)
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def central(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Central]:
    monkeypatch.setenv("DRIVER_PASSWORD", PASSWORD)
    server = Central()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with chdir(tmp_path):
        yield server
    server.shutdown()
    thread.join()
    server.server_close()


def driver(central: Central, *arguments: str) -> Result:
    word, *others = arguments
    where = () if word == "logout" else ("--central-port", str(central.server_port))
    return CliRunner().invoke(main, ["driver", word, *where, *others], env={"DRIVER_CENTRAL_HOST": "127.0.0.1"})


def test_who_signs_in_is_left_with_a_key_and_no_token(central: Central) -> None:
    said = driver(central, "login", "--name", "alice")
    assert said.output == (
        "Signed in as driver-alice, whose key is in data/driver-alice.key: evcharging driver --driver-id driver-alice\n"
    )
    assert central.asked == [
        ("/api/v1/auth/login", {"name": "alice", "password": PASSWORD}, None),
        ("/api/v1/me/key", None, "Bearer access"),
        ("/api/v1/auth/logout", {"refresh_token": "evr_1"}, None),
    ]
    assert own_key(Path("data/driver-alice.key")) == OwnKey(
        kind=KeyKind.DRIVER, id="driver-alice", version=3, key="ab" * 32
    )
    assert PASSWORD not in Path("data/driver-alice.key").read_text()


def test_who_registers_may_say_which_driver_it_is(central: Central) -> None:
    assert driver(central, "register", "--name", "alice", "--driver-id", "driver-alice").exit_code == 0
    body = {"name": "alice", "password": PASSWORD, "driver_id": "driver-alice"}
    assert central.asked[0] == ("/api/v1/auth/register", body, None)
    assert driver(central, "register", "--name", "alice").exit_code == 0
    assert central.asked[3] == ("/api/v1/auth/register", {"name": "alice", "password": PASSWORD}, None)


def test_the_password_may_be_in_a_file(central: Central, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("of the file\n")
    assert driver(central, "login", "--name", "alice", "--password-file", str(file)).exit_code == 0
    assert central.asked[0][1] == {"name": "alice", "password": "of the file"}


def test_what_central_refuses_is_told_in_its_own_words_and_nothing_is_kept(central: Central) -> None:
    central.refusal = "Name or password is wrong"
    said = driver(central, "login", "--name", "alice")
    where = f"127.0.0.1:{central.server_port}"
    assert (said.exit_code, said.output) == (1, f"Error: Central at {where} refuses: Name or password is wrong\n")
    assert not Path("data").exists()


def test_a_central_that_is_away_is_told_and_the_next_one_asked(central: Central) -> None:
    with free_port() as port:
        away = f"127.0.0.1:{port}"
        hosts = f"{away},127.0.0.1:{central.server_port}"
        assert driver(central, "login", "--name", "alice", "--central-host", hosts).exit_code == 0
        said = driver(central, "login", "--name", "alice", "--central-host", away)
    assert said.output == f"Error: Cannot reach Central at {away}\n"


def test_without_a_terminal_nothing_is_asked_for(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DRIVER_PASSWORD")
    assert "give it with --name" in driver(central, "login").output
    assert "give it with DRIVER_PASSWORD or --password-file" in driver(central, "login", "--name", "alice").output
    assert central.asked == []


def test_a_key_is_removed_by_signing_out(central: Central) -> None:
    driver(central, "login", "--name", "alice")
    assert driver(central, "logout", "--driver-id", "driver-alice").output == "data/driver-alice.key is removed\n"
    said = driver(central, "logout", "--driver-id", "driver-alice")
    assert said.output == "Error: There is no key at data/driver-alice.key\n"


def test_a_driver_seals_what_it_says_once_it_has_a_key(central: Central) -> None:
    settings, body = read(DriverSettings, {}), to_json(REQUEST)
    assert seals_of(keys_of(settings, ["driver-alice"]).values()).seal(DRIVER_REQUESTS, REQUEST, body) is None
    driver(central, "login", "--name", "alice")
    seal = seals_of(keys_of(settings, ["driver-alice", "driver-bob"]).values()).seal(DRIVER_REQUESTS, REQUEST, body)
    assert seal is not None
    assert seal.startswith(b"driver/driver-alice/3/")


def test_a_key_of_somebody_else_is_refused(central: Central) -> None:
    put_own_key(Path("other.key"), OwnKey(kind=KeyKind.POINT, id="CP-001", version=1, key="cd" * 32))
    settings = read(DriverSettings, {"key": "other.key"})
    with pytest.raises(CannotProve, match=r"^other\.key is the key of point CP-001, not of driver-alice$"):
        keys_of(settings, ["driver-alice"])
    with pytest.raises(CannotProve, match=r"^--key \(DRIVER_KEY\) names the key of one driver"):
        keys_of(settings, ["driver-alice", "driver-bob"])


def test_free_points_are_not_asked_for_with_a_key_of_somebody_else(central: Central) -> None:
    put_own_key(Path("data/driver-alice.key"), OwnKey(kind=KeyKind.POINT, id="CP-001", version=1, key="cd" * 32))
    said = CliRunner().invoke(main, ["driver", "--free", "--central-port", str(central.server_port)])
    assert (said.exit_code, said.output) == (
        1,
        "Error: data/driver-alice.key is the key of point CP-001, not of driver-alice\n",
    )


def test_flags_without_a_word_are_for_driving_as_before() -> None:
    said = CliRunner().invoke(main, ["driver", "--requests-file", "/nowhere/requests.txt"])
    assert said.output == "Error: Cannot read the requests file /nowhere/requests.txt: no such file or directory\n"
