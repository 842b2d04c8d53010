"""The chain of a shard's facts: each carries a hash of itself and of the one before. Knows no database."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

BEGINNING = ""
"""What stands before the first fact of a shard."""


def link(previous: str, shard: str, kind: str, key: str, body: str) -> str:
    """The hash of a fact, as 64 hexadecimal digits: SHA-256 over the UTF-8 text of these five, with U+0000 between
    them. None of them holds one itself: where a key does, U+FFFD stands for it, as in databases that cannot keep it."""
    if "\0" in key:
        key = key.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return sha256(f"{previous}\0{shard}\0{kind}\0{key}\0{body}".encode()).hexdigest()


def chain(facts: Iterable[dict[str, Any]], heads: Mapping[str, str]) -> dict[str, str]:
    """Give each of new facts, as rows, its hash. `heads`: the newest hash of each shard that has facts.
    Returns the newest hashes of the shards that these facts belong to."""
    newest: dict[str, str] = {}
    for fact in facts:
        shard = fact["shard"]
        previous = newest.get(shard) or heads.get(shard, BEGINNING)
        newest[shard] = fact["hash"] = link(previous, shard, fact["kind"], fact["key"], fact["body"])
    return newest
