"""Where a driver's key is, and what the driver proves by it. Knows no Central."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from evcharging.adapters.key_files import KeyFileUnusable, OwnKey, own_key
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import Seals
from evcharging.adapters.tokens import Signer, issue_by_key
from evcharging.apps.shell.journals import default_journal
from evcharging.common.config import DriverSettings
from evcharging.domain.access.keys import KeyKind


class CannotProve(ValueError):
    """A driver's key cannot be used; the text says why."""


def key_file(settings: DriverSettings, driver_id: str) -> Path:
    """The file of a driver's key: the one that the settings name, or else the driver's own in `data/`."""
    return Path(settings.key) if settings.key is not None else default_journal(driver_id, "key")


def keys_of(settings: DriverSettings, driver_ids: Sequence[str]) -> dict[str, OwnKey]:
    """The keys of the drivers of this process, of those who have one; raises CannotProve."""
    if settings.key is not None and len(driver_ids) > 1:
        raise CannotProve("--key (DRIVER_KEY) names the key of one driver, and there are several: leave it out")
    return {driver_id: key for driver_id in driver_ids if (key := _key_of(settings, driver_id)) is not None}


def seals_of(keys: Iterable[OwnKey]) -> Seals:
    """What these drivers prove their messages by."""
    return OwnSeals(key.sealing for key in keys)


def token_of(key: OwnKey, now: Callable[[], datetime]) -> Callable[[], str]:
    """Gives what a driver says who it is by over HTTP, which counts for a minute."""
    return lambda: issue_by_key(Signer(key.kind, key.id, key.version), key.secret, now())


def _key_of(settings: DriverSettings, driver_id: str) -> OwnKey | None:
    file = key_file(settings, driver_id)
    try:
        kept = own_key(file)
    except KeyFileUnusable as error:
        raise CannotProve(str(error)) from None
    if kept is None and settings.key is not None:
        raise CannotProve(f"--key (DRIVER_KEY): there is no file {file}")
    if kept is not None and (kept.kind, kept.id) != (KeyKind.DRIVER, driver_id):
        raise CannotProve(f"{file} is the key of {kept.kind} {kept.id}, not of {driver_id}")
    return kept
