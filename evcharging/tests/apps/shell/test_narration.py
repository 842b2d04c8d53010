"""What programs say aloud, in the specification's words: its sample log line by line, with true figures."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_driver.drivers import intents
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.narration import (
    DriverLines,
    EngineLines,
    Lines,
    MonitorLines,
    Narrator,
    central_lines,
)
from evcharging.common.kafka import HEALTH_ANSWERS, HEALTH_QUERIES
from evcharging.common.messages import Action, DriverRequest, DriverUpdate, HealthReport, Quote, UpdateStatus
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff
from evcharging.common.messages_operators import AssignTariff, OperatorRequest, RegisterPoint
from evcharging.common.messages_tariff import Element, Price, PriceLine, Tariff
from evcharging.roles.driver import Driver
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.monitor import NO_ANSWER, NOT_YET_HEARD, MonitorSetup
from evcharging.roles.role import Effects, Input, LinkDown, LinkUp, Peer
from evcharging.runtime.addresses import by_key
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_central, add_drivers, add_engines, add_monitors
from evcharging.runtime.virtual import VirtualTime
from evcharging.tests.stages.scenario import another

NOON = datetime(2025, 10, 13, 12, 0, 5, tzinfo=UTC)


SAMPLE = """\
2025-10-13 12:00:05 | INFO | Driver:driver-alice | 📤 Requested charging at CP-001
2025-10-13 12:00:05 | INFO | Driver:driver-alice | ✅ CP-001 | ACCEPTED
2025-10-13 12:00:05 | INFO | CP_E:CP-001 | Charging session started for driver-alice
2025-10-13 12:00:06 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0018
2025-10-13 12:00:07 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0037
2025-10-13 12:00:08 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0055
2025-10-13 12:00:09 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0073
2025-10-13 12:00:10 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0092
2025-10-13 12:00:11 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0110
2025-10-13 12:00:12 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0128
2025-10-13 12:00:13 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0147
2025-10-13 12:00:14 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0165
2025-10-13 12:00:15 | INFO | CP_E:CP-001 | Session completed. Total: 0.0611 kWh, €0.0183
2025-10-13 12:00:15 | INFO | Driver:driver-alice | 🔋 CP-001 | IN_PROGRESS | 22.0 kW, €0.0183
2025-10-13 12:00:15 | INFO | Driver:driver-alice | ✔️ CP-001 | COMPLETED
"""


class Stage:
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


def test_the_sample_log_of_the_specification_line_by_line() -> None:
    stage = Stage("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(12)
    beside = (" | Central | ", "🎫", "💶")
    lines = [line for line in stage.heard() if not any(each in line for each in beside)]
    assert "".join(lines) == SAMPLE


def test_a_ticket_follows_the_end_with_the_price_and_the_sum() -> None:
    stage = Stage("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(12)
    *_, end, ticket = stage.texts("Driver:driver-alice")
    assert end == "INFO ✔️ CP-001 | COMPLETED"
    assert ticket.startswith("INFO 🎫 session-")
    assert ticket.endswith(" | CP-001 | 0.0611 kWh × €0.3000/kWh = €0.0183 | supply complete")


def test_the_next_request_comes_four_seconds_after_the_end_of_the_last() -> None:
    stage = Stage("CP-001", "CP-002")
    stage.drive("driver-alice", "CP-001", "CP-404", "CP-002")
    stage.pass_time(60)
    asked = [line for line in stage.heard("Driver:driver-alice") if "📤" in line]
    assert [line[11:19] for line in asked] == ["12:00:05", "12:00:19", "12:00:23"]


def test_a_denial_and_its_reason_are_a_warning() -> None:
    stage = Stage("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.drive("driver-bob", "CP-001", "CP-404")
    stage.pass_time(5)
    assert stage.texts("Driver:driver-bob") == [
        "INFO 📤 Requested charging at CP-001",
        "WARNING ⛔ CP-001 | DENIED | CP-001 is busy",
        "INFO 📤 Requested charging at CP-404",
        "WARNING ⛔ CP-404 | DENIED | CP-404 is not a known charging point",
    ]


def test_a_stop_in_mid_supply_is_told_by_engine_driver_and_central() -> None:
    stage = Stage("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(2.5)
    stage.heard()
    stage.order("CP-001", Action.STOP)
    lines = [line[22:] for line in stage.heard() if "🎫" not in line]
    assert set(lines) == {
        "INFO | CP_E:CP-001 | Session ended: stopped by the operator. Total: 0.0153 kWh, €0.0046\n",
        "WARNING | CP_E:CP-001 | State STOPPED\n",
        "WARNING | Driver:driver-alice | ❌ CP-001 | FAILED | stopped by the operator\n",
        "WARNING | Central | CP-001 stopped by the operator\n",
        "WARNING | Central | driver-alice at CP-001 | FAILED | stopped by the operator\n",
    }


def test_that_a_point_is_stopped_is_said_once_until_it_is_resumed() -> None:
    stage = Stage("CP-001")
    for _ in range(2):
        stage.order("CP-001", Action.STOP)
        stage.order("CP-001", Action.STOP)
        stage.engines.tell("CP-001", ByHand(action=Action.UNPLUG))
        stage.pass_time(1)
        assert stage.texts("CP_E:CP-001") == ["WARNING State STOPPED"]
        stage.order("CP-001", Action.RESUME)
        assert stage.texts("CP_E:CP-001") == []


def test_a_fault_and_its_end_are_told_with_the_reason() -> None:
    stage = Stage("CP-001")
    stage.engines.tell("CP-001", ByHand(action=Action.FAULT))
    stage.pass_time(1)
    lines = [line[22:] for line in stage.heard()]
    assert "WARNING | CP_E:CP-001 | State FAULT: fault reported at the point\n" in lines
    assert "WARNING | CP_M:CP-001 | Engine is not well: fault reported at the point\n" in lines
    assert "ERROR | Central | CP-001 faulty: fault reported at the point\n" in lines
    stage.engines.tell("CP-001", ByHand(action=Action.RECOVER))
    stage.pass_time(1)
    lines = [line[22:] for line in stage.heard()]
    assert "INFO | CP_M:CP-001 | Engine is well\n" in lines
    assert "INFO | Central | CP-001 back in service\n" in lines


def test_that_an_engine_is_not_well_is_said_once_though_it_is_reported_every_three_seconds() -> None:
    stage = Stage("CP-001")
    stage.engines.tell("CP-001", ByHand(action=Action.FAULT))
    stage.pass_time(30)
    assert stage.texts("CP_M") == ["WARNING Engine is not well: fault reported at the point"]


@pytest.mark.parametrize("quiet", [frozenset({NOT_YET_HEARD}), frozenset({NOT_YET_HEARD, NO_ANSWER})])
def test_what_a_monitor_says_is_what_is_new_and_not_said_otherwise(quiet: frozenset[str]) -> None:
    lines = MonitorLines(quiet)
    reasons = [NOT_YET_HEARD, None, NO_ANSWER, NO_ANSWER, None, "smoke", None, None]
    reports = [HealthReport(ts=NOON, cp_id="A", well=not reason, reason=reason) for reason in reasons]
    said = [(level, text) for report in reports for level, text, _ in lines(None, [report])]
    assert said == [
        ("debug", "Engine is well"),
        ("debug" if NO_ANSWER in quiet else "warning", "Engine is not well: the engine does not answer"),
        ("debug" if NO_ANSWER in quiet else "info", "Engine is well"),
        ("warning", "Engine is not well: smoke"),
        ("info", "Engine is well"),
    ]


def test_a_manual_point_says_that_it_waits_to_be_plugged_in() -> None:
    stage = Stage("CP-001", manual=True)
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(1)
    assert stage.texts("CP_E:CP-001") == ["INFO Charging session waits to be plugged in for driver-alice"]
    stage.engines.tell("CP-001", ByHand(action=Action.PLUG))
    stage.pass_time(60)
    stage.engines.tell("CP-001", ByHand(action=Action.UNPLUG))
    stage.pass_time(0)
    assert stage.texts("CP_E:CP-001") == [
        "INFO Charging session started for driver-alice",
        "INFO Session ended: unplugged. Total: 0.3667 kWh, €0.1100",
    ]


def test_nobody_plugs_in_and_the_refusal_is_told() -> None:
    stage = Stage("CP-001", manual=True)
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(61)
    assert "WARNING Session refused: no vehicle was plugged in" in stage.texts("CP_E:CP-001")


def test_a_monitor_that_is_gone_is_told_once() -> None:
    stage = Stage("CP-001")
    stage.monitors.tell("CP-001", LinkDown(peer=Peer.CENTRAL))
    stage.pass_time(60)
    assert stage.texts("Central") == ["WARNING CP-001 offline"]


def test_that_all_is_well_is_not_said_again_and_again() -> None:
    stage = Stage("CP-001")
    stage.pass_time(600)
    assert stage.heard() == []


def test_a_message_that_could_not_be_handled_is_set_aside_aloud() -> None:
    out = io.StringIO()
    configure("INFO", lambda: NOON, out)

    def fail(message: Input | None, effects: Effects) -> Lines:
        raise NotImplementedError

    narrator = Narrator(fail, "CP_E:{}".format)
    update = DriverUpdate(ts=NOON, request_id="r", driver_id="d", cp_id="CP-001", status=UpdateStatus.FAILED)
    narrator.failed("CP-001", update, KeyError("x"))
    narrator.failed("CP-001", None, ValueError("late"))
    assert [line.split(" | ", 3)[3] for line in out.getvalue().splitlines()] == [
        "Set aside DriverUpdate, which could not be handled: KeyError('x')",
        "Set aside a deadline, which could not be handled: ValueError('late')",
    ]


def test_a_ticket_of_a_tariff_has_its_lines_and_the_engine_says_where_the_price_may_change() -> None:
    stage = Stage("CP-001")
    steps = Element(energy_micro_euros_per_kwh=400_000, min_s=3), Element(energy_micro_euros_per_kwh=100_000)
    tariff = Tariff(version_id="steps@1", zone="UTC", elements=steps, vat_permille=210)
    stage.bus.publish(AssignTariff(ts=NOON, request_id="assign", cp_id="CP-001", tariff=tariff))
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(12)
    lines = stage.heard()
    assert [line.split(" | ", 3)[3] for line in lines if "CP_E" in line] == [
        "Charging session started for driver-alice\n",
        "Price may change. So far: 0.0183 kWh, €0.0022\n",
        "Session completed. Total: 0.0611 kWh, €0.0229\n",
    ]
    assert lines[-1].endswith(
        "0.0611 kWh by steps@1: Energy €0.0171 + Energy €0.0018 + VAT €0.0040 = €0.0229 | supply complete\n"
    )


def test_central_says_what_is_published_and_what_sites_name() -> None:
    town = Stage("CP-001")
    tariff = Tariff(zone="UTC", elements=(Element(energy_micro_euros_per_kwh=1),))
    town.bus.publish(PublishTariff(ts=NOON, request_id="P-1", tariff_id="day", tariff=tariff))
    town.time.run_until(NOON)
    for number, tariff_id in enumerate(("day", None)):
        town.bus.publish(NameSiteTariff(ts=NOON, request_id=f"N-{number}", site_id="SITE-1", tariff_id=tariff_id))
    town.time.run_until(NOON)
    assert [line.partition("Central | ")[2].rstrip() for line in town.heard("Central")] == [
        "Tariff day@1 is published, from 2025-10-13T12:00:05Z on",
        "SITE-1 names tariff day",
        "SITE-1 names no tariff any more",
    ]


def quoted(quote: Quote) -> str:
    """What a driver's log says when its request is accepted with this."""
    lines = DriverLines()
    asked = DriverRequest(ts=NOON, request_id="R-1", driver_id="driver-alice", cp_id="CP-001")
    assert len([*lines(None, [asked])]) == 1
    update = DriverUpdate(
        ts=NOON,
        request_id="R-1",
        driver_id="driver-alice",
        cp_id="CP-001",
        status=UpdateStatus.ACCEPTED,
        quote=quote,
    )
    [_, (_, text, _)] = lines(update, ())
    return str(text)


