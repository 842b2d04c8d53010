"""Runs commands in the images as the compose file wants its containers: on a read-only root, as nobody in particular,
without a way to more, and with their volumes. Shares this machine's network and processes, and needs no engine."""

import os
from collections.abc import Mapping
from pathlib import Path

from evcharging.tests.stages.docker_files import DOCKER, Service
from tests.compose_run import Runner
from tests.images.buildah import Image
from tests.topology import Program

OWNER = 10001
ENTER = """
root=$1
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
shift
while [ "$1" != -- ]; do mount --bind "$1" "$root$2"; shift 2; done
shift
mount -o remount,bind,ro "$root"
exec chroot "$root" setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all env -i --chdir=/app "$@"
"""


def in_containers(images: Mapping[str, Image], services: Mapping[str, Service], folder: Path) -> Runner:
    """Each program in its image, with volumes in the folder."""

    def command(program: Program, words: list[str]) -> list[str]:
        service = services[program.name]
        image = images[service["build"]["dockerfile"].rpartition(".")[2]]
        mounts = [word for pair in _volumes(image, service, program.name, folder) for word in pair]
        variables = [f"{name}={value}" for name, value in {**image.environment, **program.environment}.items()]
        return ["unshare", "--mount", "sh", "-ec", ENTER, "sh", str(image.root), *mounts, "--", *variables, *words]

    return command


def _volumes(image: Image, service: Service, name: str, folder: Path) -> list[tuple[str, str]]:
    """What is mounted where: the service's own volumes, and one without a name for what else the image keeps."""
    given = [volume.split(":")[:2] for volume in service.get("volumes", [])]
    unnamed = [[name, place] for place in image.config.get("Volumes") or {} if place not in {at for _, at in given}]
    return [(_source(source, folder), place) for source, place in [*given, *unnamed]]


def _source(name: str, folder: Path) -> str:
    if name.startswith("."):
        return str((DOCKER / name).resolve())
    place = folder / "volumes" / name
    place.mkdir(parents=True, exist_ok=True)
    os.chown(place, OWNER, OWNER)
    return str(place)
