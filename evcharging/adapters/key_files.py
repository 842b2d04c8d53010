"""The key of a point or a driver in a file of its own, which nobody else may read. Knows not what it proves."""

import os
import stat
from pathlib import Path
from uuid import uuid4

from evcharging.adapters.own_seals import OwnKey
from evcharging.adapters.store.files import PRIVATE_FILE, beside, make_private
from evcharging.common.messages import Count, Id
from evcharging.common.utils import Frozen, from_json, to_json
from evcharging.domain.access.keys import KeyKind

LARGEST = 4096

KEY_BYTES = 32


class BadKeyFile(ValueError):
    """A file holds no key that can be used; the text says why and what to do, in one sentence, and nothing of it."""


class _Older(Frozen, frozen=True, kw_only=True):
    version: Count
    key: str


class _KeyFile(Frozen, frozen=True, kw_only=True):
    kind: KeyKind
    id: Id
    version: Count
    key: str
    older: _Older | None = None


def read_key(path: Path) -> OwnKey:
    """The key in a file; raises BadKeyFile."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise BadKeyFile(f"The key {path} cannot be read: {(error.strerror or 'unknown').lower()}") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise BadKeyFile(f"The key {path} can be read by others on this machine: chmod 600 {path}")
    try:
        return _own_key(from_json(_KeyFile, text))
    except ValueError:
        raise BadKeyFile(f"{path} holds no key of a point or driver: remove it, and have the key made anew") from None


def _own_key(said: _KeyFile) -> OwnKey:
    older = None if said.older is None else (said.older.version, _key_in(said.older.key))
    return OwnKey(kind=said.kind, id=said.id, version=said.version, key=_key_in(said.key), older=older)


def _key_in(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError("A key has 32 bytes")
    return key


def write_key(path: Path, key: OwnKey) -> None:
    """Put a key into its file, for this user alone, in place of the one before; raises OSError."""
    older = None if key.older is None else _Older(version=key.older[0], key=key.older[1].hex())
    said = _KeyFile(kind=key.kind, id=key.id, version=key.version, key=key.key.hex(), older=older)
    make_private(path.parent)
    unfinished = beside(path, f".{uuid4().hex}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
            file.write(to_json(said) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
