"""The one entry point, `evcharging`: a subcommand for each program, loaded when it is asked for."""

from importlib import import_module
from typing import Any

import click

from evcharging.apps.shell.options import CONTEXT

PROGRAMS = {
    "run": "evcharging.apps.run",
    "central": "evcharging.apps.ev_central.main",
    "engine": "evcharging.apps.ev_cp_e.main",
    "monitor": "evcharging.apps.ev_cp_m.main",
    "driver": "evcharging.apps.ev_driver.main",
    "users": "evcharging.apps.ops.users",
    "audit": "evcharging.apps.ops.audit",
    "books": "evcharging.apps.ops.books",
    "reconcile": "evcharging.apps.ops.reconcile",
    "backup": "evcharging.apps.ops.backup",
    "restore": "evcharging.apps.ops.restore",
    "move-ledger": "evcharging.apps.ops.move_ledger",
    "rebuild-totals": "evcharging.apps.ops.rebuild_totals",
    "kafka-acls": "evcharging.apps.ops.kafka_acls",
    "points": "evcharging.apps.ops.points",
    "renew-key": "evcharging.apps.ev_cp_m.renewing",
    "price": "evcharging.apps.ops.price",
    "simulate": "evcharging.apps.simulate",
    "prove": "evcharging.apps.prove",
    "psp": "evcharging.apps.psp.main",
}
SUMMARIES = {
    "run": "The whole network in one process.",
    "central": "EV Central: controller, ledger and dashboard.",
    "engine": "A charging point engine: power and metering.",
    "monitor": "A charging point monitor: health and registration.",
    "driver": "A driver: asks for one charge after another.",
    "users": "Who may sign in: add, link, list, disable, erase.",
    "audit": "Recomputes a ledger from its facts and journals.",
    "books": "The trial balance of a ledger, and what is open.",
    "reconcile": "Holds payments to their provider's.",
    "backup": "Ledger and journals into one file, while all runs.",
    "restore": "Puts what a backup holds in place.",
    "move-ledger": "Central's ledger to another database.",
    "rebuild-totals": "Adds up all bills of a ledger anew.",
    "kafka-acls": "Who may do what at Kafka: printed, or given.",
    "points": "Keys of charging points: give, revoke, list.",
    "renew-key": "The next key of a charging point.",
    "price": "What a charge costs by a tariff.",
    "simulate": "The same network on virtual time.",
    "prove": "What must hold whatever fails, on virtual time.",
    "psp": "A simulated provider of payments, over HTTP.",
}


class InOrder(click.Group):
    """Lists its commands in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names."""
        return list(self.commands)


class LazyCommand(click.Command):
    """Stands for a program's command, which is loaded when it is used: a list of commands costs nothing."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself."""
        command: click.Command = import_module(PROGRAMS[self.name or ""]).main
        return command.make_context(info_name, args, parent, **extra)


@click.group(cls=InOrder, context_settings=CONTEXT)
@click.version_option(package_name="evcharging")
def main() -> None:
    """Run, test and study a network of electric-vehicle charging points.

    \b
    Examples:
      evcharging run                                    the whole network in this process
      evcharging simulate --points 100 --hours 24       a day of it in seconds
    \b
    Shell completion, for bash (zsh and fish alike):
      eval "$(_EVCHARGING_COMPLETE=bash_source evcharging)"
    """


for name in PROGRAMS:
    main.add_command(LazyCommand(name, short_help=SUMMARIES[name]))

if __name__ == "__main__":
    main()
