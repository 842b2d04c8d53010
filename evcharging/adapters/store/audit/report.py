"""What an audit found, and the heads of chains as people keep them. Knows no database."""

from collections.abc import Iterable

from evcharging.common.utils import BadJson, Frozen, counted, from_json
from evcharging.domain.audit import Finding

MOST = 1000
"""How many sentences are kept; those beyond are counted."""

HEAD = "head"


class Head(Frozen, frozen=True, kw_only=True):
    """The hash of the newest fact of a shard that has so many."""

    shard: str
    facts: int
    hash: str


class AuditReport(Frozen, frozen=True, kw_only=True):
    """What an audit saw: counts, bills' sum in mWh and micro-euro, differences as sentences, of which there may be more
    than are told, and what is worth knowing besides."""

    facts: int
    sessions: int
    bills: int
    energy_mwh: int
    micro_euros: int
    supplies: int
    waiting: int
    differences: int
    findings: list[str]
    remarks: list[str]
    heads: list[Head]


class Heads(Frozen, frozen=True, kw_only=True):
    """The part of a report that is kept."""

    heads: list[Head]


class Notes:
    """Takes findings down, so many of either sort."""

    def __init__(self) -> None:
        self.counts = {True: 0, False: 0}
        self._texts: dict[bool, list[str]] = {True: [], False: []}

    @property
    def differences(self) -> int:
        """How many were found."""
        return self.counts[True]

    def take(self, findings: Iterable[Finding]) -> None:
        """Take some down."""
        for finding in findings:
            self.add(finding.text, is_difference=finding.is_difference)

    def add(self, text: str, *, is_difference: bool = True) -> None:
        """Take one down."""
        self.counts[is_difference] += 1
        if self.counts[is_difference] <= MOST:
            self._texts[is_difference].append(text)

    def texts(self, *, is_difference: bool) -> list[str]:
        """The sentences of one sort."""
        more = self.counts[is_difference] - MOST
        return [*self._texts[is_difference], *([f"... and {counted(more, 'other')}"] if more > 0 else [])]


def line_of(head: Head) -> str:
    """A head as a line of text."""
    return f"{HEAD} {head.facts} {head.hash} {head.shard}"


def heads_in(text: str) -> list[Head]:
    """The heads in what an audit printed, as lines or as JSON; raises ValueError in one sentence."""
    if text.lstrip().startswith("{"):
        return from_json(Heads, text.encode()).heads
    return [_head(line) for line in text.splitlines() if line.startswith(f"{HEAD} ")]


def _head(line: str) -> Head:
    try:
        _, facts, text, shard = line.split(" ", 3)
        return Head(shard=shard, facts=int(facts), hash=text)
    except ValueError:
        raise BadJson(f"{line[:60]!r} is not a head") from None
