"""A real Prometheus for this checkout: the one of the system, or else Debian's package, unpacked and not installed."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from tools.broker.broker import free_ports

FOLDER: Final = Path(__file__).parents[2] / ".prometheus"
PACKAGE: Final = "prometheus"
STARTED_WITHIN, FETCHED_WITHIN = 60.0, 300.0


class NoPrometheus(Exception):
    """It cannot be had here; the text says what to do."""


def program(name: str) -> str:
    """Where `prometheus` or `promtool` is, fetched if need be. Raises NoPrometheus."""
    found = shutil.which(name)
    if found is not None:
        return found
    unpacked = FOLDER / "usr" / "bin" / name
    if not unpacked.exists():
        _fetch()
    return str(unpacked)


def _fetch() -> None:
    FOLDER.mkdir(exist_ok=True)
    try:
        try:
            _run(["apt-get", "download", PACKAGE])
        except subprocess.CalledProcessError:
            # A machine that has never asked does not know what there is.
            _run(["apt-get", "update"])
            _run(["apt-get", "download", PACKAGE])
        (package, *_) = sorted(FOLDER.glob(f"{PACKAGE}_*.deb"))
        _run(["dpkg", "-x", str(package), str(FOLDER)])
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise NoPrometheus(f"Install Prometheus first (Debian: apt-get install prometheus): {error}") from None


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=FETCHED_WITHIN)


def promtool(*arguments: str, cwd: Path) -> str:
    """What promtool says, by which all must be well; raises CalledProcessError."""
    command = [program("promtool"), *arguments]
    done = subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


class Prometheus:
    """One that serves."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1/", trust_env=False, timeout=30)

    def ask(self, what: str, **parameters: str) -> Any:
        """The data of an answer of its API."""
        return self._http.get(what, params=parameters).raise_for_status().json()["data"]

    def values(self, expression: str) -> list[float]:
        """What an expression comes to just now, for each of its series."""
        return [float(each["value"][1]) for each in self.ask("query", query=expression)["result"]]

    def close(self) -> None:
        """Ask no more."""
        self._http.close()


@contextmanager
def running(folder: Path, configuration: Mapping[str, Any]) -> Iterator[Prometheus]:
    """A Prometheus with this configuration, at a free port of this machine alone, until the block is left."""
    (port,) = free_ports(1)
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(dict(configuration)), encoding="utf-8")
    flags = [
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (
        (folder / "prometheus.log").open("w") as log,
        subprocess.Popen([program("prometheus"), *flags], cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _until_ready(url, process, folder)
            prometheus = Prometheus(url)
            yield prometheus
            prometheus.close()
        finally:
            process.terminate()


def _until_ready(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{url}/-/ready", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise NoPrometheus(f"Prometheus does not start: {(folder / 'prometheus.log').read_text()[-500:]}")
