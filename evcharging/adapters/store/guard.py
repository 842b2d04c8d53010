"""What every store asks of a commit before it writes: whose turn it is, whether it lasted already, and whether it says
anew what may be said only once. Knows no technology."""

from collections.abc import Iterable, Mapping

from evcharging.adapters.store import Commit, Fenced, Refused, Taken
from evcharging.domain.record import Record

Subject = tuple[type[Record], str]
"""A kind of record and a key."""


def check_runs(epochs: Mapping[str, int], newest: Mapping[str, int]) -> None:
    """Raise Fenced where a run is not the newest of its shard."""
    overtaken = [shard for shard, epoch in epochs.items() if newest.get(shard, 0) != epoch]
    if overtaken:
        runs = (f"Shard {shard} is in run {newest.get(shard, 0)}, not {epochs[shard]}" for shard in overtaken)
        raise Fenced("; ".join(runs), overtaken)


def has_lasted(commit: Commit, serials: Mapping[str, int]) -> bool:
    """Whether a commit is the newest that its anchor remembers; raises Refused for one before that."""
    anchor = commit.anchor
    newest = serials.get(anchor, 0) if anchor is not None else -1
    if commit.serial < newest:
        raise Refused(f"Commit {commit.serial} of shard {anchor} comes after commit {newest}")
    return commit.serial == newest


def said_once(records: Iterable[tuple[str, Record]]) -> dict[Subject, Record]:
    """The records that may be recorded only once, each once; raises Taken where two of them differ."""
    said: dict[Subject, Record] = {}
    for _, record in records:
        if record.once and said.setdefault((type(record), record.key), record) != record:
            raise taken(record)
    return said


def taken(record: Record) -> Taken:
    """The refusal of a record whose key is there with other content."""
    return Taken(f"{type(record).__name__} {record.key} was recorded before, with other content")
