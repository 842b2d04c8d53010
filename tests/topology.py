"""The compose file's network on this machine: what each service runs and finds in its environment, with free ports of
127.0.0.1 in the place of services' names and ports. Knows not what a command is run in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from evcharging.common.config import GROUPS
from evcharging.common.setting import settings_of
from evcharging.tests.stages.docker_files import Service, dockerfile_of, environment_of
from tools.broker.broker import free_ports

HERE = "127.0.0.1"
ITSELF = {"localhost", HERE, "0.0.0.0"}
AT_A_PORT = re.compile(r"(?<![\w.-])([a-z][\w-]*|[\d.]+):(\d+)\b")
DEFAULTS = {setting.variable: setting.default for group in GROUPS for setting in settings_of(group)}
NO_SETTINGS = {"PATH", "PYTHONUNBUFFERED"}


@dataclass(frozen=True)
class Program:
    """What a service's container runs, and what is asked to see whether it is well."""

    name: str
    command: list[str]
    health_check: list[str]
    environment: dict[str, str]


def program_of(name: str, service: Service) -> Program:
    """A service that is built here; raises ValueError for others."""
    image = dockerfile_of(service)
    if image is None:
        raise ValueError(f"{name} is not built here")
    given = {variable: value for variable, value in environment_of(service).items() if variable not in NO_SETTINGS}
    return Program(name, image.entrypoint, image.health_check, given)


class Ports:
    """Which free port of this machine stands for which port of which service."""

    def __init__(self, services: Iterable[str]) -> None:
        self._services = set(services)
        self._free = iter(free_ports(64))
        self._given: dict[tuple[str, int], int] = {}

    def of(self, service: str, port: int) -> int:
        """The same one whenever it is asked for."""
        if (service, port) not in self._given:
            self._given[service, port] = next(self._free)
        return self._given[service, port]

    def set(self, service: str, port: int, here: int) -> None:
        """This one, at which the service's port already is."""
        self._given[service, port] = here

    def here(self, program: Program) -> Program:
        """The same program, told of this machine's addresses."""
        return replace(
            program,
            health_check=[self._moved(program.name, word) for word in program.health_check],
            environment=self.environment(program.name, program.environment),
        )

    def environment(self, service: str, given: Mapping[str, str]) -> dict[str, str]:
        """A service's variables, told of this machine's addresses."""
        moved = {variable: self._moved(service, value) for variable, value in given.items()}
        for variable, host in given.items():
            if variable.endswith("_HOST") and (owner := self._owner(service, host)):
                name = variable.removesuffix("HOST") + "PORT"
                moved |= {variable: HERE, name: str(self.of(owner, int(given.get(name) or DEFAULTS[name])))}
        return moved

    def _owner(self, service: str, host: str) -> str | None:
        return service if host in ITSELF else host if host in self._services else None

    def _moved(self, service: str, text: str) -> str:
        def moved(found: "re.Match[str]") -> str:
            owner = self._owner(service, found[1])
            return f"{HERE}:{self.of(owner, int(found[2]))}" if owner else found[0]

        return AT_A_PORT.sub(moved, text)
