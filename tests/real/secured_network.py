"""A Central that listens on the network over TLS, points and drivers elsewhere, and a Kafka that tells its users apart
between them: each in a folder of its own, as on a machine of its own."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from evcharging.adapters.tls import client_context
from tests.real.secured import PASSWORDS, flags
from tests.real.stack import ROOT, Program, Stack
from tools.broker.broker import free_ports
from tools.broker.secured import SecuredBroker
from tools.certificates import authority, certificate

CLI = ["python", "-m", "evcharging.apps.shell.cli"]
COMMAND_WITHIN, ANSWERS_WITHIN = 60.0, 20.0


class SecuredNetwork(Stack):
    """None of its programs is started."""

    def __init__(self, folder: Path, broker: SecuredBroker) -> None:
        super().__init__(folder)
        self.broker = broker
        self._health_ports: dict[str, int] = {}
        signed_by = authority(folder / "tls")
        self.ca = signed_by.cert
        server = certificate(signed_by)
        self.central_port, self.links_port = free_ports(2)
        everywhere = ["--http-host", "0.0.0.0", "--http-port", str(self.central_port)]
        everywhere += ["--listen-host", "0.0.0.0", "--listen-port", str(self.links_port)]
        tls = ["--tls-cert", str(server.cert), "--tls-key", str(server.key)]
        self._place("central", ["central", *flags(broker, "central"), *everywhere, *tls], **_password("CENTRAL"))

    # What there is

    @property
    def url(self) -> str:
        """Where Central is."""
        return f"https://localhost:{self.central_port}"

    def add_engine(self, cp_id: str, *words: str, ticks: int = 3) -> Program:
        """The engine of a point."""
        (port,) = free_ports(1)
        self._health_ports[cp_id] = port
        words = ("--cp-id", cp_id, "--health-port", str(port), "--supply-ticks", str(ticks), *words)
        whole = ["engine", *flags(self.broker, "points"), *words]
        return self._place(f"engine {cp_id}", whole, cp_id, **_password("CP_ENGINE"))

    def add_monitor(self, cp_id: str, **environment: str) -> Program:
        """The monitor of a point, beside its engine."""
        words = ["--cp-id", cp_id, "--cp-e-port", str(self._health_ports[cp_id]), *self.to_central]
        return self._place(f"monitor {cp_id}", ["monitor", *words], cp_id, **environment)

    def add_driver(self, driver_id: str, *points: str) -> Program:
        """A driver who asks at these points, one after another."""
        place = self._made(driver_id)
        (place / "requests.txt").write_text("".join(f"{cp_id}\n" for cp_id in points))
        words = ["--driver-id", driver_id, "--request-interval", "0.5", *self.to_central]
        whole = ["driver", *flags(self.broker, "drivers"), *words]
        return self._place(f"driver {driver_id}", whole, driver_id, **_password("DRIVER"))

    @property
    def to_central(self) -> list[str]:
        """How other programs find Central, and what they trust."""
        return ["--central-port", str(self.central_port), "--central-tls", "--central-ca", str(self.ca)]

    def _place(self, name: str, words: list[str], place: str | None = None, **environment: str) -> Program:
        self.programs[name] = Program(name, [*CLI, *words], self._made(place or name), environment)
        return self.programs[name]

    def _made(self, place: str) -> Path:
        (self.folder / place).mkdir(exist_ok=True)
        return self.folder / place

    # What is asked

    def browser(self) -> httpx.Client:
        """Somebody's browser: it keeps cookies, and trusts the authority of Central's certificate."""
        trusted = client_context(str(self.ca))
        page = {"Origin": self.url}
        return httpx.Client(base_url=self.url, headers=page, verify=trusted, trust_env=False, timeout=ANSWERS_WITHIN)

    def command(self, place: str, *words: str, **environment: str) -> str:
        """What a command says that does what it is asked, on the machine of somebody."""
        command = [sys.executable, *CLI[1:], *words]
        whole = {"PYTHONPATH": str(ROOT), **environment}
        at = self._made(place)
        done = subprocess.run(
            command, cwd=at, env=whole, check=False, capture_output=True, text=True, timeout=COMMAND_WITHIN
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def setup_token(self) -> str:
        """What stands in the link that Central prints for its first administrator."""
        said = r"Make the first administrator at https://\S+/setup#([\w-]{43}),"
        self.until_said("central", said)
        found = re.search(said, self["central"].said(said)[-1])
        assert found is not None
        return found[1]

    def point(self, by: httpx.Client, cp_id: str) -> Any:
        """How Central shows a point to somebody, while it answers."""
        try:
            answer = by.get(f"/cp/{cp_id}")
        except httpx.TransportError:
            return None
        return answer.json() if answer.is_success else None

    def until_seen(self, by: httpx.Client, cp_id: str, state: str, seconds: float = ANSWERS_WITHIN * 3) -> None:
        """Wait until Central shows somebody a point so."""
        self.until(lambda: (self.point(by, cp_id) or {}).get("state") == state, f"{cp_id} is shown {state}", seconds)


def _password(program: str) -> dict[str, str]:
    """A program's password at Kafka, as its environment has it."""
    party = {"CENTRAL": "central", "CP_ENGINE": "points", "DRIVER": "drivers"}[program]
    return {f"{program}_KAFKA_PASSWORD": PASSWORDS[party]}
