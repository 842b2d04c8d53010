"""A real Central with its points and drivers in one process, and a real browser that looks at its panel."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.panel_page import PanelPage

# A condition is waited for; how fast this machine is says nothing about the page.
expect.set_options(timeout=20_000)

POINTS = 3
OWN_POINTS = {f"CP-{number:03}" for number in range(1, POINTS + 1)}
RUN = [sys.executable, "-m", "evcharging.apps.shell.cli", "run", "--points", str(POINTS)]
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S, ANSWER_S, STOP_S, PAUSE_S = 60.0, 15.0, 15.0, 0.05


@dataclass(frozen=True, slots=True)
class Central:
    """A running Central as its HTTP API shows it."""

    process: "subprocess.Popen[bytes]"
    log: Path
    http: httpx.Client

    @property
    def address(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def points(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get("/cp").raise_for_status().json()
        return found

    def order(self, path: str) -> None:
        self.http.post(path).raise_for_status()

    def wait_until(self, holds: Callable[["Central"], bool], seconds: float = ANSWER_S) -> None:
        """Ask again and again; fails if it does not come true in time, or if the process ends."""
        for _ in range(int(seconds / PAUSE_S)):
            try:
                if holds(self):
                    return
            except httpx.TransportError:
                pass
            try:
                self.process.wait(PAUSE_S)
            except subprocess.TimeoutExpired:
                continue
            break
        pytest.fail(f"Central did not come to what the test waits for; it said:\n{self.log.read_text()[-4000:]}")

    def put_in_order(self) -> None:
        """Every point that has a monitor is connected, healthy and in service again, whatever a test did to it."""
        self.order("/cp/resume")
        for point in self.points():
            if point["state"] == "FAULT":
                self.order(f"/cp/{point['cp_id']}/recover")
        self.wait_until(is_in_order)


def retire_others(central: Central) -> None:
    """There are the points of the network and no others, whatever a test registered."""
    for point in central.points():
        if point["cp_id"] not in OWN_POINTS:
            central.http.delete(f"/cp/{point['cp_id']}").raise_for_status()


def is_in_order(central: Central) -> bool:
    connected = [point["state"] for point in central.points() if point["state"] != "DISCONNECTED"]
    return len(connected) >= POINTS and set(connected) <= {"ACTIVATED", "SUPPLYING"}


@contextmanager
def network(folder: Path, *options: str) -> Iterator[Central]:
    """A network in a process of its own, with its files in the folder; yields once every point is in service."""
    http_port, tcp_port = free_ports(2)
    requests = folder / "requests.txt"
    requests.write_text("".join(f"CP-{number:03}\n" for number in range(1, POINTS + 1)))
    settings = {
        "CENTRAL_HTTP_PORT": str(http_port),
        "CENTRAL_LISTEN_PORT": str(tcp_port),
        "CENTRAL_DB_URL": f"sqlite:///{folder}/central.db",
        "CP_ENGINE_JOURNAL": str(folder / "engines.journal"),
        "DRIVER_REQUESTS_FILE": str(requests),
    }
    log = folder / "central.log"
    with log.open("wb") as output:
        environment = {**os.environ, **settings}
        process = subprocess.Popen([*RUN, *options], cwd=folder, env=environment, stdout=output, stderr=output)
    with httpx.Client(base_url=f"http://127.0.0.1:{http_port}", timeout=ANSWER_S, trust_env=False) as http:
        central = Central(process, log, http)
        try:
            central.wait_until(is_in_order, START_S)
            yield central
        finally:
            end(process)


@pytest.fixture(scope="session")
def running_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with network(tmp_path_factory.mktemp("automatic"), "--drivers", "2") as central:
        yield central


@pytest.fixture
def central(running_central: Central) -> Iterator[Central]:
    """The running Central, in order before the test and after it."""
    running_central.put_in_order()
    yield running_central
    retire_others(running_central)
    running_central.put_in_order()


@pytest.fixture
def manual_central(tmp_path: Path) -> Iterator[Central]:
    """A Central whose points wait for hands; there is no driver."""
    with network(tmp_path, "--drivers", "0", "--manual") as central:
        yield central


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def panel(browser: Browser, central: Central) -> Iterator[PanelPage]:
    """The panel, not opened yet."""
    yield from a_panel(browser, central)


@pytest.fixture
def manual_panel(browser: Browser, manual_central: Central) -> Iterator[PanelPage]:
    """The panel of points that wait for hands, not opened yet."""
    yield from a_panel(browser, manual_central)


def a_panel(browser: Browser, central: Central) -> Iterator[PanelPage]:
    """A panel; after its test: nothing was complained of, and nobody but Central was asked for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = PanelPage(context.new_page(), central.address)
    yield page
    context.close()
    assert page.complaints == []
    assert {address for address in page.asked if not address.startswith(central.address)} == set()


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell with a failure what the page said at that moment."""
    report = yield
    panel = getattr(item, "funcargs", {}).get("panel")
    if report.failed and isinstance(panel, PanelPage):
        with suppress(PlaywrightError):
            report.sections.append(("page", f"{panel.page.url}\n{panel.page.locator('body').inner_text()[:2000]}"))
    return report
