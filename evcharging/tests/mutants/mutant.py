"""What a mutant is: a name, what is broken, and a patch that breaks it while it is applied."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

Target = tuple[Any, str, Any]
"""An object or class, the name of what is replaced there, and what takes its place."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """`targets` makes the replacements when they are needed: most of them call what they replace. `unseen` says why
    nobody could see it, where that is so."""

    name: str
    sentence: str
    targets: Callable[[], list[Target]]
    unseen: str | None = None

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Broken within the block, whole again after it."""
        patches = [patch.object(*target) for target in self.targets()]
        for each in patches:
            each.start()
        try:
            yield
        finally:
            for each in reversed(patches):
                each.stop()


MUTANTS: dict[str, Mutant] = {}


def mutant(name: str, unseen: str | None = None) -> Callable[[Callable[[], list[Target]]], Callable[[], list[Target]]]:
    """Names a function that makes replacements; its first line of documentation says what is broken."""

    def register(targets: Callable[[], list[Target]]) -> Callable[[], list[Target]]:
        MUTANTS[name] = Mutant(name, (targets.__doc__ or "").strip(), targets, unseen)
        return targets

    return register
