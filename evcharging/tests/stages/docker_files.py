"""The files for Docker as tests read them: what each service of the compose file is started with, by its Dockerfile and
by its own lines. Knows no container."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evcharging.tests.places import ROOT

DOCKER = ROOT / "docker"
COMPOSE = DOCKER / "docker-compose.yml"

Service = dict[str, Any]
"""One service as YAML gives it."""

Instruction = tuple[str, str]
"""A word of a Dockerfile, and the rest of its line."""

WITH_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")


@cache
def compose() -> dict[str, Any]:
    """The compose file as it is where no variable is set."""
    read: dict[str, Any] = yaml.safe_load(WITH_DEFAULT.sub(r"\1", COMPOSE.read_text(encoding="utf-8")))
    return read


def stages(text: str) -> list[str]:
    """The stages of a Dockerfile, each from its FROM on; what stands before the first one is left out."""
    return re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]


@dataclass(frozen=True)
class Dockerfile:
    """One Dockerfile, and the image that it makes."""

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    def of(self, word: str) -> list[str]:
        """The arguments of every such instruction that makes the image: of the last stage, and of the one that it is
        from."""
        _, runtime, *_, last = stages(self.text)
        return [rest for stage in (runtime, last) for name, rest in instructions(stage) if name == word]

    @property
    def environment(self) -> dict[str, str]:
        """What it sets for the program."""
        pairs = [pair.partition("=") for rest in self.of("ENV") for pair in shlex.split(rest)]
        return {name: value for name, _, value in pairs}

    @property
    def entrypoint(self) -> list[str]:
        """What is started. It stands there as a list, so that no shell is between the program and its signals."""
        [found] = self.of("ENTRYPOINT")
        words: list[str] = json.loads(found)
        return words

    @property
    def health_check(self) -> list[str]:
        """What is run to see whether the program is well."""
        [found] = self.of("HEALTHCHECK")
        words: list[str] = json.loads(found.partition("CMD ")[2])
        return words


def instructions(text: str) -> list[Instruction]:
    """What a part of a Dockerfile says, without comments, and with continued lines joined."""
    kept = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", kept).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line)]


DOCKERFILES = {path.suffix[1:]: Dockerfile(path) for path in sorted(DOCKER.glob("Dockerfile.*"))}
"""All of them, by what their names end in."""


def dockerfile_of(service: Service) -> Dockerfile | None:
    """What a service is built from, unless it is an image of others."""
    build = service.get("build")
    return Dockerfile((DOCKER / build["context"] / build["dockerfile"]).resolve()) if build else None


def environment_of(service: Service) -> dict[str, str]:
    """What a service's program finds in its environment: the image's variables, and over them the service's own."""
    image = dockerfile_of(service)
    own: Mapping[str, Any] = service.get("environment", {})
    return {**(image.environment if image else {}), **{name: str(value) for name, value in own.items()}}


def added_in(page: str) -> dict[str, Service]:
    """The services that a page of the documentation says to add for another point."""
    [lines] = re.findall(r"^```yaml\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    services: dict[str, Service] = yaml.safe_load(lines)
    return services
