"""The file that a backup is: a ZIP archive of a ledger and journals, with a manifest that says what must be in it.
Knows no folder of a network."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Self

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.audit.report import Head
from evcharging.common.utils import BadJson, Frozen, from_json, to_json

FORMAT = 1
MANIFEST = "manifest.json"
MOST_OF_MANIFEST = 16 * 1024 * 1024
LEDGER = "ledger.db"
JOURNALS = "journals/"
JOURNAL = re.compile(r"journals/(?!\.\.?$)[^/\\\0]{1,200}")
CHUNK = 1024 * 1024

Advance = Callable[[int], None]
"""Is told how many bytes were read since it was told last."""


class ArchivedFile(Frozen, frozen=True, kw_only=True):
    """One file in a backup: its name there, its bytes, and their hash."""

    name: str
    size: int
    sha256: str


class Manifest(Frozen, frozen=True, kw_only=True):
    """What a backup holds. `revision` and `heads` are its ledger's, where it has one."""

    format: int
    version: str
    made_at: datetime
    revision: str | None
    heads: list[Head]
    files: list[ArchivedFile]

    @property
    def ledger(self) -> ArchivedFile | None:
        """The ledger in it, which not every backup has."""
        return next((entry for entry in self.files if entry.name == LEDGER), None)

    @property
    def journals(self) -> dict[str, ArchivedFile]:
        """The journals in it, by what they are called in their folder."""
        return {entry.name.removeprefix(JOURNALS): entry for entry in self.files if entry.name != LEDGER}

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(entry.size for entry in self.files)


class ArchiveWriter:
    """Writes files one after another, and at last the manifest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._entries: list[ArchivedFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def add(self, name: str, parts: Iterator[bytes]) -> None:
        """A file in parts."""
        hashed, size = sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as entry:
            for part in parts:
                entry.write(part)
                hashed.update(part)
                size += len(part)
        self._entries.append(ArchivedFile(name=name, size=size, sha256=hashed.hexdigest()))

    def end(self, version: str, made_at: datetime, revision: str | None, heads: list[Head]) -> Manifest:
        """Write what was written."""
        manifest = Manifest(
            format=FORMAT, version=version, made_at=made_at, revision=revision, heads=heads, files=self._entries
        )
        self._archive.writestr(MANIFEST, to_json(manifest))
        return manifest


class Archive:
    """A backup that is read. Its manifest is held to its files' names and sizes at once."""

    def __init__(self, file: Path, archive: zipfile.ZipFile) -> None:
        self.file = file
        self._archive = archive
        self.manifest = self._manifest()
        self._must_hold_what_it_says()

    def parts(self, entry: ArchivedFile) -> Iterator[bytes]:
        """The bytes of a file; after the last of them, StoreUnusable where they are not those that were written."""
        hashed, left = sha256(), entry.size
        with self._archive.open(entry.name) as source:
            while left > 0 and (part := source.read(min(CHUNK, left))):
                hashed.update(part)
                left -= len(part)
                yield part
            if left or source.read(1) or hashed.hexdigest() != entry.sha256:
                raise self._refusal(f"{entry.name} in it is damaged")

    def check(self, advance: Advance = lambda size: None) -> None:
        """Read all of it; raises StoreUnusable where anything is damaged."""
        for entry in self.manifest.files:
            for part in self.parts(entry):
                advance(len(part))

    def _manifest(self) -> Manifest:
        try:
            info = self._archive.getinfo(MANIFEST)
            if info.file_size > MOST_OF_MANIFEST:
                raise self._refusal("its manifest is too long")
            with self._archive.open(info) as source:
                manifest = from_json(Manifest, source.read(MOST_OF_MANIFEST))
        except KeyError:
            raise self._refusal("it has no manifest") from None
        except BadJson as error:
            raise self._refusal(f"its manifest cannot be read: {error}") from None
        if manifest.format != FORMAT:
            raise StoreUnusable(
                f"The backup {self.file} was made by version {manifest.version}, in a form that this version does not "
                "know: restore it with that one"
            )
        return manifest

    def _must_hold_what_it_says(self) -> None:
        said = {entry.name: entry.size for entry in self.manifest.files}
        found = {info.filename: info.file_size for info in self._archive.infolist() if info.filename != MANIFEST}
        strange = [name for name in said if name != LEDGER and not JOURNAL.fullmatch(name)]
        if strange or len(said) < len(self.manifest.files) or len(found) + 1 < len(self._archive.infolist()):
            raise self._refusal(f"it names a file {strange[0]!r}" if strange else "it has one file several times")
        if said != found:
            raise self._refusal("what is in it is not what its manifest says")

    def _refusal(self, why: str) -> StoreUnusable:
        return StoreUnusable(f"The backup {self.file} cannot be used, {why}: give another one; nothing was changed")


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """A backup. Raises StoreUnusable, also in the block, for what cannot be read."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield Archive(file, archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as error:
        raise StoreUnusable(
            f"{file} is not a whole backup ({str(error).lower() or type(error).__name__}): give another one"
        ) from error
