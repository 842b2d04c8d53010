"""The compose file's network as plain processes of this machine."""

import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from evcharging.tests.places import ROOT
from tests.compose_contract import ComposeContract, compose_network
from tests.compose_run import ComposeRun, Runner
from tests.topology import Program


def as_processes(folder: Path) -> Runner:
    """In one folder for all, with the Python that runs the tests."""

    def command(program: Program, words: list[str]) -> list[str]:
        variables = [f"{name}={value}" for name, value in program.environment.items()]
        python = [sys.executable if word == "python3" else word for word in words]
        return ["env", "-i", f"--chdir={folder}", f"PYTHONPATH={ROOT}", *variables, *python]

    return command


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeRun]:
    folder = tmp_path_factory.mktemp("compose")
    copyfile(ROOT / "requests.txt", folder / "requests.txt")
    with compose_network(as_processes(folder), folder) as network:
        yield network


class TestTheComposeFilesNetworkAsProcesses(ComposeContract):
    pass
