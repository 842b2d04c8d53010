"""What was tried and what came of it, counted. Knows no attack."""

from collections import Counter
from collections.abc import Callable

LogLine = Callable[[str], None]
MOST = 50
"""How many findings are told in words, of one part."""


class Tally:
    """The tries of one part, by kind; `findings` are sentences about what should not be."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.findings: list[str] = []

    @property
    def count(self) -> int:
        """All tries."""
        return self.tried.total()

    def judge(self, kind: str, what: str, *, refused: bool) -> None:
        """Count a try, which must be refused; `what` says what came of it."""
        self.tried[kind] += 1
        if not refused:
            self.find(f"{kind}: {what}")

    def find(self, what: str) -> None:
        """Something is not as it should be."""
        if len(self.findings) < MOST:
            self.findings.append(what)

    def must(self, so: bool, what: str) -> None:
        """A control: this has to be so."""
        if not so:
            self.find(f"It should be so, and is not: {what}")

    def add(self, other: "Tally") -> None:
        """Take another one's tries and findings along."""
        self.tried.update(other.tried)
        for what in other.findings:
            self.find(what)