IDLE = PriceLine(component="idle_time", micro_euros=0, element=2, unit_micro_euros=200_000, per=60_000_000)
UNITS = (
    PriceLine(component="energy", micro_euros=0, element=1, unit_micro_euros=400_000, per=1_000_000),
    PriceLine(component="energy", micro_euros=0, element=2, unit_micro_euros=200_000, per=1_000_000),
    IDLE,
)


def test_before_a_charge_begins_its_driver_hears_what_it_will_cost() -> None:
    energy = PriceLine(component="energy", micro_euros=2_500_000, element=1, quantity=10**7)
    price = Price(lines=(energy,), net=2_500_000, vat_permille=210, vat=525_000, gross=3_025_000)
    said = quoted(Quote(tariff="day@2", kwh=10.0, minutes=27.3, price=price, unit_prices=UNITS, vat_permille=210))
    assert said == (
        "💶 CP-001 | About €3.0250 for 10 kWh in 27 min by day@2: Energy €2.5000 + VAT €0.5250;"
        " afterwards Idle time €0.2000/min"
    )


def test_where_nothing_is_wanted_in_particular_it_hears_the_price_of_each_unit() -> None:
    said = quoted(Quote(tariff="day@2", unit_prices=UNITS, vat_permille=210))
    assert said == "💶 CP-001 | Price by day@2: Energy €0.4000/kWh or €0.2000/kWh, Idle time €0.2000/min, VAT 21 %"


def test_a_single_price_is_said_before_a_charge_begins_too() -> None:
    stage = Stage("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(1)
    assert [line for line in stage.heard("Driver") if "💶" in line] == [
        "2025-10-13 12:00:05 | INFO | Driver:driver-alice | 💶 CP-001 | Price: Energy €0.3000/kWh\n"
    ]
