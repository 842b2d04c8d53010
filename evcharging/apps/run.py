"""The whole network as a program: `evcharging run`."""

from functools import partial

from evcharging.apps.network.network import NetworkSetup, run_network
from evcharging.apps.shell.fleets import links_to_engines
from evcharging.apps.shell.options import settings_command
from evcharging.apps.shell.program import run_program
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    NetworkSettings,
)

KAFKA = ("kafka_bootstrap", "kafka_security", "kafka_user", "kafka_password", "kafka_ca")
LINKS = ("health_port", "health_host", "central_host", "central_port", "central_tls", "central_ca", "key")
NAMES = ("cp_id", "cp_count", "cp_prefix", "driver_id", "driver_count", "driver_prefix")
SERVED = ("HTTP_HOST", "HTTP_PORT", "TLS_CERT", "TLS_KEY", "INSECURE")
STATUS = (f"{program}_{part}" for program in ("CP_ENGINE", "DRIVER") for part in SERVED)
DISTRIBUTED = frozenset({*KAFKA, *LINKS, *NAMES, *STATUS, "DRIVER_JOURNAL", "crash_at"})
"""Settings that only make sense for separate processes."""


@settings_command(
    "run",
    NetworkSettings,
    CentralSettings,
    EngineSettings,
    DriverSettings,
    leave_out=DISTRIBUTED,
    defaults={"requests_file": "none: points that are free"},
)
def main(network: NetworkSettings, central: CentralSettings, engine: EngineSettings, driver: DriverSettings) -> None:
    """The whole network in one process: Central with its dashboard, charging points, monitors and drivers.

    \b
    Examples:
      evcharging run
      evcharging run --points 100 --drivers 20 --speed 10
      evcharging run --manual --drivers 1 --http-port 18000 --listen-port 19999
    """
    links = 2 * (network.points + links_to_engines(network.points))
    run_program(partial(run_network, NetworkSetup(network, central, engine, driver)), listens=central, links=links)
