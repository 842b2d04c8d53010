"""A stage for programs that narrate: a small network on virtual time, and one log of all."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_driver.drivers import intents
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.narration import (
    DriverLines,
    EngineLines,
    MonitorLines,
    Narrator,
    central_lines,
)
from evcharging.common.kafka import HEALTH_ANSWERS, HEALTH_QUERIES
from evcharging.common.messages import Action
from evcharging.common.messages_operators import OperatorRequest, RegisterPoint
from evcharging.roles.driver import Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.monitor import MonitorSetup
from evcharging.roles.role import LinkUp, Peer
from evcharging.runtime.addresses import by_key
from evcharging.runtime.central_program import add_central
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_drivers, add_engines, add_monitors
from evcharging.runtime.virtual import VirtualTime
from evcharging.tests.stages.scenario import another

NOON = datetime(2025, 10, 13, 12, 0, 5, tzinfo=UTC)


class NarratedNetwork:
    """A small network on virtual time whose programs narrate into one log."""

    def __init__(self, *points: str, manual: bool = False) -> None:
        self.time = VirtualTime(NOON)
        self.bus = MemoryBus(2)
        self._out = io.StringIO()
        configure("INFO", lambda: self.time.now, self._out)
        store = MemoryStore()
        central = self._host(store, Narrator(central_lines, lambda _: "Central"))
        add_central(central, store, self.bus)
        store = MemoryStore()
        self.engines = self._host(store, Narrator(EngineLines(), "CP_E:{}".format))
        setups = [EngineSetup(cp_id=cp_id, manual=manual) for cp_id in points]
        add_engines(self.engines, store, self.bus, setups, links=(HEALTH_QUERIES,))
        self.monitors = self._host(MemoryStore(), Narrator(MonitorLines(), "CP_M:{}".format))
        add_monitors(self.monitors, self.bus, [MonitorSetup(cp_id=each) for each in points], links=(HEALTH_ANSWERS,))
        for cp_id in points:
            self.bus.publish(RegisterPoint(ts=NOON, request_id=f"register-{cp_id}", cp_id=cp_id))
        for peer in (Peer.ENGINE, Peer.CENTRAL):
            self.monitors.tell_all(LinkUp(peer=peer))
            self.time.run_until(NOON)
        self.heard()

    def _host(
        self, store: MemoryStore, narrator: Narrator, address: Callable[..., Callable[..., str]] = by_key
    ) -> Host:
        return self.time.host(store, self.bus, address=address, observer=narrator)

    def drive(self, driver_id: str, *points: str) -> None:
        """A driver goes through these points."""
        numbers = iter(range(1, 100))
        store = MemoryStore()
        host = self._host(store, Narrator(DriverLines(), "Driver:{}".format))
        driver = Driver(driver_id, intents(points, timedelta(seconds=4)), lambda: f"{driver_id}-{next(numbers)}")
        add_drivers(host, store, self.bus, [driver])

    def order(self, cp_id: str, action: Action) -> None:
        """An operator acts."""
        order = OperatorRequest(ts=self.time.now, request_id=another("order"), cp_id=cp_id, action=action)
        self.bus.publish(order)
        self.pass_time(0)

    def pass_time(self, seconds: float) -> None:
        self.time.run_until(self.time.now + timedelta(seconds=seconds))

    def heard(self, component: str = "") -> list[str]:
        """The lines since the last look, of one component or of all."""
        lines = self._out.getvalue().splitlines(keepends=True)
        self._out.seek(0)
        self._out.truncate()
        return [line for line in lines if component in line.split(" | ")[2]]

    def texts(self, component: str) -> list[str]:
        """What a component said, without the time, as `LEVEL text`."""
        parts = [line.rstrip("\n").split(" | ", 3) for line in self.heard(component)]
        return [f"{level} {text}" for _, level, _, text in parts]
