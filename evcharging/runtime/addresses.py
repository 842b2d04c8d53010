"""Which role of a host a message is for. Knows no host."""

from collections.abc import Callable
from operator import attrgetter

from evcharging.common.kafka import Topic
from evcharging.common.messages import Message

Address = Callable[[Message], str]


def by_key(topic: Topic, _: int) -> Address:
    """Each message goes to the role named by its key."""
    return attrgetter(topic.key)


def to_one(name: str) -> Callable[[Topic, int], Address]:
    """Every message goes to the one role that there is."""
    return lambda topic, partition: always(name)


def always(name: str) -> Address:
    """Every message goes to the role of this name."""
    return lambda message: name
