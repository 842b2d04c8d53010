"""The ports of `make run` are looked at before anything is installed, by a plain Python without any package."""

import asyncio
import re
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from evcharging.adapters.listening import PortTaken
from evcharging.tests.places import ROOT
from evcharging.tests.stages.tcp_stage import HOST, free_port
from tools.ports import values_in, why_not

BARE = "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_module('tools.ports', run_name='__main__')"


def test_a_sentence_names_the_port_the_variable_and_what_to_do() -> None:
    remedy = "stop what uses it, or set CENTRAL_HTTP_PORT to another one"
    assert str(PortTaken(8000, "CENTRAL_HTTP_PORT")) == f"Port 8000 is already in use: {remedy}"
    assert str(PortTaken(8000)) == "Port 8000 is already in use: stop what uses it, or choose another port"


@pytest.mark.parametrize("name", ["CENTRAL_HTTP_PORT", "CENTRAL_LISTEN_PORT"])
def test_a_port_that_is_taken_is_told_with_its_variable(name: str) -> None:
    with socket.create_server((HOST, 0)) as server, free_port() as free:
        port = server.getsockname()[1]
        values = {"CENTRAL_HTTP_PORT": str(free), "CENTRAL_LISTEN_PORT": "0", name: str(port)}
        assert why_not(values) == str(PortTaken(port, name))
        assert why_not({**values, name: "0"}) is None
        assert why_not({**values, name: "no port"}) is None


@pytest.mark.parametrize(
    "line",
    ["{}={}", "export {}={}", " {} = {} ", "{}='{}'", '{}="{}"  # mine', "{}={} # mine", "\ufeff{}={}"],
)
def test_a_port_may_stand_in_dotenv(line: str, tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        f"{line.format('CENTRAL_HTTP_PORT', 1234)}\r\n# CENTRAL_LISTEN_PORT=1\nnonsense\n", encoding="utf-8"
    )
    assert dict(values_in(dotenv)) == {"CENTRAL_HTTP_PORT": "1234"}
    assert dict(values_in(tmp_path / "none")) == {}


@pytest.mark.parametrize("where", ["environment", "dotenv"])
def test_a_python_without_packages_says_it(where: str, tmp_path: Path) -> None:
    async def scene(port: int) -> tuple[int | None, str]:
        values = {"CENTRAL_HTTP_PORT": "0", "CENTRAL_LISTEN_PORT": str(port)}
        if where == "dotenv":
            (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
            values = {}
        command = (sys.executable, "-I", "-S", "-c", BARE, str(ROOT))
        process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=values, stdout=PIPE, stderr=STDOUT)
        output, _ = await process.communicate()
        return process.returncode, output.decode()

    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert asyncio.run(scene(port)) == (1, f"Error: {PortTaken(port, 'CENTRAL_LISTEN_PORT')}\n")
    assert asyncio.run(scene(0)) == (0, "")


def test_make_looks_at_ports_first_and_counts_its_steps() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^run: ports \$\(INSTALLED\)", makefile, re.MULTILINE)
    assert [makefile.count(step) for step in ('"1/$(STEPS) ', '"2/$(STEPS) ', '"3/3 ')] == [1, 1, 1]
