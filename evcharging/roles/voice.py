"""How a role says things: each message with its run and its number in it. Decides nothing."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from evcharging.common.messages import Message
from evcharging.common.utils import changed

P = ParamSpec("P")
M = TypeVar("M", bound=Message)


class Voice:
    """What one run of a shard says, counted."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self._seq = 0

    def next(self) -> int:
        """The number of the next message of this run."""
        self._seq += 1
        return self._seq

    def say(self, kind: Callable[P, M], *args: P.args, **fields: P.kwargs) -> M:
        """A message of this run, with its number."""
        return cast("Callable[..., M]", kind)(*args, epoch=self.epoch, seq=self.next(), **fields)

    def numbered(self, message: M) -> M:
        """A message as one of this run."""
        return changed(message, epoch=self.epoch, seq=self.next())
