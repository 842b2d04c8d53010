"""A network that is ended and started again at the same address, with the same files."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.browser.conftest import ANSWER_S, RUN, START_S, Central, end, free_ports, is_in_order

OPTIONS = ("--drivers", "0", "--sites", "1")


def is_whole(central: Central) -> bool:
    """Every point is in service, and the site has heard of them."""
    return is_in_order(central) and bool(central.http.get("/api/v1/sites").json()["items"])


class OwnNetwork:
    """Three points of one site that wait for whoever comes. It runs once it is started."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.http_port, tcp_port = free_ports(2)
        self.address = f"http://127.0.0.1:{self.http_port}"
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = {
            "CENTRAL_HTTP_PORT": str(self.http_port),
            "CENTRAL_LISTEN_PORT": str(tcp_port),
            "CENTRAL_DB_URL": f"sqlite:///{folder}/central.db",
            "CP_ENGINE_JOURNAL": str(folder / "engines.journal"),
        }

    def start(self) -> None:
        """Start it, and wait until every point is in service."""
        log = self._folder / "central.log"
        with log.open("ab") as output:
            environment = {**os.environ, **self._settings}
            command = [*RUN, *OPTIONS, *self._options]
            process = subprocess.Popen(command, cwd=self._folder, env=environment, stdout=output, stderr=output)
        self._process = process
        with httpx.Client(base_url=self.address, timeout=ANSWER_S, trust_env=False) as http:
            Central(process, log, http).wait_until(is_whole, START_S)

    def kill(self) -> None:
        """It is gone at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def end(self) -> None:
        """End it, if it runs."""
        if self._process is not None:
            end(self._process)


@contextmanager
def own_network(folder: Path, *options: str) -> Iterator[OwnNetwork]:
    """One that has started, and has ended afterwards."""
    network = OwnNetwork(folder, *options)
    try:
        network.start()
        yield network
    finally:
        network.end()
