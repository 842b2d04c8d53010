"""Adding up all bills anew: `evcharging rebuild-totals`."""

from contextlib import closing

import click

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.sql.engine import BadStoreUrl
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.common.config import CentralSettings
from evcharging.common.setting import settings_of

OTHERS = frozenset(setting.field for setting in settings_of(CentralSettings)) - {"db_url"}


@settings_command("rebuild-totals", CentralSettings, leave_out=OTHERS)
def main(settings: CentralSettings) -> None:
    """Add up all bills of a ledger anew, by the hour and by the day, as an audit may ask for.

    It takes a while for millions of bills, in which Central decides nothing.

    \b
    Example:
      evcharging rebuild-totals --db-url sqlite:///data/central.db
    """
    try:
        with closing(SqlStore(settings.db_url)) as store:
            store.rebuild_totals()
    except (StoreUnavailable, BadStoreUrl) as error:
        raise UserError(str(error)) from None
    click.echo("All bills are added up anew")


if __name__ == "__main__":
    main()
