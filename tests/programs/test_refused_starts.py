"""Where memory or ports are not as a program needs them, it says so in one sentence before anything else."""

import asyncio
import resource
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from evcharging.apps.shell.machine import LEAST_MEMORY, MIB
from evcharging.tests.stages.tcp_stage import HOST, free_port
from tests.programs.network_process import SOON
from tests.programs.program_process import PROGRAMS, command, started

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
