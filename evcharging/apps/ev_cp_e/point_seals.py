"""The seals of the points of this process, by the keys in their files: one that changes counts a little later.
Knows no bus."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from evcharging.adapters.beside import beside
from evcharging.adapters.own_seals import OwnSeals
from evcharging.apps.shell.point_keys import KeyFiles
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message

LOOK_EVERY = 2.0
"""Seconds between looks whether a file has changed."""


class PointSeals:
    """What `OwnSeals` does with the keys as their files had them at the last look."""

    is_ready = True

    def __init__(self, keys: KeyFiles, cp_ids: Sequence[str]) -> None:
        self._keys = keys
        self._cp_ids = cp_ids
        self._seals = OwnSeals(keys.sealing(cp_ids))

    def look(self) -> None:
        """Take what has changed."""
        if self._keys.changed(self._cp_ids):
            self._seals = OwnSeals(self._keys.sealing(self._cp_ids))

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """By the newest key of whom it is from."""
        return self._seals.seal(topic, message, body)

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """Believed where it is sealed with the key of whom it is to, or where that has none here."""
        return self._seals.why_not(topic, message, body, seal)

    def answer(self, message: Message) -> Message | None:
        """Nothing: only Central answers."""
        return self._seals.answer(message)


@asynccontextmanager
async def point_seals(keys: KeyFiles, cp_ids: Sequence[str]) -> AsyncIterator[PointSeals]:
    """The seals, which follow their files until the block is left."""
    seals = PointSeals(keys, cp_ids)
    async with beside(_follow(seals)):
        yield seals


async def _follow(seals: PointSeals) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        seals.look()
