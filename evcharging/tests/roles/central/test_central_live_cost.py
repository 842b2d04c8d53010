"""What a session costs so far is said by the lines of its bill, while energy flows and while the vehicle idles."""

from datetime import timedelta

from evcharging.common.kafka import CENTRAL_COMMANDS, CP_STATUS, CP_TELEMETRY, TOPIC_OF
from evcharging.common.messages import Limit, Message
from evcharging.common.messages_operators import AssignTariff, LimitPoint
from evcharging.common.messages_tariff import Element, Price, Tariff
from evcharging.common.messages_view import ReadingShown, ReadingsShown
from evcharging.common.utils import changed
from evcharging.domain.fleet import SALOON
from evcharging.domain.session import Bill, SessionStatus
from evcharging.domain.vehicle import Visit
from evcharging.roles.cadences import QUIET
from evcharging.roles.central.idle_cost import AGAIN_AFTER
from evcharging.roles.central.live_cost import MOST_LIVE_MARKS, LiveCost
from evcharging.roles.engine.engine import Engine
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import ClockStepped, Effect, Started
from evcharging.tests.roles.central.test_central_plausibility import telemetry
from evcharging.tests.stages.central_stage import CentralStage, ask, final, well
from evcharging.tests.stages.scenario import CP, T0, Stage, all_of, another, the
from evcharging.tests.stages.tariffs import changing_at, minutes

TARIFF = Tariff(
    version_id="all@1",
    zone="UTC",
    elements=(
        Element(energy_micro_euros_per_kwh=600_000, min_w=9_000, local_from="12:45"),
        Element(energy_micro_euros_per_kwh=500_000, min_w=9_000),
        Element(
            session_micro_euros=350_000,
            energy_micro_euros_per_kwh=300_000,
            charging_micro_euros_per_minute=20_000,
            idle_micro_euros_per_minute=200_000,
        ),
    ),
    idle_grace_s=300,
    vat_permille=210,
)
VISIT = Visit(vehicle=SALOON, arrival_mwh=60_000_000, target_permille=950, linger_us=40 * 60_000_000)


class Charge:
    """An engine where a vehicle charges, and its Central: each hears what the other says."""

    def __init__(self) -> None:
        self.central = CentralStage()
        setup = EngineSetup(cp_id=CP, ticks=None, interval=timedelta(seconds=60))
        self.engine = Stage()
        self.engine.role = Engine(setup, 1, visits=iter([VISIT]))
        self._pass_on(self.engine.tell(Started()))
        self.central.open_point()
        self._pass_on(self.central.tell(AssignTariff(ts=T0, request_id=another("a"), cp_id=CP, tariff=TARIFF)))
        self._pass_on(self.central.tell(ask()))

    @property
    def is_over(self) -> bool:
        return bool(all_of(Bill, self.central.said))

    def run_to_the_end(self) -> None:
        """Let the engine work until the bill is there."""
        while not self.is_over and self.engine.role.deadline is not None:
            self._pass_time((self.engine.role.deadline - self.engine.now).total_seconds())

    def run_for(self, count: int) -> None:
        for _ in range(count):
            self._pass_time(60)

    def limit(self, limit: Limit) -> None:
        self._pass_on(
            self.central.tell(LimitPoint(ts=self.central.now, request_id=another("l"), cp_id=CP, limit=limit))
        )

    def _pass_time(self, seconds: float) -> None:
        end = self.central.now + timedelta(seconds=seconds)
        while self.central.now < end:
            self._pass_on(self.central.wait(min(5.0, (end - self.central.now).total_seconds())))
            self.central.tell(well())
        self._pass_on(self.engine.wait(seconds))

    def _pass_on(self, effects: list[Effect]) -> None:
        for message in all_of(Message, effects):
            topic = TOPIC_OF[type(message)]
            if topic is CENTRAL_COMMANDS:
                self._pass_on(self.engine.tell(message))
            elif topic in (CP_STATUS, CP_TELEMETRY):
                self._pass_on(self.central.tell(message))


def shown(stage: CentralStage) -> list[ReadingShown]:
    """The readings that the live view was told, in order."""
    return [reading for said in all_of(ReadingsShown, stage.said) for reading in said.readings]


def lines(price: Price | None) -> list[tuple[str, int | None, int, int]]:
    assert price is not None
    return [(line.component, line.element, line.quantity, line.micro_euros) for line in price.lines]


def heard_of(stage: CentralStage, seconds: int) -> None:
    """Let time pass in which the point is heard of."""
    for _ in range(seconds):
        stage.wait(1)
        stage.tell(well())


def idle_session(stage: CentralStage) -> None:
    """A session whose supply has ended after ten minutes, and whose vehicle stays."""
    tariff = changed(TARIFF, idle_grace_s=0)
    stage.tell(AssignTariff(ts=T0, request_id=another("a"), cp_id=CP, tariff=tariff))
    session = stage.supply()
    stage.wait(600)
    stage.tell(well(), changed(final(session, 1_000_000, seconds=600), plugged=True))
    assert stage.session(session.session_id).status is SessionStatus.IDLE


