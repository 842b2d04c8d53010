"""Runs the compose file's network as Compose does: each service once those that it waits for are well, with a log,
until all are asked to end. Knows not where a program runs: a runner says how a command is started."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pytest

from evcharging.tests.stages.docker_files import Service
from tests.topology import Ports, Program, program_of

WITHIN, ENDS_WITHIN, PAUSE = 60.0, 10.0, 0.1

Runner = Callable[[Program, list[str]], list[str]]
"""The command that runs these words as a program does: in its environment, in its folder, in the command's own process.
"""


@dataclass(frozen=True)
class Started:
    """A program that was started, and where it writes what it says."""

    program: Program
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def said(self) -> str:
        """All that it said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


class ComposeRun:
    """The programs of a network, from their start until the block is left."""

    def __init__(self, ports: Ports, run: Runner, folder: Path) -> None:
        self.ports = ports
        self._run = run
        self._folder = folder
        self._started: dict[str, Started] = {}

    def up(self, services: Mapping[str, Service]) -> None:
        """Start what is built here, in the order in which it stands there."""
        for name, service in services.items():
            if "build" in service:
                needs = service.get("depends_on", ())
                for need in needs if isinstance(needs, dict) else ():
                    self.until_well(need)
                self._start(self.ports.here(program_of(name, service)))

    def down(self) -> dict[str, int]:
        """Ask all to end, the last one first; their exit codes."""
        return {name: self._end(self._started.pop(name)) for name in reversed(list(self._started))}

    def until_well(self, name: str) -> None:
        """Wait until a service's health check finds nothing wrong."""
        self.until(name, lambda: self.is_well(name))

    def is_well(self, name: str) -> bool:
        """What a service's health check finds now."""
        program = self._started[name].program
        return (
            subprocess.run(self._run(program, program.health_check), capture_output=True, check=False).returncode == 0
        )

    def until_said(self, name: str, text: str) -> None:
        """Wait until a service says this."""
        self.until(name, lambda: text in self._started[name].said)

    def until(self, name: str, so: Callable[[], bool]) -> None:
        """Wait until this is so; fails with what a service said at last if it does not come true in time."""
        end = time.monotonic() + WITHIN
        while not so():
            if time.monotonic() > end:
                pytest.fail(f"{name} did not come to it; it said:\n{self._started[name].said[-4000:]}")
            time.sleep(PAUSE)

    def _start(self, program: Program) -> None:
        log = self._folder / f"{program.name}.log"
        with log.open("wb") as output:
            command = self._run(program, program.command)
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self._started[program.name] = Started(program, process, log)

    def _end(self, started: Started) -> int:
        started.process.send_signal(signal.SIGTERM)
        try:
            return started.process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            started.process.kill()
            return started.process.wait()

    def __enter__(self) -> "ComposeRun":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.down()
