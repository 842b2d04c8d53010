"""A store in memory whose every commit is a line of a file first: the engines' journal. Knows no rule.
A file that has grown long is rewritten as how everything stands now; older records are forgotten then."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from types import GenericAlias

from evcharging.adapters.store import Commit, Place, StoreUnavailable
from evcharging.adapters.store.journal.file import JournalFile
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.messages import Message
from evcharging.common.schema import MESSAGES, Schema
from evcharging.common.utils import Frozen, Raw, from_json, json_decoder, to_json
from evcharging.domain.record import Record
from evcharging.domain.records import JOURNAL, LEDGER

COMPACT_FROM = 16 * 1024 * 1024
COMPACT_FACTOR = 4

ANY_MESSAGE = Schema(*MESSAGES)


class JournalLine(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """What one line says, in order. `epochs`: runs that began. `serials`: the newest commit of a run, by its shard.
    `records`: kind and JSON array, one for each run of records of one kind. `outbox`: number, shard, message.
    `counted`: the last outbox number that was given."""

    epochs: tuple[tuple[str, int], ...] = ()
    serials: tuple[tuple[str, int], ...] = ()
    records: tuple[tuple[str, Raw], ...] = ()
    sent: tuple[int, ...] = ()
    outbox: tuple[tuple[int, str, Raw], ...] = ()
    counted: int = 0
    log_id: str = ""
    positions: tuple[tuple[str, int, int], ...] = ()


class JournalStore(MemoryStore):
    """`volatile`: kinds of records whose loss in a power cut can be borne; a commit of them alone is not synced, and
    survives the death of the process only. `compact_from`: bytes below which the file is never rewritten.
    `cut_off`: bytes of an unfinished last line that opening threw away.
    Raises StoreUnavailable for a file that cannot be used, is damaged, or is in use by another process."""

    def __init__(
        self,
        path: Path | str,
        *,
        volatile: frozenset[type[Record]] = frozenset(),
        kinds: Iterable[type[Record]] = (*LEDGER, *JOURNAL),
        messages: Schema = ANY_MESSAGE,
        compact_from: int = COMPACT_FROM,
        first_epoch: int = 1,
    ) -> None:
        super().__init__(first_epoch=first_epoch)
        self._volatile = volatile
        self._decoders = {kind.__name__: json_decoder(GenericAlias(list, (kind,))) for kind in kinds}
        self._decode_message = messages.decode
        self._compact_from = self._compact_at = compact_from
        self._file = JournalFile(Path(path))
        try:
            self._file.replay(self._read)
        except BaseException:
            self._file.close()
            raise
        self.cut_off = self._file.cut_off

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        epochs = self._next_runs(shards)
        self._file.append(to_json(JournalLine(epochs=tuple(epochs.items()))), sync=True)
        self._begin(epochs)
        return epochs

    def commit(self, commit: Commit) -> list[int]:
        if self._has_lasted(commit):
            return self._numbers_of(commit)
        self._file.append(to_json(self._entry(commit)), sync=self._must_sync(commit))
        numbers = self._make_last(commit)
        if self._file.size > self._compact_at:
            self._compact()
        return numbers

    def check(self) -> str | None:
        return self._file.check()

    def close(self) -> None:
        self._file.close()

    def _must_sync(self, commit: Commit) -> bool:
        return bool(commit.outbox) or not self._volatile.issuperset({type(record) for _, record in commit.records})

    def _entry(self, commit: Commit) -> JournalLine:
        return JournalLine(
            serials=tuple((shard, commit.serial) for shard in commit.epochs) if commit.serial else (),
            records=_runs(record for _, record in commit.records),
            sent=tuple(commit.sent),
            outbox=_posts(enumerate(commit.outbox, start=self._numbers + 1)),
            log_id=commit.log_id,
            positions=_offsets(commit.positions),
        )

    def _read(self, body: bytes) -> None:
        entry = from_json(JournalLine, body)
        records = [("", record) for kind, run in entry.records for record in self._run(kind, run)]
        positions = {(topic, partition): offset for topic, partition, offset in entry.positions}
        self._make_last(Commit(records=records, sent=list(entry.sent), log_id=entry.log_id, positions=positions))
        for number, shard, message in entry.outbox:
            self._outbox[number] = (shard, self._decode_message(bytes(message)))
        self._numbers = max([self._numbers, entry.counted, *(number for number, _, _ in entry.outbox)])
        self._begin(dict(entry.epochs))
        self._serials.update(entry.serials)

    def _run(self, kind: str, run: Raw) -> list[Record]:
        decode = self._decoders.get(kind)
        if decode is None:
            raise ValueError(f"records of the kind {kind} are not known")
        records: list[Record] = decode(bytes(run))
        return records

    def _compact(self) -> None:
        with suppress(StoreUnavailable):  # the commit itself is safe; there is another chance when the file has grown
            self._file.rewrite(to_json(entry) for entry in self._state())
        self._compact_at = max(self._compact_from, COMPACT_FACTOR * self._file.size)

    def _state(self) -> Iterator[JournalLine]:
        yield JournalLine(
            epochs=tuple(self._epochs.items()),
            serials=tuple(self._serials.items()),
            records=_runs(self._newest[kind][key] for kind, key in self._births),
            outbox=_posts(self._outbox.items()),
            counted=self._numbers,
        )
        for log_id, places in self._positions.items():
            yield JournalLine(log_id=log_id, positions=_offsets(places))


def _runs(records: Iterable[Record]) -> tuple[tuple[str, Raw], ...]:
    return tuple((kind.__name__, Raw(to_json(list(run)))) for kind, run in groupby(records, key=type))


def _posts(outbox: Iterable[tuple[int, tuple[str, Message]]]) -> tuple[tuple[int, str, Raw], ...]:
    return tuple((number, shard, Raw(to_json(message))) for number, (shard, message) in outbox)


def _offsets(positions: Mapping[Place, int]) -> tuple[tuple[str, int, int], ...]:
    return tuple((topic, partition, offset) for (topic, partition), offset in positions.items())
