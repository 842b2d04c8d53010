"""Builds the images without Docker: with buildah, on a Debian with Python that mmdebstrap makes. What was built stays
in a folder of the checkout, so that only what changed is built again. Takes root; knows nothing of running."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evcharging.tests.places import ROOT
from evcharging.tests.stages.docker_files import DOCKERFILES

STORE = ROOT / ".images"
BASE = "localhost/python"
DEBIAN = ["--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm"]
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class Image:
    """An image that was built: what it says of itself, and the folder in which its files are."""

    config: dict[str, Any]
    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it sets."""
        pairs = [pair.partition("=") for pair in self.config["Env"]]
        return {name: value for name, _, value in pairs}


@contextmanager
def built_images() -> Iterator[dict[str, Image]]:
    """All of them, by what their Dockerfiles' names end in; their files are there until the block is left."""
    STORE.mkdir(exist_ok=True)
    _make_base()
    arguments = ["--quiet", "--layers", "--format=docker", "--pull-never", f"--build-arg=PYTHON_IMAGE={BASE}"]
    images, containers = {}, []
    for name, file in DOCKERFILES.items():
        tag = f"localhost/{name}"
        _buildah("build", *arguments, f"--tag={tag}", f"--file={file.path}", str(ROOT))
        config = json.loads(_buildah("inspect", "--type=image", tag))["Docker"]["config"]
        containers.append(_buildah("from", "--pull-never", tag))
        images[name] = Image(config, Path(_buildah("mount", containers[-1])))
    try:
        yield images
    finally:
        _buildah("rm", *containers)


def _make_base() -> None:
    """A Debian with Python, in the place of the official image; it trusts whom this machine trusts."""
    if _buildah("images", "--quiet", f"--filter=reference={BASE}"):
        return
    archive = STORE / "debian.tar"
    subprocess.run(["mmdebstrap", "--quiet", *DEBIAN, str(archive)], check=True)
    container = _buildah("from", "scratch")
    _buildah("add", "--quiet", container, str(archive), "/")
    _buildah("add", "--quiet", container, TRUSTED, TRUSTED)
    _buildah("config", f"--env=PIP_CERT={TRUSTED}", f"--env=NODE_EXTRA_CA_CERTS={TRUSTED}", container)
    _buildah("commit", "--quiet", "--rm", container, BASE)
    archive.unlink()


def _buildah(*arguments: str) -> str:
    command = ["buildah", f"--root={STORE}/root", f"--runroot={STORE}/run", "--storage-driver=overlay", *arguments]
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot"}
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True).stdout.strip()
