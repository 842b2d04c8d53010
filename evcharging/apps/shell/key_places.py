"""Where Central's secret keys are, by its settings. Knows not what is in them."""

from pathlib import Path

from evcharging.apps.shell.journals import FOLDER
from evcharging.common.config import CentralSettings

SQLITE = "sqlite:///"
NAME = "keys.json"


def keys_file(settings: CentralSettings) -> Path:
    """The file that the settings name, or else the one beside the ledger; where that is on a server, in the folder of
    what programs keep."""
    if settings.keys is not None:
        return Path(settings.keys)
    if settings.db_url.startswith(SQLITE):
        return Path(settings.db_url.removeprefix(SQLITE).partition("?")[0]).parent / NAME
    return FOLDER / NAME
