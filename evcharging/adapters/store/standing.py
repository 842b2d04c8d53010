"""How everything stands, as every store tells it. Knows no rule."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from evcharging.domain.record import Record

R = TypeVar("R", bound=Record)

Where = Mapping[str, Sequence[str]]
"""Text fields, and the values of which each of them must have one."""


class Standing(Protocol):
    """The newest record of every key. Every method may raise StoreUnavailable."""

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        """The newest records with these keys; a key without one is left out."""
        ...

    def select(self, kind: type[R], where: Where | None = None) -> list[R]:
        """The newest record of every key, oldest key first, where each named text field has one of the values."""
        ...
