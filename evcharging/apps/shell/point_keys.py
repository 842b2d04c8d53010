"""Where the keys of points are, and what points prove by them; a file that changes counts at once.
Knows no Central."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from evcharging.adapters.file_marks import Mark, mark_of
from evcharging.adapters.key_files import KeyFileUnusable, OlderKey, OwnKey, own_key, put_own_key
from evcharging.adapters.own_seals import SealingKey
from evcharging.adapters.tokens import Signer, issue_by_key
from evcharging.apps.shell.journals import default_journal
from evcharging.apps.shell.logs import LogLine
from evcharging.apps.shell.options import UserError
from evcharging.domain.access.keys import KeyKind


class KeyFiles:
    """The keys of a process' points. `named` is the one file that the settings name; else each is in `data/`."""

    def __init__(self, named: str | None, log: LogLine) -> None:
        self._named = named
        self._say = log
        self._kept: dict[str, tuple[Mark, OwnKey | None]] = {}

    def file_of(self, cp_id: str) -> Path:
        """Where the key of a point is, or will be."""
        return Path(self._named) if self._named is not None else default_journal(cp_id, "key")

    def read(self, cp_id: str) -> OwnKey | None:
        """The key as its file has it now, None without a file; raises KeyFileUnusable."""
        file = self.file_of(cp_id)
        mark = mark_of(file)
        if cp_id not in self._kept or self._kept[cp_id][0] != mark:
            found = own_key(file)
            if found is not None and (found.kind, found.id) != (KeyKind.POINT, cp_id):
                raise KeyFileUnusable(f"{file} has the key of {found.kind} {found.id}, and not that of {cp_id}")
            self._kept[cp_id] = mark, found
        return self._kept[cp_id][1]

    def newest(self, cp_id: str) -> OwnKey | None:
        """The same for a program that goes on: where the file is of no use any more, what it had is kept."""
        try:
            return self.read(cp_id)
        except KeyFileUnusable as error:
            kept = self._kept.get(cp_id, (None, None))[1]
            self._kept[cp_id] = mark_of(self.file_of(cp_id)), kept
            self._say("warning", f"The key from before goes on: {error}" if kept else str(error))
            return kept

    def put(self, cp_id: str, version: int, key: str, *, keep: bool = True) -> None:
        """Keep a new key, beside the one before if that is to be kept; raises KeyFileUnusable."""
        before = self.read(cp_id) if keep else None
        older = OlderKey(version=before.version, key=before.key) if before and before.version < version else None
        put_own_key(self.file_of(cp_id), OwnKey(kind=KeyKind.POINT, id=cp_id, version=version, key=key, older=older))

    def token(self, cp_id: str, now: datetime) -> str | None:
        """What a point says who it is by over HTTP, for a minute; None for one without a key."""
        held = self.newest(cp_id)
        return issue_by_key(Signer(KeyKind.POINT, cp_id, held.version), held.secret, now) if held else None

    def sealing(self, cp_ids: Iterable[str]) -> list[SealingKey]:
        """What points seal by, of those that have a key."""
        return [held.sealing for cp_id in cp_ids if (held := self.newest(cp_id)) is not None]

    def changed(self, cp_ids: Iterable[str]) -> bool:
        """Whether a file is another one than when it was read."""
        return any(mark_of(self.file_of(cp_id)) != self._kept.get(cp_id, (None, None))[0] for cp_id in cp_ids)


class OfPoints(Protocol):
    """The settings of a program of one point or many."""

    @property
    def key(self) -> str | None: ...


def key_files(settings: OfPoints, cp_ids: Sequence[str], log: LogLine) -> KeyFiles:
    """The keys of a process' points, each of which is there and of use, or is not there. Raises UserError."""
    if settings.key is not None and len(cp_ids) > 1:
        raise UserError("--key names the file of one point's key, and there are several points: leave it out")
    keys = KeyFiles(settings.key, log)
    try:
        for cp_id in cp_ids:
            keys.read(cp_id)
    except KeyFileUnusable as error:
        raise UserError(str(error)) from None
    return keys


TokenOf = Callable[[str], str | None]
"""Gives what a point says who it is by over HTTP."""


def no_token(cp_id: str) -> str | None:
    """No point says who it is."""
    return None
