"""Where memory or ports are not as a program needs them, it says so in one sentence before anything else."""

import asyncio
import resource
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from evcharging.apps.shell.machine import LEAST_MEMORY, MIB
from evcharging.tests.stages.tcp_stage import HOST, free_port
from evcharging.tests.stages.tls_stage import trust
from tests.programs.network_process import SOON
from tests.programs.program_process import PROGRAMS, UP, command, started, until_said

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


# Addresses that others reach


@pytest.mark.parametrize(
    ("program", "flag", "variable"),
    [
        ("run", "--http-host", "CENTRAL_HTTP_HOST"),
        ("run", "--listen-host", "CENTRAL_LISTEN_HOST"),
        ("central", "--http-host", "CENTRAL_HTTP_HOST"),
        ("central", "--listen-host", "CENTRAL_LISTEN_HOST"),
        ("engine", "--health-host", "CP_ENGINE_HEALTH_HOST"),
        ("engine", "--http-host", "CP_ENGINE_HTTP_HOST"),
        ("monitor", "--http-host", "CP_MONITOR_HTTP_HOST"),
        ("driver", "--http-host", "DRIVER_HTTP_HOST"),
    ],
)
def test_an_address_that_others_reach_is_refused_without_tls(
    program: str, flag: str, variable: str, folder: Path
) -> None:
    async def scene() -> None:
        async with started([*command(program), flag, "0.0.0.0"], folder, stdout=PIPE, stderr=PIPE) as process:
            output, errors = await asyncio.wait_for(process.communicate(), SOON)
            said = errors.decode()
            assert said.startswith(f"Error: {flag} ({variable}) is '0.0.0.0': this address is reached from other")
            assert said.endswith("or say --insecure where something in front of it encrypts\n")
            assert said.count("\n") == 1
            assert (process.returncode, output) == (1, b"")
        assert not (folder / "data").exists()

    asyncio.run(scene())


def test_the_health_link_is_refused_there_even_with_a_certificate(folder: Path) -> None:
    async def scene() -> None:
        arguments = [*command("engine"), "--health-host", "0.0.0.0", *trust().flags]
        async with started(arguments, folder, stdout=PIPE, stderr=PIPE) as process:
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert process.returncode == 1
            assert "TLS is not spoken there, so listen at 127.0.0.1, or say --insecure" in errors.decode()
        async with started([*arguments, "--insecure"], folder, stdout=PIPE, stderr=PIPE) as process:
            await until_said(process.stdout, UP["engine"])

    asyncio.run(scene())


@pytest.mark.parametrize("program", ["engine", "monitor", "driver"])
def test_somebodys_word_is_enough(program: str, folder: Path) -> None:
    async def scene() -> None:
        arguments = [*command(program), "--http-host", "0.0.0.0", "--insecure"]
        async with started(arguments, folder, stdout=PIPE, stderr=PIPE) as process:
            await until_said(process.stdout, UP[program])

    asyncio.run(scene())


@pytest.mark.parametrize("program", ["central", "engine", "monitor", "driver"])
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--tls-cert", "no.pem"], "A certificate serves nobody without its key: give both"),
        (["--tls-cert", "no.pem", "--tls-key", "no.key"], "Cannot read the certificate no.pem: no such file"),
        (["--tls-cert", "mine.txt", "--tls-key", "mine.txt"], "mine.txt holds no certificate in PEM, which begins"),
    ],
)
def test_a_certificate_that_is_of_no_use_is_one_sentence(
    program: str, given: list[str], sentence: str, folder: Path
) -> None:
    async def scene() -> None:
        async with started([*command(program), *given], folder, stdout=PIPE, stderr=PIPE) as process:
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert errors.decode().startswith(f"Error: {sentence}")
            assert (process.returncode, errors.count(b"\n")) == (1, 1)

    asyncio.run(scene())
