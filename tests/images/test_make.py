"""`make up` and its like find Docker's Compose under either of its names, and say so in a sentence if there is none."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

from evcharging.tests.places import ROOT

COMPOSE_IN_DOCKER = 'case "$1" in compose | info) ;; *) exit 1 ;; esac'
NO_COMPOSE_IN_DOCKER = 'case "$1" in info) ;; *) exit 1 ;; esac'
NOT_RUNNING = 'case "$*" in "compose version"*) ;; *) exit 1 ;; esac'
TOLD = 'echo "${0##*/} $*" >> "$(dirname "$0")/told"\n'


def make(target: str, folder: Path, **programs: str) -> tuple[int, str, list[str]]:
    """Run make where these are all the programs of Docker; its exit code, what it said and what it told Docker."""
    for name in ("sh", "env", "find", "dirname", "python3"):
        (folder / name).symlink_to(which(name) or name)
    for name, body in programs.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!/bin/sh\n{TOLD}{body}\n")
        program.chmod(0o755)
    environment = {"PATH": str(folder)}
    command = [which("make") or "make", target]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    told = folder / "told"
    return done.returncode, done.stdout + done.stderr, told.read_text().splitlines() if told.exists() else []


def test_compose_as_a_part_of_docker_is_taken(tmp_path: Path) -> None:
    code, _, told = make("down", tmp_path, docker=COMPOSE_IN_DOCKER, docker_compose="")
    assert code == 0
    assert told[-1].split()[:2] == ["docker", "compose"]
    assert told[-1].endswith("-f docker/docker-compose.yml down")


def test_without_that_the_older_program_is_taken(tmp_path: Path) -> None:
    code, _, told = make("up", tmp_path, docker=NO_COMPOSE_IN_DOCKER, docker_compose="echo 127.0.0.1:8000")
    assert code == 0
    [up] = [line for line in told if line.endswith("-f docker/docker-compose.yml up --build --detach")]
    assert up.split()[0] == "docker-compose"


@pytest.mark.parametrize("programs", [{}, {"docker": NO_COMPOSE_IN_DOCKER}, {"docker": NOT_RUNNING}])
@pytest.mark.parametrize("target", ["up", "down", "logs"])
def test_without_a_docker_that_runs_one_sentence_says_so(tmp_path: Path, target: str, programs: dict[str, str]) -> None:
    code, said, _ = make(target, tmp_path, **programs)
    assert code == 2
    assert said.splitlines()[0] == "Docker with Compose must be installed and running; without it: make run"