def test_the_lines_that_are_shown_last_are_those_of_the_bill_through_limits_tiers_edges_and_idle_time() -> None:
    charge = Charge()
    charge.run_for(20)
    charge.limit(Limit(milliamperes=10_000))
    charge.run_for(10)
    charge.limit(Limit(watts=10_000))
    charge.run_to_the_end()
    bill = the(Bill, charge.central.said)
    assert bill.price is not None
    assert {line.component for line in bill.price.lines} == {"session", "energy", "charging_time", "idle_time"}
    assert {line.element for line in bill.price.lines if line.component == "energy"} == {1, 2, 3}
    supplying = [each for each in shown(charge.central) if each.ts == bill.ended_at and each.price]
    assert lines(supplying[0].price) == [line for line in lines(bill.price) if line[0] != "idle_time"]
    last = shown(charge.central)[-1]
    assert last.price is not None
    assert (bill.unplugged_at or T0) - last.ts <= AGAIN_AFTER
    assert [line for line in lines(last.price) if line[0] != "idle_time"] == lines(supplying[0].price)
    owed = bill.price.of("idle_time") - last.price.of("idle_time")
    assert 0 <= owed <= 200_000 * AGAIN_AFTER / timedelta(minutes=1)


def test_the_cost_of_an_idle_session_goes_on_every_ten_seconds(central: CentralStage) -> None:
    idle_session(central)
    central.wait(0.2)
    first = shown(central)[-1]
    assert (first.kw, first.euros) == (0.0, 1.0285)
    heard_of(central, 60)
    last = shown(central)[-1]
    assert lines(last.price)[-1] == ("idle_time", 3, 60_000_000, 200_000)
    assert last.register_mwh == first.register_mwh


def test_an_idle_session_that_is_over_is_said_no_more(central: CentralStage) -> None:
    idle_session(central)
    heard_of(central, 12)
    session = central.shown().session
    assert session is not None
    gone = changed(final(central.session(session.session_id), 1_000_000, seconds=600), unplugged_at=central.now)
    central.tell(gone)
    before = len(shown(central))
    heard_of(central, 60)
    assert len(shown(central)) == before


def test_a_central_that_starts_again_goes_on_with_the_cost_of_an_idle_session(central: CentralStage) -> None:
    idle_session(central)
    heard_of(central, 120)
    central.restart()
    central.wait(0.2)
    assert lines(shown(central)[-1].price)[-1] == ("idle_time", 3, 120_000_000, 400_000)


def test_a_clock_that_is_set_changes_nothing_of_what_an_idle_session_costs(central: CentralStage) -> None:
    idle_session(central)
    heard_of(central, 30)
    back = timedelta(hours=-1)
    central.now += back
    central.tell(ClockStepped(by=back))
    heard_of(central, 31)
    assert lines(shown(central)[-1].price)[-1] == ("idle_time", 3, 60_000_000, 200_000)


def test_in_quiet_time_the_cost_of_an_idle_session_is_not_said() -> None:
    quiet = CentralStage(cadences=QUIET)
    quiet.open_point()
    idle_session(quiet)
    heard_of(quiet, 60)
    assert not shown(quiet)


def test_a_session_with_a_single_price_has_no_lines(central: CentralStage) -> None:
    session = central.supply()
    central.wait(2)
    central.tell(telemetry(session, 6_111))
    central.wait(0.2)
    assert shown(central)[-1].price is None


def test_readings_of_a_price_that_changes_have_its_lines_as_they_come(central: CentralStage) -> None:
    tariff = changing_at(minutes(5))
    central.tell(AssignTariff(ts=T0, request_id=another("a"), cp_id=CP, tariff=tariff))
    session = central.supply()
    seen = []
    for count in (4, 5, 6):
        central.now = minutes(count)
        central.tell(changed(telemetry(session, count * 300_000), ts=minutes(count), seq=count))
        central.wait(0.2)
        price = shown(central)[-1].price
        assert price is not None
        seen.append([(line.element, line.quantity) for line in price.lines])
    assert seen == [[(2, 1_200_000)], [(2, 1_500_000)], [(1, 300_000), (2, 1_500_000)]]


def test_power_that_flickers_around_a_tier_does_not_make_readings_dearer_and_dearer(central: CentralStage) -> None:
    session = central.supply()
    tiers = (Element(energy_micro_euros_per_kwh=100_000, max_w=11_000), Element(energy_micro_euros_per_kwh=200_000))
    cost = LiveCost(Tariff(zone="UTC", elements=tiers), T0, 0)
    for count in range(1, 1_000):
        cost.by(session, count * 3_000, 11_000 - count % 2, T0 + timedelta(seconds=count))
    assert len(cost._marks) <= MOST_LIVE_MARKS + 1
