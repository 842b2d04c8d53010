"""Who may do what at Kafka: the rights of Central, of points and of drivers, and how they are given. Knows no program.

Everybody may see all topics, with how long they are: programs look whether these are the ones that they were. Who
cannot read a message sets it aside, and so may write dead letters."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from evcharging.adapters.bus.kafka.security import Settings
from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS, NAMES
from evcharging.common.kafka import CENTRAL_COMMANDS, CP_STATUS, CP_TELEMETRY, DRIVER_UPDATES, FROM_DRIVERS, SITE_POWER

WITHIN, GRACE = 10.0, 2.0
"""Seconds that Kafka has to answer, and that its client has to say that it did not."""

AWAY = (KafkaError._TIMED_OUT, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN)
UNREACHED = "it cannot be reached, or does not answer"


class RightRefused(Exception):
    """Kafka does not give a right; the text says why, in a part of a sentence."""


class Party(StrEnum):
    """Whom a user of Kafka stands for."""

    CENTRAL = "central"
    POINTS = "points"
    DRIVERS = "drivers"


class Right(NamedTuple):
    """One right. `operation` and `kind` (topic or group) are Kafka's own words, and a name with `*` behind it is meant
    as a beginning."""

    operation: str
    kind: str
    name: str


WRITES = {Party.POINTS: (CP_STATUS, CP_TELEMETRY, SITE_POWER), Party.DRIVERS: FROM_DRIVERS}
READS = {Party.POINTS: (CENTRAL_COMMANDS,), Party.DRIVERS: ()}
GROUPS = {Party.POINTS: "engines-*", Party.DRIVERS: "drivers-*"}


def rights_of(party: Party, *, is_open: bool = False) -> Iterator[Right]:
    """All rights of a party. `is_open`: nobody signs in, and so drivers read what is said to all of them."""
    if party is Party.CENTRAL:
        yield from (Right("All", "topic", name) for name in sorted(NAMES))
        yield Right("All", "group", "*")
        return
    yield from (Right("Describe", "topic", name) for name in sorted(NAMES))
    yield from (Right("Write", "topic", topic.name) for topic in WRITES[party])
    yield Right("Write", "topic", DEAD_LETTERS)
    reads = (DRIVER_UPDATES,) if party is Party.DRIVERS and is_open else READS[party]
    yield from (Right("Read", "topic", topic.name) for topic in reads)
    if reads:
        yield Right("Read", "group", GROUPS[party])


def script_of(user: str, rights: list[Right], bootstrap: str) -> str:
    """The same rights as commands of Kafka's own tool, whose `admin.properties` say who gives them."""
    tool = f"kafka-acls.sh --bootstrap-server {bootstrap} --command-config admin.properties --add"
    return "".join(f"{tool} --allow-principal User:{user} {_options(right)}\n" for right in rights)


def _options(right: Right) -> str:
    name = right.name.removesuffix("*")
    pattern = " --resource-pattern-type prefixed" if name and name != right.name else ""
    return f"--operation {right.operation} --{right.kind} '{name or '*'}'{pattern}"


def give(settings: Settings, user: str, rights: list[Right]) -> None:
    """Give these rights; those that a user has already stay. Raises RightRefused."""
    try:
        admin = AdminClient(dict(settings))
        made = admin.create_acls([_binding(user, right) for right in rights], request_timeout=WITHIN)
        for each in made.values():
            each.result(WITHIN + GRACE)
    except TimeoutError:
        raise RightRefused(UNREACHED) from None
    except KafkaException as error:
        said = error.args[0]
        raise RightRefused(UNREACHED if said.code() in AWAY else said.str()) from None


def _binding(user: str, right: Right) -> AclBinding:
    name = right.name.removesuffix("*")
    is_prefix = bool(name) and name != right.name
    return AclBinding(
        ResourceType[right.kind.upper()],
        name or "*",
        ResourcePatternType.PREFIXED if is_prefix else ResourcePatternType.LITERAL,
        f"User:{user}",
        "*",
        AclOperation[right.operation.upper()],
        AclPermissionType.ALLOW,
    )
