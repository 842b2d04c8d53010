"""Where a driver's key is, and what the driver proves by it. Knows no Central."""

from collections.abc import Sequence
from pathlib import Path

from evcharging.adapters.key_files import KeyFileUnusable, own_key
from evcharging.adapters.own_seals import OwnSeals, SealingKey
from evcharging.adapters.seals import Seals
from evcharging.apps.shell.journals import default_journal
from evcharging.common.config import DriverSettings
from evcharging.domain.access.keys import KeyKind


class CannotProve(ValueError):
    """A driver's key cannot be used; the text says why."""


def key_file(settings: DriverSettings, driver_id: str) -> Path:
    """The file of a driver's key: the one that the settings name, or else the driver's own in `data/`."""
    return Path(settings.key) if settings.key is not None else default_journal(driver_id, "key")


def seals_of(settings: DriverSettings, driver_ids: Sequence[str]) -> Seals:
    """The seals of the drivers of this process, of those who have keys; raises CannotProve."""
    if settings.key is not None and len(driver_ids) > 1:
        raise CannotProve("--key (DRIVER_KEY) names the key of one driver, and there are several: leave it out")
    return OwnSeals(filter(None, (_key_of(settings, driver_id) for driver_id in driver_ids)))


def _key_of(settings: DriverSettings, driver_id: str) -> SealingKey | None:
    file = key_file(settings, driver_id)
    try:
        kept = own_key(file)
    except KeyFileUnusable as error:
        raise CannotProve(str(error)) from None
    if kept is None and settings.key is not None:
        raise CannotProve(f"--key (DRIVER_KEY): there is no file {file}")
    if kept is not None and (kept.kind, kept.id) != (KeyKind.DRIVER, driver_id):
        raise CannotProve(f"{file} is the key of {kept.kind} {kept.id}, not of {driver_id}")
    return kept.sealing if kept is not None else None
