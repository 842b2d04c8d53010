"""Puts a backup's files in place: all of them, or none until that is finished. Nobody may use them meanwhile. Knows no
setting."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from evcharging.adapters.store import StoreUnavailable, StoreUnusable
from evcharging.adapters.store.backup.archive import Archive, ArchivedFile
from evcharging.adapters.store.backup.backup import begins, journals_in
from evcharging.adapters.store.files import PRIVATE_FILE, UNFINISHED, FileLock, beside, make_private, sync_folder
from evcharging.adapters.store.sql.migrations import HEAD
from evcharging.adapters.store.sql.sqlite_file import MAGIC
from evcharging.common.utils import BadJson, Frozen, from_json, to_json

OF_A_LEDGER = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a ledger, and what would be taken for the restored one's."""

STAGED = ".restored"
COPIES = (".part", ".part.db", STAGED)

Advance = Callable[[int], None]


class Move(Frozen, frozen=True, kw_only=True):
    """A file that stands ready, and where it goes."""

    ready: str
    place: str
    is_ledger: bool


class Moves(Frozen, frozen=True, kw_only=True):
    """All of them, as the mark of an unfinished restore says them."""

    moves: list[Move]


class Restore:
    """A backup that is to be put in place: its ledger to one path, its journals into a folder. Making it raises
    StoreUnusable for what it would mix up."""

    def __init__(self, archive: Archive, ledger: Path, data: Path) -> None:
        self._archive = archive
        self._data = data
        manifest = archive.manifest
        self.places: dict[Path, ArchivedFile] = {data / name: entry for name, entry in manifest.journals.items()}
        self.ledger = ledger if manifest.ledger else None
        if manifest.ledger:
            self.places[ledger] = manifest.ledger
        if manifest.revision is not None and manifest.revision > HEAD:
            raise StoreUnusable(
                f"The backup {archive.file} was made by a newer version of this program ({manifest.version}): "
                "update the program"
            )
        self._must_not_mix()

    @property
    def overwritten(self) -> list[Path]:
        """The files that will be others."""
        logs = [beside(self.ledger, end) for end in OF_A_LEDGER] if self.ledger else []
        return [path for path in (*self.places, *logs) if path.exists()]

    def run(self, advance: Advance = lambda size: None) -> None:
        """Put all in place. Raises StoreUnavailable; then all is as it was, or the restore is to be finished."""
        ready: list[Path] = []
        try:
            self._must_have_space()
            for place, entry in self.places.items():
                ready.append(beside(place, STAGED))
                _write(ready[-1], self._archive.parts(entry), advance)
            moves = [
                Move(ready=str(each.absolute()), place=str(place.absolute()), is_ledger=place == self.ledger)
                for each, place in zip(ready, self.places, strict=True)
            ]
            _begin(Moves(moves=moves), self.folders)
        except BaseException as error:
            for path in (*(folder / UNFINISHED for folder in self.folders), *ready):
                path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise StoreUnavailable(f"Cannot restore ({error.strerror}): nothing was changed") from error
            raise
        _put_in_place(moves, self.folders)

    @property
    def folders(self) -> list[Path]:
        """Where its files go."""
        return sorted({path.absolute().parent for path in self.places} | {self._data.absolute()})

    def _must_not_mix(self) -> None:
        others = [path for path in journals_in(self._data) if path not in self.places]
        others += [path for path in _ledgers_in(self._data) if path.absolute() not in map(Path.absolute, self.places)]
        if others:
            names = ", ".join(str(path) for path in others[:5]) + (" and others" if len(others) > 5 else "")
            raise StoreUnusable(
                f"The backup {self._archive.file} does not have {names}, which would not fit what it has: "
                "move them away, or restore into an empty folder with --data and --db-url"
            )
        for path in self.places:
            if path.exists() and not path.is_file():
                raise StoreUnusable(f"{path} is not a file: move it away")

    def _must_have_space(self) -> None:
        for folder in self.folders:
            free = shutil.disk_usage(folder).free
            if free < self._archive.manifest.size:
                raise StoreUnavailable(
                    f"The backup needs {self._archive.manifest.size:,} bytes in {folder}, and {free:,} are free: free "
                    "some space; nothing was changed"
                )


@contextmanager
def held(places: Sequence[Path], data: Path) -> Iterator[None]:
    """No program uses these files, or a journal in the folder, until the block is left; raises StoreUnusable."""
    with ExitStack() as stack:
        for path in sorted({path.resolve() for path in (*places, *journals_in(data))}):
            try:
                make_private(path.parent)
                stack.callback(FileLock(path).close)
            except BlockingIOError:
                raise StoreUnusable(f"{path} is in use: stop the program that uses it, and restore then") from None
            except OSError as error:
                raise StoreUnusable(f"Cannot restore {path} ({error.strerror}): give another path") from error
        yield


def unfinished(folder: Path) -> list[Move]:
    """What a restore that was broken off has still to put in place; nothing where none was."""
    mark = folder / UNFINISHED
    try:
        return from_json(Moves, mark.read_bytes()).moves if mark.exists() else []
    except (OSError, BadJson) as error:
        raise StoreUnusable(f"{mark} cannot be read ({error}): remove it and restore the backup once more") from error


def finish(folder: Path, moves: Sequence[Move]) -> None:
    """Put the rest in place. Raises StoreUnavailable."""
    places = [Path(move.place) for move in moves]
    with held(places, folder):
        _put_in_place(moves, sorted({folder.absolute(), *(path.parent for path in places)}))


def _write(path: Path, parts: Iterator[bytes], advance: Advance) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "wb") as file:
        for part in parts:
            file.write(part)
            advance(len(part))
        file.flush()
        os.fsync(file.fileno())


def _begin(moves: Moves, folders: Sequence[Path]) -> None:
    """From here on there is no way back: whoever would use these folders is refused until all is in place."""
    for folder in folders:
        mark = folder / UNFINISHED
        _write(beside(mark, STAGED), iter([to_json(moves)]), lambda size: None)
        sync_folder(folder)
        beside(mark, STAGED).replace(mark)
        sync_folder(folder)


def _put_in_place(moves: Sequence[Move], folders: Sequence[Path]) -> None:
    try:
        for move in moves:
            ready, place = Path(move.ready), Path(move.place)
            if ready.exists():
                for end in OF_A_LEDGER if move.is_ledger else ():
                    beside(place, end).unlink(missing_ok=True)
                ready.replace(place)
        for folder in folders:
            sync_folder(folder)
        for folder in folders:
            (folder / UNFINISHED).unlink(missing_ok=True)
            sync_folder(folder)
    except OSError as error:
        raise StoreUnavailable(
            f"The restore was broken off ({error.strerror}): mend that and finish it with `evcharging restore "
            f"--data {folders[0]}`"
        ) from error


def _ledgers_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.endswith(COPIES) and begins(path, MAGIC))
