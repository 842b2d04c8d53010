"""The next key of a point: `evcharging renew-key`. The programs of the point that run take it by themselves."""

import asyncio
from datetime import UTC, datetime

import click

from evcharging.adapters.key_files import KeyFileUnusable
from evcharging.apps.ev_cp_m.central_http import CentralHttp
from evcharging.apps.ev_cp_m.enrolment import renew
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.apps.shell.point_keys import key_files
from evcharging.apps.shell.trust import trust_of
from evcharging.common.config import MonitorSettings
from evcharging.common.setting import settings_of
from evcharging.common.setting_values import addresses

WANTED = {"cp_id", "central_host", "central_port", "central_tls", "central_ca", "key"}
OTHERS = frozenset(setting.field for setting in settings_of(MonitorSettings)) - WANTED


@settings_command("renew-key", MonitorSettings, leave_out=OTHERS)
def main(settings: MonitorSettings) -> None:
    """Have a point given its next key; the one before counts for 24 hours more.

    Its monitor and engine need not be started again. Run it where their key file is, once a year or as you like.

    \b
    Example:
      evcharging renew-key --cp-id CP-001 --central-host central.example
    """
    try:
        version = asyncio.run(_renew(settings))
    except (KeyFileUnusable, ValueError) as error:
        raise UserError(str(error)) from None
    click.echo(f"{settings.cp_id} has version {version} of its key")


async def _renew(settings: MonitorSettings) -> int:
    log, cp_id = speaker(f"CP_M:{settings.cp_id}"), settings.cp_id
    keys, http = key_files(settings, [cp_id], log), CentralHttp(trust_of(settings))
    centrals = addresses(settings.central_host, settings.central_port)
    try:
        return await renew(http, centrals, cp_id, keys, keys.token(cp_id, datetime.now(UTC)), log)
    finally:
        await http.close()


if __name__ == "__main__":
    main()
