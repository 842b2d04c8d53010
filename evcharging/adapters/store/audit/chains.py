"""The chains of facts, recomputed. Knows no database."""

from collections.abc import Iterator, Mapping, Sequence

from evcharging.adapters.store.audit.report import Head
from evcharging.adapters.store.chain import BEGINNING, link
from evcharging.domain.audit import Finding

BACKUP = "compare the facts with those of a backup"


class Chains:
    """Sees all facts in order. `kept`: heads that were noted at another time, to be met again."""

    def __init__(self, kept: Sequence[Head]) -> None:
        self.count = 0
        self._counts: dict[str, int] = {}
        self._newest: dict[str, str] = {}
        self._kept: dict[tuple[str, int], Head] = {(head.shard, head.facts): head for head in kept}

    def see(self, fact_id: int, shard: str, kind: str, key: str, body: str, text: str) -> Iterator[Finding]:
        """What is wrong with the next fact."""
        self.count += 1
        self._counts[shard] = number = self._counts.get(shard, 0) + 1
        if text != link(self._newest.get(shard, BEGINNING), shard, kind, key, body):
            yield Finding(
                f"Fact {fact_id} ({kind} {key} of shard {shard}) does not follow from the one before: it was changed, "
                f"or facts were removed, put in or moved right before it; {BACKUP}"
            )
        self._newest[shard] = text
        head = self._kept.pop((shard, number), None)
        if head is not None and head.hash != text:
            yield Finding(
                f"Fact {fact_id}, number {number} of shard {shard}, is not the one that was the newest when its head "
                f"was noted: the chain was rewritten; {BACKUP}"
            )

    def end(self, heads: Mapping[str, str]) -> Iterator[Finding]:
        """What is missing after the last fact. `heads`: what the shards themselves say is newest."""
        for shard in sorted(self._newest.keys() | heads.keys()):
            if heads.get(shard, BEGINNING) != self._newest.get(shard, BEGINNING):
                yield Finding(
                    f"The newest fact of shard {shard} is not the one that its row in shards tells of: facts were cut "
                    f"off at the end, or put there; {BACKUP}"
                )
        for shard, number in sorted(self._kept):
            yield Finding(
                f"Shard {shard} has {self._counts.get(shard, 0)} facts and had {number} when its head was noted: facts "
                f"were cut off; {BACKUP}"
            )

    def heads(self) -> list[Head]:
        """The newest hash of each shard."""
        return [
            Head(shard=shard, facts=self._counts[shard], hash=self._newest[shard]) for shard in sorted(self._newest)
        ]
