"""Where programs keep what must outlast them when nobody says where: a file in `data/`, named for who writes it.
Knows no program."""

from pathlib import Path

from evcharging.adapters.store.files import DATA as FOLDER

__all__ = ["FOLDER", "default_journal"]


def default_journal(identity: str, kind: str = "journal") -> Path:
    """The file of a charging point or driver. Each ID has a file of its own; where a file system ignores case, IDs that
    differ in nothing else share one, which only one process at a time may have."""
    return FOLDER / f"{identity.replace(':', '=')}.{kind}"
