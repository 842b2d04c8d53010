"""The small HTTP server of programs without a web framework: its pages, and what no client can do to it."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import httpx
import pytest

from evcharging.adapters.tcp import CannotListen, PortTaken
from evcharging.apps.shell.status import Status
from evcharging.apps.web import status_server
from evcharging.apps.web.status_server import AT_ONCE, LARGEST_HEAD, StatusServer, pages, status_port
from evcharging.tests.stages.tcp_stage import HOST


@pytest.fixture
def status() -> Status:
    status = Status()
    status.waiting = None
    return status


@pytest.fixture
def port(status: Status) -> Iterator[int]:
    with closing(StatusServer(pages(status), HOST, 0)) as server:
        yield server.port


def ask(port: int, path: str, method: str = "GET") -> httpx.Response:
    return httpx.request(method, f"http://{HOST}:{port}{path}", timeout=10, trust_env=False)


def verdict(port: int, path: str) -> tuple[int, Any]:
    answer = ask(port, path)
    return answer.status_code, answer.json()


@contextmanager
def caller(port: int, said: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection((HOST, port), timeout=10) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(said)
        yield connection


def heard(connection: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    said = b""
    try:
        while part := connection.recv(65536):
            said += part
    except ConnectionResetError:
        pass
    return said


# What it says


def test_a_process_that_is_well_is_live_and_ready(port: int) -> None:
    well = {"status": "ok", "reason": None}
    assert verdict(port, "/health/live") == (200, well)
    assert verdict(port, "/health/ready") == (200, well)
    status, health = verdict(port, "/health")
    assert (status, health["status"], health["reason"]) == (200, "ok", None)


def test_a_process_that_waits_is_live_and_not_ready_and_says_why(port: int, status: Status) -> None:
    status.waiting = "Waiting for Kafka at localhost:9092"
    failing = {"status": "failing", "reason": "Waiting for Kafka at localhost:9092"}
    assert verdict(port, "/health/ready") == (503, failing)
    assert verdict(port, "/health/live")[0] == 200
    status_code, health = verdict(port, "/health")
    assert status_code == 503
    assert failing.items() <= health.items()


def test_a_loop_that_stands_still_is_told_by_the_thread_that_does_not() -> None:
    async def scene() -> tuple[int, Any]:
        moments = iter([0.0])
        status = Status(lambda: next(moments, 60.0))
        async with status_port(status, HOST, 0, lambda level, text: None) as port:
            # Called in the loop itself, which stands still meanwhile.
            return verdict(port, "/health/live")

    assert asyncio.run(scene()) == (503, {"status": "failing", "reason": "The event loop has stood still for 60 s"})


def test_the_port_is_said_aloud_and_answers_until_the_program_ends() -> None:
    async def scene() -> None:
        said: list[tuple[str, str]] = []
        status = Status()
        async with status_port(status, HOST, 0, lambda *line: said.append(line)) as port:
            assert said == [("info", f"Health and metrics at http://localhost:{port}")]
            assert (await asyncio.to_thread(ask, port, "/health/live")).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await asyncio.to_thread(ask, port, "/health/live")

    asyncio.run(scene())


def test_the_numbers_are_told_in_the_form_that_is_asked_for(port: int) -> None:
    plain = ask(port, "/metrics")
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\nevcharging_ready 1.0\n" in plain.text
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    wanted = httpx.get(f"http://{HOST}:{port}/metrics", headers=accept, timeout=10, trust_env=False)
    assert wanted.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert wanted.text.endswith("# EOF\n")


def test_head_is_answered_like_get_without_a_body(port: int) -> None:
    answer = ask(port, "/health/live", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(ask(port, "/health/live").content)


def test_a_query_is_no_part_of_the_path(port: int) -> None:
    assert ask(port, "/health/live?x=1").status_code == 200


def test_what_there_is_not_is_said_with_what_there_is(port: int) -> None:
    answer = ask(port, "/cp")
    assert answer.status_code == 404
    assert answer.json()["reason"].startswith("There is nothing here but /health, /health/live, /health/ready")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "BREW"])
def test_nothing_can_be_changed_here(port: int, method: str) -> None:
    answer = ask(port, "/health", method)
    assert answer.status_code == 501
    assert "<" not in answer.text


def test_where_there_is_another_answer_it_is_given_to_all_that_is_no_page_also_to_posts(status: Status) -> None:
    def otherwise(_: str) -> status_server.Answer:
        return 503, "application/json", b'{"detail":"not yet"}'

    with closing(StatusServer(pages(status), HOST, 0, otherwise)) as server:
        for method, path in (("GET", "/"), ("GET", "/cp"), ("POST", "/cp/register"), ("POST", "/health")):
            answer = ask(server.port, path, method)
            assert (answer.status_code, path == "/health") in ((503, False), (200, True))
        posted = httpx.post(
            f"http://{HOST}:{server.port}/cp/register", content=b"x" * 60_000, timeout=10, trust_env=False
        )
        assert (posted.status_code, posted.json()) == (503, {"detail": "not yet"})


def test_a_port_is_free_again_at_once(status: Status) -> None:
    port = 0
    for _ in range(5):
        with closing(StatusServer(pages(status), HOST, port)) as server:
            port = server.port
            assert ask(port, "/health").status_code == 200


def test_a_mistake_in_a_page_is_one_sentence() -> None:
    def mistaken(_: str) -> status_server.Answer:
        raise KeyError("x")

    with closing(StatusServer({"/": mistaken}, HOST, 0)) as server:
        assert verdict(server.port, "/") == (500, {"reason": "A mistake in this program: KeyError('x')"})


# What nobody can do to it


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x05\x02{}\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_request_gets_a_plain_answer_or_none(port: int, said: bytes) -> None:
    with caller(port, said) as connection:
        answer = heard(connection)
    assert b"Traceback" not in answer
    assert b"200 OK" not in answer
    assert ask(port, "/health/live").status_code == 200


def test_a_head_that_is_too_long_is_hung_up_on(port: int) -> None:
    with caller(port) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(b"GET /health HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD * 8)
        assert heard(connection) == b""


def test_a_client_that_is_slow_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_server, "WITHIN", 0.2)
    with caller(port, b"GET /hea") as slow:
        assert heard(slow) == b""


def test_whoever_has_been_silent_longest_makes_room_for_one_who_asks(port: int) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(caller(port, b"GET /hea")) for _ in range(3 * AT_ONCE)]
        assert ask(port, "/health/live").status_code == 200
        assert heard(silent[0]) == b""


def test_where_all_are_being_answered_one_more_is_hung_up_on_and_not_left_waiting() -> None:
    asked, go_on = threading.Semaphore(0), threading.Event()

    def slow(_: str) -> tuple[int, str, bytes]:
        asked.release()
        go_on.wait(10)
        return 200, "text/plain", b"at last"

    with closing(StatusServer({"/slow": slow}, HOST, 0)) as server, ExitStack() as stack:
        callers = [stack.enter_context(caller(server.port, b"GET /slow HTTP/1.0\r\n\r\n")) for _ in range(AT_ONCE)]
        assert all(asked.acquire(timeout=10) for _ in range(AT_ONCE))
        with caller(server.port, b"GET /slow HTTP/1.0\r\n\r\n") as one_more:
            assert heard(one_more) == b""
        go_on.set()
        assert all(heard(each).endswith(b"at last") for each in callers)


def test_a_program_that_has_no_thread_left_answers_again_once_it_has(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        for _ in range(AT_ONCE + 1):
            with caller(port, b"GET /health/live HTTP/1.0\r\n\r\n") as unlucky:
                assert heard(unlucky) == b""
    assert ask(port, "/health/live").status_code == 200


def no_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def is_answered(port: int) -> bool:
    """There is room again, as soon as the threads of those that were hung up on have ended."""
    for _ in range(500):
        with suppress(httpx.RemoteProtocolError, httpx.ReadError):
            return bool(ask(port, "/health/live").status_code == 200)
        threading.Event().wait(0.01)
    return False


def test_clients_that_go_away_are_nobodys_trouble(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    for said in (b"", b"GET /health HTTP/1.1\r\n", b"GET /health HTTP/1.1\r\n\r\n"):
        with caller(port, said):
            pass
    assert is_answered(port)
    assert capfd.readouterr().err == ""


def test_many_clients_at_once_are_answered_or_hung_up_on_and_none_waits(port: int) -> None:
    async def crowd() -> list[object]:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=10, trust_env=False) as http:
            return await asyncio.gather(*(http.get("/health") for _ in range(100)), return_exceptions=True)

    answers = asyncio.run(crowd())
    answered = [answer for answer in answers if isinstance(answer, httpx.Response)]
    assert answered
    assert {answer.status_code for answer in answered} == {200}
    assert all(isinstance(answer, httpx.Response | httpx.TransportError) for answer in answers)
    assert is_answered(port)


def test_a_port_that_cannot_be_had_is_one_sentence(port: int, status: Status) -> None:
    with pytest.raises(PortTaken, match=f"^Port {port} is already in use: "):
        StatusServer(pages(status), HOST, port)
    with pytest.raises(CannotListen, match=r"^Cannot listen on no such host:0: "):
        StatusServer(pages(status), "no such host", 0)


def test_the_answer_is_json_for_machines(port: int) -> None:
    answer = ask(port, "/health")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["version"]
