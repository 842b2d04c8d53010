"""The log that the README shows, made by running one charging point and one driver on virtual time.
`python -m tools.docs.sample_docs --write` writes it anew, `--check` only looks."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_driver.drivers import intents
from evcharging.apps.network.drivers import driver_ids
from evcharging.apps.network.ids import point_ids
from evcharging.apps.network.network import up_line
from evcharging.apps.shell.logs import as_text, sentence
from evcharging.apps.shell.narration import DriverLines, EngineLines, Lines
from evcharging.common.config import CentralSettings
from evcharging.common.kafka import HEALTH_ANSWERS, HEALTH_QUERIES
from evcharging.common.messages import Message
from evcharging.common.messages_operators import RegisterPoint
from evcharging.roles.driver import Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.monitor import MonitorSetup
from evcharging.roles.role import Effects, Input, LinkUp, Peer
from evcharging.runtime.central_program import add_central
from evcharging.runtime.programs import add_drivers, add_engines, add_monitors
from evcharging.runtime.virtual import VirtualTime
from evcharging.runtime.work import Work
from tools.docs.generated_docs import DOCS, keep

PAGE = DOCS.parent / "README.md"
BLOCK = "log"
START = datetime(2026, 11, 22, 16, 15, 9, tzinfo=UTC)
LEFT_OUT = "..."


class Log:
    """Keeps what a host's roles say, in the log's format."""

    quiet = frozenset[type[Message]]()

    def __init__(
        self, said: list[str], time: VirtualTime, name: str, lines: Callable[[Input | None, Effects], Lines]
    ) -> None:
        self._said = said
        self._time = time
        self._name = name
        self._lines = lines

    def committed(self, work: Work) -> None:
        """Keep what there is to say about it."""
        for address, message, effects in work.reactions:
            for level, text, _ in self._lines(message, effects):
                line = as_text(self._time.now, level.upper(), f"{self._name}:{address}", sentence(text), None)
                self._said.append(line)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """Nothing here is wrong."""
        raise error


def log() -> list[str]:
    """All lines of a point and a driver, from the start of `evcharging run` to the driver's first ticket."""
    time, numbers = VirtualTime(START), count(1)
    bus = MemoryBus(CentralSettings.model_fields["partitions"].default)
    said = [as_text(START, "INFO", "Network", up_line("http://localhost:8000", 1), None)]
    [cp_id], [driver_id] = point_ids(1), driver_ids(1)
    ledger, journal, memory = MemoryStore(first_epoch=int(START.timestamp())), MemoryStore(), MemoryStore()
    add_central(time.host(ledger, bus), ledger, bus)
    engine = time.host(journal, bus, observer=Log(said, time, "CP_E", EngineLines()))
    add_engines(engine, journal, bus, [EngineSetup(cp_id=cp_id)], links=(HEALTH_QUERIES,))
    monitor = time.host(MemoryStore(), bus)
    add_monitors(monitor, bus, [MonitorSetup(cp_id=cp_id)], links=(HEALTH_ANSWERS,))
    bus.publish(RegisterPoint(ts=START, request_id="register", cp_id=cp_id))
    for peer in Peer:
        monitor.tell_all(LinkUp(peer=peer))
    time.run_until(START)
    driver = Driver(driver_id, intents([cp_id], timedelta(seconds=4)), lambda: f"req-{next(numbers)}")
    add_drivers(time.host(memory, bus, observer=Log(said, time, "Driver", DriverLines())), memory, bus, [driver])
    time.run_until(START + timedelta(seconds=12))
    return said


def shortened(lines: list[str]) -> list[str]:
    """The same without the readings in the middle."""
    readings = [number for number, line in enumerate(lines) if "🔋" in line]
    return [*lines[: readings[0] + 1], LEFT_OUT, *lines[readings[-1] - 1 :]]


def blocks() -> dict[str, str]:
    """The block of the page."""
    return {BLOCK: "\n".join(["```text", *shortened(log()), "```"])}


if __name__ == "__main__":
    keep(PAGE, blocks, sys.argv[1:])
