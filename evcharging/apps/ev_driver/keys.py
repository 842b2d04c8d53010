"""Where a driver's key is, and what the driver proves by it. Knows no Central."""

from collections.abc import Sequence
from pathlib import Path

from evcharging.adapters.key_files import BadKeyFile, read_key
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import Seals
from evcharging.apps.shell.journals import default_journal
from evcharging.common.config import DriverSettings
from evcharging.domain.access.keys import KeyKind


def key_file(settings: DriverSettings, driver_id: str) -> Path:
    """The file of a driver's key: the one that the settings name, or else the driver's own in `data/`."""
    return Path(settings.key) if settings.key is not None else default_journal(driver_id, "key")


def seals_of(settings: DriverSettings, driver_ids: Sequence[str]) -> Seals:
    """The seals of the drivers of this process, of those who have keys; raises BadKeyFile."""
    if settings.key is not None and len(driver_ids) > 1:
        raise BadKeyFile("--key (DRIVER_KEY) names the key of one driver, and there are several: leave it out")
    files = [(driver_id, key_file(settings, driver_id)) for driver_id in driver_ids]
    found = {driver_id: read_key(file) for driver_id, file in files if settings.key is not None or file.exists()}
    for driver_id, key in found.items():
        if (key.kind, key.id) != (KeyKind.DRIVER, driver_id):
            raise BadKeyFile(f"{key_file(settings, driver_id)} is the key of {key.kind} {key.id}, not of {driver_id}")
    return OwnSeals(found.values())
