"""Files with secrets: Central's own, and the key of a point or driver. For this user alone, and never half-written.
Knows no account."""

import os
from binascii import unhexlify
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Final, TypeVar

from evcharging.adapters.file_marks import mark_of
from evcharging.adapters.own_seals import SealingKey
from evcharging.adapters.store.files import PRIVATE_FILE, make_private, sync_folder
from evcharging.adapters.tokens import SigningKeys
from evcharging.common.utils import BadJson, Frozen, from_json, to_json
from evcharging.domain.access.keys import KeyKind

KEY_BYTES: Final = 32
LARGEST = 100_000

T = TypeVar("T")


class KeyFileUnusable(Exception):
    """A file with keys cannot be used; the text says what to do, and nothing of what is in it."""


class _Jwt(Frozen, frozen=True, kw_only=True):
    newest: str
    keys: dict[str, str]

    def __repr__(self) -> str:
        return f"_Jwt({len(self.keys)} keys)"


class _Central(Frozen, frozen=True, kw_only=True):
    master: dict[str, str]
    jwt: _Jwt

    def __repr__(self) -> str:
        return "_Central()"


class CentralKeys:
    """Central's secrets: `master`, of which the keys of points and drivers are derived, and those that sign tokens."""

    def __init__(self, master: Mapping[int, bytes], signing: SigningKeys) -> None:
        self._masters = dict(master)
        self.signing = signing

    @property
    def master(self) -> bytes:
        """The secret that counts."""
        return self._masters[max(self._masters)]

    @property
    def text(self) -> bytes:
        """As it is kept."""
        master = {str(number): secret.hex() for number, secret in self._masters.items()}
        keys = {key_id: key.hex() for key_id, key in self.signing.keys.items()}
        return to_json(_Central(master=master, jwt=_Jwt(newest=self.signing.newest, keys=keys)))

    def renewed(self) -> "CentralKeys":
        """The same with a new key that signs; tokens that the one before has signed count on."""
        before, key_id = self.signing.newest, token_hex(4)
        keys = {before: self.signing.keys[before], key_id: token_bytes(KEY_BYTES)}
        return CentralKeys(self._masters, SigningKeys(key_id, keys))


def new_keys() -> CentralKeys:
    """Secrets that nobody knows."""
    key_id = token_hex(4)
    return CentralKeys({1: token_bytes(KEY_BYTES)}, SigningKeys(key_id, {key_id: token_bytes(KEY_BYTES)}))


def central_keys(path: Path, *, may_make: bool) -> CentralKeys:
    """Central's secrets; made where there are none, if that may be: once something was derived of them, others would
    not do. Raises KeyFileUnusable."""
    if not path.exists():
        if not may_make:
            raise KeyFileUnusable(
                f"{path} is gone, by which the keys of points and drivers were made: put it back from where you keep a "
                "copy, or revoke all keys and enrol everybody anew"
            )
        make_file(path, new_keys().text)
    return _central(path)


class KeysFile:
    """Central's secrets as they are in their file now: a key that was renewed counts at once. Raises KeyFileUnusable
    when it is made; what happens to the file later changes nothing until it can be read again."""

    def __init__(self, path: Path, *, may_make: bool) -> None:
        self._path = path
        self._keys = central_keys(path, may_make=may_make)
        self._known = mark_of(path)

    @property
    def keys(self) -> CentralKeys:
        """The secrets. May be asked in any thread."""
        found = mark_of(self._path)
        if found != self._known:
            with suppress(KeyFileUnusable):
                self._keys = _central(self._path)
            self._known = found
        return self._keys


def renew_signing_key(path: Path) -> CentralKeys:
    """Let a new key sign tokens from here on; those that were signed before count until they expire. Raises
    KeyFileUnusable."""
    keys = _central(path).renewed()
    put_file(path, keys.text)
    return keys


def _central(path: Path) -> CentralKeys:
    kept = read_file(path, _Central)
    try:
        master = {int(number): _key(text) for number, text in kept.master.items()}
        signing = SigningKeys(kept.jwt.newest, {key_id: _key(text) for key_id, text in kept.jwt.keys.items()})
    except ValueError:
        raise _broken(path) from None
    if not master or signing.newest not in signing.keys:
        raise _broken(path)
    return CentralKeys(master, signing)


class OlderKey(Frozen, frozen=True, kw_only=True):
    """The key before the newest."""

    version: int
    key: str

    @property
    def secret(self) -> bytes:
        """The key itself."""
        return unhexlify(self.key)

    def __repr__(self) -> str:
        return f"OlderKey(version={self.version})"


class OwnKey(Frozen, frozen=True, kw_only=True):
    """The key of a point or driver as it is kept at its place; `key` is 64 hexadecimal digits."""

    kind: KeyKind
    id: str
    version: int
    key: str
    older: OlderKey | None = None

    @property
    def secret(self) -> bytes:
        """The key itself."""
        return unhexlify(self.key)

    @property
    def sealing(self) -> SealingKey:
        """What its owner seals by."""
        older = (self.older.version, self.older.secret) if self.older is not None else None
        return SealingKey(kind=self.kind, id=self.id, version=self.version, key=self.secret, older=older)

    def __repr__(self) -> str:
        return f"OwnKey({self.kind}/{self.id}/{self.version})"


def own_key(path: Path) -> OwnKey | None:
    """The key in a file; None where there is no such file. Raises KeyFileUnusable."""
    if not path.exists():
        return None
    found = read_file(path, OwnKey)
    try:
        for key in (found.key, *((found.older.key,) if found.older else ())):
            _key(key)
    except ValueError:
        raise _broken(path) from None
    return found


def put_own_key(path: Path, key: OwnKey) -> None:
    """Keep a key in place of the one there. Raises KeyFileUnusable."""
    put_file(path, to_json(key))


def read_file(path: Path, kind: type[T]) -> T:
    """What a file says that nobody else can read. Raises KeyFileUnusable."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise KeyFileUnusable(f"{path} can be read by others, and has secrets in it: chmod 600 {path}")
            return from_json(kind, file.read(LARGEST))
    except OSError as error:
        raise KeyFileUnusable(
            f"Cannot read {path} ({error.strerror}): give a file with keys that may be read"
        ) from None
    except BadJson:
        raise _broken(path) from None


def make_file(path: Path, text: bytes) -> None:
    """Make a file for this user alone, whole from the first moment; of several programs that do so at once one makes
    it. Raises KeyFileUnusable."""
    _write(path, text, lambda ready: _link(ready, path))


def put_file(path: Path, text: bytes) -> None:
    """Write a file for this user alone, in place of the one there. Raises KeyFileUnusable."""
    _write(path, text, lambda ready: ready.replace(path))


def _write(path: Path, text: bytes, put_in_place: Callable[[Path], object]) -> None:
    ready = path.with_name(f"{path.name}.{token_hex(8)}.new")
    try:
        make_private(path.parent)
        try:
            with os.fdopen(os.open(ready, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            put_in_place(ready)
        finally:
            ready.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise KeyFileUnusable(f"Cannot write {path} ({error.strerror}): give a path that may be written to") from None


def _link(ready: Path, path: Path) -> None:
    with suppress(FileExistsError):
        os.link(ready, path)


def _key(text: str) -> bytes:
    key = unhexlify(text)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def _broken(path: Path) -> KeyFileUnusable:
    return KeyFileUnusable(f"{path} is not a file with keys, or is broken: put it back from where you keep a copy")
