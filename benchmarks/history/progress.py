"""What the program reports while it makes a ledger."""

import sys
from collections.abc import Iterator
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

EVERY = 1_000_000
"""Rows after which it reports."""


def counted(rows: Iterator[T]) -> Iterator[T]:
    """The same rows, with reports of how many there were."""
    began = monotonic()
    for number, row in enumerate(rows):
        if number % EVERY == 0:
            tell(f"{number / 1e6:,.0f} million rows after {monotonic() - began:,.0f} s")
        yield row


def tell(text: str) -> None:
    """Report something."""
    print(text, file=sys.stderr, flush=True)
