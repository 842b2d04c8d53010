"""The one entry point, `evcharging`: a subcommand for each program, loaded when it is asked for."""

from importlib import import_module

import click

PROGRAMS = {
    "run": "evcharging.apps.run",
    "central": "evcharging.apps.ev_central.main",
    "engine": "evcharging.apps.ev_cp_e.main",
    "monitor": "evcharging.apps.ev_cp_m.main",
    "driver": "evcharging.apps.ev_driver.main",
    "simulate": "evcharging.apps.simulate",
}


class Programs(click.Group):
    """Subcommands that cost nothing until they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which one meets them."""
        return list(PROGRAMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a program."""
        module = PROGRAMS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).main
        return command


@click.group(cls=Programs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


if __name__ == "__main__":
    main()
