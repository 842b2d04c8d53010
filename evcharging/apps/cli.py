"""The one entry point, `evcharging`: a subcommand for each program."""

from functools import partial

import click

from evcharging.apps.network import run_network
from evcharging.apps.options import settings_command
from evcharging.apps.program import run_program
from evcharging.common.config import CentralSettings, DriverSettings, EngineSettings, NetworkSettings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="evcharging")
def main() -> None:
    """Run, test and study a network of electric-vehicle charging points."""


@settings_command(
    "run",
    NetworkSettings,
    CentralSettings,
    EngineSettings,
    DriverSettings,
    leave_out=frozenset({"kafka_bootstrap", "cp_id", "health_port", "health_host", "driver_id"}),
    short_help="The whole network in one process.",
)
def run(network: NetworkSettings, central: CentralSettings, engine: EngineSettings, driver: DriverSettings) -> None:
    """The whole network in one process."""
    run_program(partial(_run, network, central, engine, driver))


async def _run(network, central, engine, driver, stop):  # type: ignore
    await run_network(stop, network, central, engine, driver)


main.add_command(run)

if __name__ == "__main__":
    main()
