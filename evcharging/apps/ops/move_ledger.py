"""Moving Central's ledger to another database: `evcharging move-ledger`."""

import sys

import click

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.sql.engine import BadStoreUrl
from evcharging.adapters.store.sql.move import Figures, move
from evcharging.apps.shell.options import CONTEXT, UserError
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros

STEPS = 200
"""How often progress is shown."""


@click.command("move-ledger", context_settings=CONTEXT)
@click.option("--from", "source", required=True, metavar="URL", help="The ledger's database")
@click.option("--to", "target", required=True, metavar="URL", help="An empty database")
def main(source: str, target: str) -> None:
    """Move Central's ledger to another database, such as from SQLite to PostgreSQL.

    All of it or nothing. The old ledger stays as it is, and nobody can write to it any more.

    \b
    Example:
      evcharging move-ledger --from sqlite:///data/central.db --to postgresql://user@host/evcharging
    """
    try:
        with click.progressbar(length=STEPS, label="Moving", file=sys.stderr) as bar:
            figures = move(source, target, lambda of, done: bar.update(STEPS * done // of - bar.pos))
    except (StoreUnavailable, BadStoreUrl) as error:
        raise UserError(str(error)) from None
    click.echo(summary(figures))


def summary(figures: Figures) -> str:
    """What was moved, for people."""
    rows = figures.rows
    money, energy = to_euros(figures.micro_euros), to_kwh(figures.energy_mwh)
    return (
        f"Moved {rows['points']} points, {rows['sessions']} sessions, {rows['tickets']} tickets over €{money:.2f} and "
        f"{energy:.3f} kWh, and {rows['facts']} facts; give CENTRAL_DB_URL the new address"
    )


if __name__ == "__main__":
    main()
