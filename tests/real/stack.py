"""The programs of the README's commands as processes of their own over a real Kafka: started in any order, killed,
paused and started again, each with a log. Knows what they print and what Central's API shows, nothing of their code."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import pytest

ROOT = Path(__file__).parents[2]
WITHIN, ENDS_WITHIN, PAUSE = 60.0, 15.0, 0.05
COMMAND = re.compile(r"^python -m evcharging\.apps\.(\w+)\.main(?:.*\\\n)*.*$", re.MULTILINE)
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \| (DEBUG|INFO|WARNING|ERROR) \| [\w:.@-]+ \| \S.*")
HEALTH = r"Health and metrics at http://\S+$"
KINDS = {"ev_central": "central", "ev_cp_e": "engine", "ev_cp_m": "monitor", "ev_driver": "driver"}
PASSED_ON = ("PATH", "HOME", "LANG", "TZ")


def _get(url: str) -> httpx.Response | None:
    try:
        return httpx.get(url, trust_env=False, timeout=5)
    except httpx.TransportError:
        return None


def readme_commands() -> dict[str, list[str]]:
    """The words of each command that the README gives a terminal, by `central`, `engine CP-001` and so on."""
    commands = {}
    for found in COMMAND.finditer((ROOT / "README.md").read_text(encoding="utf-8")):
        words = shlex.split(found[0].replace("\\\n", " "))
        point = words[words.index("--cp-id") + 1 :][:1] if "--cp-id" in words else []
        commands[" ".join([KINDS[found[1]], *point])] = words
    return commands


class Program:
    """One program, and all that it has said since it was first started."""

    def __init__(self, name: str, words: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.words = words
        self.starts = 0
        """How often it was started."""
        self.environment = {
            **{variable: os.environ[variable] for variable in PASSED_ON if variable in os.environ},
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self._folder = folder
        self._log = folder / f"{name.replace(' ', '-')}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again with the same words if it ran before."""
        self.starts += 1
        command = [sys.executable, *self.words[1:]] if self.words[0] == "python" else self.words
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended; a paused one runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """What it ended with by itself, if it has."""
        return None if self._process is None else self._process.poll()

    @property
    def lines(self) -> list[str]:
        """All that it has said."""
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []

    def said(self, pattern: str, after: int = 0) -> list[str]:
        """The lines with this in them, of those after so many."""
        return [line for line in self.lines[after:] if re.search(pattern, line)]

    def health(self) -> Any:
        """What it answers where it last said that its health is, if it does."""
        places = self.said(HEALTH)
        answer = _get(f"{places[-1].split()[-1]}/health") if places else None
        return answer.json() if answer is not None else None

    def kill(self) -> None:
        """End it as a crash would: kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        return self._end(signal.SIGTERM)

    def pause(self) -> None:
        """It stands still, and its connections stay open."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on after `pause`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, by: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(by)
        try:
            return process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


class Stack:
    """Programs by name, in one folder as terminals in one folder would be. All end with the block; if nothing failed
    in it, they have said nothing but lines as the specification has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs: dict[str, Program] = {}
        self.central_port = 8000

    def add(self, name: str, words: list[str], **environment: str) -> Program:
        """A program that is not yet started."""
        self.programs[name] = Program(name, words, self.folder, environment)
        return self.programs[name]

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    def start(self, *names: str) -> None:
        """Start these."""
        for name in names:
            self[name].start()

    # Waiting

    def until_said(self, name: str, pattern: str, count: int = 1, after: int = 0, seconds: float = WITHIN) -> None:
        """Wait until a program has said this so many times."""
        self.until(lambda: len(self[name].said(pattern, after)) >= count, f"{name}: {pattern}", seconds)

    def until(self, so: Callable[[], bool], what: str, seconds: float = WITHIN) -> None:
        """Wait until this is so; fails with what all said at last if it does not come true in time."""
        end = time.monotonic() + seconds
        while not so():
            if time.monotonic() > end:
                pytest.fail(f"It did not come to this: {what}\n{self.last_words()}")
            time.sleep(PAUSE)

    def last_words(self) -> str:
        """What each program said at last."""
        shown = []
        for program in self.programs.values():
            shown += [f"--- {program.name} {'runs' if program.is_running else 'does not run'}", *program.lines[-25:]]
        return "\n".join(shown)

    # What Central shows

    def ask(self, path: str) -> httpx.Response | None:
        """What Central's API answers, if it does."""
        return _get(f"http://localhost:{self.central_port}{path}")

    def get(self, path: str) -> Any:
        """The answer of Central's API, or None when it has none."""
        answer = self.ask(path)
        return answer.json() if answer is not None and answer.is_success else None

    def post(self, path: str) -> httpx.Response:
        """An order to Central's API."""
        return httpx.post(f"http://localhost:{self.central_port}{path}", trust_env=False, timeout=15)

    def put(self, path: str, body: Any) -> Any:
        """What Central's API answers once something is as it is put."""
        url = f"http://localhost:{self.central_port}{path}"
        return httpx.put(url, json=body, trust_env=False, timeout=15).raise_for_status().json()

    def delete(self, path: str) -> None:
        """Something is not there any more, as Central's API sees to."""
        url = f"http://localhost:{self.central_port}{path}"
        httpx.delete(url, trust_env=False, timeout=15).raise_for_status()

    def state_of(self, cp_id: str) -> str | None:
        """How a point is shown, if it is."""
        point = self.get(f"/cp/{cp_id}")
        return point["state"] if point else None

    def until_shown(self, cp_id: str, state: str, seconds: float = WITHIN) -> None:
        """Wait until a point is shown so."""
        self.until(lambda: self.state_of(cp_id) == state, f"{cp_id} is shown {state}", seconds)

    # The end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for program in self.programs.values():
            program.resume()
            program.stop()
        if kind is None:
            self.check_words()

    def check_words(self) -> None:
        """No stack trace, nothing of a library's own: only lines of the log's format."""
        for program in self.programs.values():
            assert [line for line in program.lines if not LINE.fullmatch(line)] == [], program.name


def readme_stack(folder: Path, ports: Mapping[int, int], requests: list[str], **environment: str) -> Stack:
    """The README's programs, with these ports in the place of its own and this requests file; none is started."""
    stack = Stack(folder)
    stack.central_port = ports.get(8000, 8000)
    (folder / "requests.txt").write_text("".join(f"{cp_id}\n" for cp_id in requests))
    for name, words in readme_commands().items():
        stack.add(name, [_moved(word, ports) for word in words], **environment)
    return stack


def _moved(word: str, ports: Mapping[int, int]) -> str:
    host, colon, port = word.rpartition(":")
    return f"{host}{colon}{ports.get(int(port), port)}" if port.isdigit() else word
