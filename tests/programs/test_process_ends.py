"""How programs begin and end where terminal, streams, ports or memory are not as usual: in good order, or with one
sentence, and never by a signal or a stack trace."""

import asyncio
import os
import pty
import resource
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from evcharging.apps.shell.machine import LEAST_MEMORY, MIB
from evcharging.tests.stages.tcp_stage import HOST, free_port
from tests.programs.network_process import SOON, network

PROGRAMS = ("run", "central", "engine", "monitor", "driver")
NOBODY = "127.0.0.1:1"
OPTIONS = {
    "run": ("--http-port", "0", "--listen-port", "0", "--points", "2", "--drivers", "1"),
    "central": ("--kafka-bootstrap", NOBODY, "--http-port", "0", "--listen-port", "0"),
    "engine": ("--kafka-bootstrap", NOBODY, "--health-port", "0"),
    "monitor": ("--cp-e-port", "1", "--central-port", "1"),
    "driver": ("--kafka-bootstrap", NOBODY, "--requests-file", "mine.txt"),
}
UP = {
    "run": b"Dashboard at ",
    "central": b"Cannot reach Kafka",
    "engine": b"Health and metrics at ",
    "monitor": b"Health and metrics at ",
    "driver": b"Health and metrics at ",
}


def command(program: str) -> list[str]:
    return [sys.executable, "-m", "evcharging.apps.shell.cli", program, *OPTIONS[program]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.txt").write_text("CP-001\n")
    return tmp_path


async def ended(process: Process) -> int:
    await asyncio.wait_for(process.wait(), SOON)
    assert process.returncode is not None
    return process.returncode


@asynccontextmanager
async def started(
    arguments: list[str],
    folder: Path,
    *,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    preexec_fn: Callable[[], None] | None = None,
) -> AsyncIterator[Process]:
    """A process, which is killed if it runs in the end."""
    process = await asyncio.create_subprocess_exec(
        *arguments, cwd=folder, stdin=stdin, stdout=stdout, stderr=stderr, preexec_fn=preexec_fn
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def without(*closed: int) -> Callable[[], None]:
    """Closes streams before a program begins, as `<&-` and `>&-` do."""

    def close() -> None:
        for number in closed:
            os.close(number)

    return close


async def until_said(stream: asyncio.StreamReader | None, words: bytes) -> bytes:
    assert stream is not None
    said = b""
    while words not in said:
        part = await asyncio.wait_for(stream.read(4096), SOON)
        assert part, said
        said += part
    return said


# Streams


@pytest.mark.parametrize("program", PROGRAMS)
def test_with_its_input_closed_a_program_runs_and_ends_in_good_order(program: str, folder: Path) -> None:
    async def scene() -> None:
        async with started(command(program), folder, stdout=PIPE, stderr=PIPE, preexec_fn=without(0)) as process:
            await until_said(process.stdout, UP[program])
            process.send_signal(signal.SIGTERM)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())


async def until_held(folder: Path) -> None:
    """Wait until a program has gone so far that it holds a journal or a database."""
    async with asyncio.timeout(SOON):
        while not [*(folder / "data").glob("*")]:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("closed", [(1,), (0, 1), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("program", ["run", "engine", "driver"])
def test_with_its_output_closed_a_program_runs_and_ends_in_good_order(
    program: str, closed: tuple[int, ...], folder: Path
) -> None:
    async def scene() -> None:
        errors = folder / "errors"
        with errors.open("wb") as out:
            async with started(
                command(program),
                folder,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=out.fileno(),
                preexec_fn=without(*closed),
            ) as process:
                await until_held(folder)
                process.send_signal(signal.SIGTERM)
                assert await ended(process) == 0
        assert errors.read_bytes() == b""

    asyncio.run(scene())


def test_a_program_whose_reader_has_gone_goes_on_and_ends_in_good_order(folder: Path) -> None:
    async def scene() -> None:
        reader, writer = os.pipe()
        async with started(command("run"), folder, stdout=writer, stderr=PIPE) as process:
            os.close(writer)
            assert await asyncio.to_thread(os.read, reader, 20)
            os.close(reader)
            await until_held(folder)
            process.send_signal(signal.SIGTERM)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())


# Terminals


def test_a_program_whose_terminal_is_closed_ends_in_good_order(folder: Path) -> None:
    """As a terminal's window does: all that was in it gets SIGHUP, and nothing can be read or written there."""

    async def scene() -> None:
        near, far = pty.openpty()
        async with started(
            command("run"), folder, stdin=far, stdout=far, stderr=far, preexec_fn=as_its_terminal
        ) as process:
            os.close(far)
            said = b""
            while b"IN_PROGRESS" not in said:
                said += await asyncio.wait_for(asyncio.to_thread(os.read, near, 4096), SOON)
            os.close(near)
            assert await ended(process) == 0

    asyncio.run(scene())


def as_its_terminal() -> None:
    """Makes the standard input the terminal that the process belongs to."""
    os.setsid()
    os.close(os.open(os.ttyname(0), os.O_RDWR))


@pytest.mark.parametrize("program", PROGRAMS)
def test_sighup_ends_every_program_in_good_order(program: str, folder: Path) -> None:
    async def scene() -> None:
        async with started(command(program), folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE) as process:
            await until_said(process.stdout, UP[program])
            process.send_signal(signal.SIGHUP)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())


def test_what_is_started_with_nohup_outlives_its_terminal(folder: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def scene() -> None:
        async with started(command("run"), folder, stdout=PIPE, stderr=PIPE, preexec_fn=ignore) as process:
            await until_said(process.stdout, b"connected")
            process.send_signal(signal.SIGHUP)
            await until_said(process.stdout, b"IN_PROGRESS")
            process.send_signal(signal.SIGTERM)
            await process.communicate()
            assert process.returncode == 0

    asyncio.run(scene())


def test_ctrl_c_ends_a_network_whose_keys_are_read_from_a_terminal(folder: Path) -> None:
    async def scene() -> None:
        near, far = pty.openpty()
        async with started(
            [*command("run"), "--manual"], folder, stdin=far, stdout=far, stderr=far, preexec_fn=as_its_terminal
        ) as process:
            os.close(far)
            said = b""
            while b"waits to be plugged in" not in said:
                said += await asyncio.wait_for(asyncio.to_thread(os.read, near, 4096), SOON)
            os.write(near, b"f CP-002\n")
            while b"FAULT" not in said:
                said += await asyncio.wait_for(asyncio.to_thread(os.read, near, 4096), SOON)
            os.write(near, b"\x03")
            rest = asyncio.create_task(asyncio.to_thread(drained, near))
            assert await ended(process) == 0
            said += await rest
            os.close(near)
            assert b"Fatal" not in said
            assert b"Traceback" not in said

    asyncio.run(scene())


def drained(terminal: int) -> bytes:
    """What is said until the terminal's other side is closed."""
    said = b""
    while True:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            return said


def test_a_program_that_is_stopped_and_goes_on_serves_again(folder: Path) -> None:
    async def scene() -> None:
        async with network(folder, "--telemetry-interval", "0.05", "--supply-ticks", "86400") as there:
            await there.until("IN_PROGRESS")
            there.process.send_signal(signal.SIGSTOP)
            await asyncio.to_thread(os.waitid, os.P_PID, there.process.pid, os.WSTOPPED | os.WNOWAIT)
            there.process.send_signal(signal.SIGCONT)
            for _ in range(3):
                await there.until("IN_PROGRESS")
            assert await there.end(signal.SIGTERM) == 0

    asyncio.run(scene())


# Signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("pause", [0.0, 0.05, 0.2, 0.4])
def test_a_program_that_is_asked_again_and_again_still_ends_in_good_order(
    number: signal.Signals, pause: float, folder: Path
) -> None:
    async def scene() -> None:
        async with started(command("run"), folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE) as process:
            await until_said(process.stdout, b"connected")
            for _ in range(4):
                # Not by `send_signal`, which may take the exit status of a process that has just ended.
                with suppress(ProcessLookupError):
                    os.kill(process.pid, number)
                await asyncio.sleep(pause)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())


# Memory


@pytest.mark.parametrize("program", [*PROGRAMS, "simulate"])
@pytest.mark.parametrize("mib", [100, LEAST_MEMORY - 1])
def test_with_too_little_memory_a_program_says_so_in_one_sentence(program: str, mib: int, folder: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (mib * MIB, mib * MIB))

    async def scene() -> None:
        arguments = [sys.executable, "-m", "evcharging.apps.shell.cli", program]
        async with started(arguments, folder, stdout=PIPE, stderr=PIPE, preexec_fn=limit) as process:
            output, errors = await asyncio.wait_for(process.communicate(), SOON)
            said = f"This process may use {mib} MiB of memory, and needs {LEAST_MEMORY}: raise that with `ulimit -v`"
            assert (process.returncode, output, errors.decode()) == (1, b"", f"Error: {said}\n")

    asyncio.run(scene())


# Ports


@pytest.mark.parametrize(
    ("program", "flag", "variable"),
    [
        ("run", "--http-port", "CENTRAL_HTTP_PORT"),
        ("run", "--listen-port", "CENTRAL_LISTEN_PORT"),
        ("central", "--http-port", "CENTRAL_HTTP_PORT"),
        ("central", "--listen-port", "CENTRAL_LISTEN_PORT"),
        ("engine", "--health-port", "CP_ENGINE_HEALTH_PORT"),
        ("engine", "--http-port", "CP_ENGINE_HTTP_PORT"),
        ("monitor", "--http-port", "CP_MONITOR_HTTP_PORT"),
        ("driver", "--http-port", "DRIVER_HTTP_PORT"),
    ],
)
def test_a_port_that_is_taken_is_said_before_anything_else_with_its_variable(
    program: str, flag: str, variable: str, folder: Path
) -> None:
    async def scene() -> None:
        server = await asyncio.start_server(lambda *_: None, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        async with started([*command(program), flag, str(port)], folder, stdout=PIPE, stderr=PIPE) as process:
            output, errors = await asyncio.wait_for(process.communicate(), SOON)
            remedy = f"stop what uses it, or set {variable} to another one"
            assert errors.decode() == f"Error: Port {port} is already in use: {remedy}\n"
            assert (process.returncode, output) == (1, b"")
        assert not (folder / "data").exists()
        server.close()

    asyncio.run(scene())


def test_one_port_for_both_is_said_too(folder: Path) -> None:
    async def scene() -> None:
        with free_port() as port:
            both = ("--http-port", str(port), "--listen-port", str(port))
        async with started([*command("run"), *both], folder, stdout=PIPE, stderr=PIPE) as process:
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert errors.decode().endswith("or set CENTRAL_LISTEN_PORT to another one\n")

    asyncio.run(scene())
