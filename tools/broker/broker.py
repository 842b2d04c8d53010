"""One node of Apache Kafka in a folder of its own, which it keeps from start to start. Knows no client."""

import base64
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from random import sample
from uuid import uuid4

from tools.broker import VERSION, CannotRun
from tools.broker.jars import fetched

HOST = "localhost"
START_WITHIN = 60.0
STOP_WITHIN = 30.0
LOOK_EVERY = 0.05
STARTED = "Kafka Server started"
HERE = Path(__file__).resolve().parent
TEMPLATE = (HERE / "server.properties").read_text()
OPTIONS = [
    "-Xmx512m",
    f"-Dlog4j.configuration=file:{HERE}/log4j.properties",
    f"-Dlog4j2.configurationFile={HERE}/log4j2.properties",
]


class Broker:
    """Started, killed, paused and started again on the same data and ports. `folder` is made if it is not there;
    `detached`, it outlives who started it. `template` is its settings, with its ports and folder in braces, and
    `scram` what it knows of its users before its first start."""

    def __init__(
        self,
        folder: Path,
        port: int,
        controller_port: int,
        *,
        detached: bool = False,
        template: str = TEMPLATE,
        scram: Sequence[str] = (),
    ) -> None:
        self.port = port
        self.log = folder / "broker.log"
        self.properties = folder / "server.properties"
        self._folder = folder
        self._controller_port = controller_port
        self._detached = detached
        self._template = template
        self._scram = scram
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Where clients find it."""
        return f"{HOST}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether it was started here and has not ended; a paused one runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process. Raises ValueError if it was not started here."""
        if self._process is None:
            raise ValueError("The broker was not started")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it serves. Raises CannotRun."""
        if shutil.which("java") is None:
            raise CannotRun("Java 17 or newer is needed to run Kafka (Debian: apt-get install default-jre-headless)")
        for port in (self.port, self._controller_port):
            if not is_free(port):
                raise CannotRun(f"Port {port} is in use by another program, so Kafka cannot start there")
        jars = fetched(VERSION)
        self._prepare(jars)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                java(jars, "kafka.Kafka", str(self.properties)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=self._detached,
            )
        try:
            self._await_start(self._process)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """As if the machine had lost it: kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """It answers nobody, but keeps its connections."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on after `pause`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, by: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(by)
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _prepare(self, jars: Path) -> None:
        data = self._folder / "data"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.properties.write_text(
            self._template.format(host=HOST, port=self.port, controller_port=self._controller_port, data=data.resolve())
        )
        if not (data / "meta.properties").exists():
            cluster = base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
            tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "--config", str(self.properties)]
            tool += [word for user in self._scram for word in ("--add-scram", user)]
            formatting = subprocess.run(java(jars, *tool), capture_output=True, text=True, check=False)
            if formatting.returncode:
                raise CannotRun(f"Kafka cannot prepare {data}: {_last_line(formatting.stderr + formatting.stdout)}")

    def _await_start(self, process: "subprocess.Popen[bytes]") -> None:
        def said() -> str:
            return self.log.read_text(errors="replace")

        wait_until(lambda: STARTED in said() or process.poll() is not None, START_WITHIN)
        if STARTED not in said() or process.poll() is not None:
            raise CannotRun(f"Kafka did not start, see {self.log}; it said at last: {_last_line(said())}")


def java(jars: Path, *arguments: str) -> list[str]:
    """How a class of Kafka is run."""
    return ["java", *OPTIONS, "-cp", f"{jars.resolve()}/*", *arguments]


def wait_until(so: Callable[[], bool], seconds: float) -> bool:
    """Whether this becomes so in time."""
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_EVERY)
    return True


def is_free(port: int) -> bool:
    """Whether a server may listen at this port."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports at which nobody listens, and which no outgoing connection is given: a killed server gets its own back."""
    free = filter(is_free, sample(range(10_000, 32_000), 1000))
    return list(islice(free, count))


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("\t")]
    return lines[-1] if lines else "nothing"
