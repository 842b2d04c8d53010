"""A session is billed by the tariff that its point had when it was authorised, line by line."""

from datetime import timedelta, tzinfo
from typing import Any

import pytest

from evcharging.common.messages import CPTelemetry, DriverUpdate, EndReason, Mark, StartSupply, SupplyEnded
from evcharging.common.messages_operators import AssignTariff, OperatorAnswer, SettleSession
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import changed
from evcharging.common.zones import UnknownZone
from evcharging.domain import tariff as tariff_rules
from evcharging.domain.charging_point import Point
from evcharging.domain.meter import energy_mwh
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.roles.central.live_cost import LiveCost
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, notices
from evcharging.tests.stages.scenario import CP, T0, all_of, another, the
from evcharging.tests.stages.tariffs import changing_at, minutes

TARIFF = changing_at(minutes(5))
HALF = energy_mwh(22_000, timedelta(minutes=5))
TIMED = changed(TARIFF, elements=(Element(energy_micro_euros_per_kwh=100_000, charging_micro_euros_per_minute=50_000),))
MARKS = (Mark(at=minutes(5), register_mwh=HALF),)


@pytest.fixture
def central() -> CentralStage:
    stage = CentralStage()
    stage.open_point()
    stage.tell(assign(TARIFF))
    return stage


def assign(tariff: Tariff | None) -> AssignTariff:
    return AssignTariff(ts=T0, request_id=another("assign"), cp_id=CP, tariff=tariff)


def settle(session: Session) -> SettleSession:
    return SettleSession(
        ts=T0 + timedelta(minutes=10),
        request_id=another("settle"),
        cp_id=CP,
        session_id=session.session_id,
        energy_mwh=2_000_000,
        note="the display of the vehicle",
        by="operator",
    )


def ended(session: Session, *marks: Mark) -> SupplyEnded:
    return changed(final(session, 2 * HALF, EndReason.COMPLETE, seconds=600), marks=marks)


def test_the_order_carries_the_tariff_and_the_session_freezes_it(central: CentralStage) -> None:
    answers = central.tell(ask())
    assert the(StartSupply, answers).tariff == the(Session, answers).tariff == TARIFF
    session = the(Session, answers)
    central.tell(assign(None), begun(session))
    central.wait(600)
    bill = the(Bill, central.tell(ended(session, *MARKS)))
    assert bill.tariff == "steps@1"
    assert central.every(Point)[CP].tariff is None


def test_a_bill_has_a_line_for_each_price_and_its_vat(central: CentralStage) -> None:
    session = central.supply()
    central.wait(600)
    answers = central.tell(ended(session, *MARKS))
    bill = the(Bill, answers)
    assert bill.price is not None
    assert [(line.component, line.element, line.quantity, line.micro_euros) for line in bill.price.lines] == [
        ("energy", 1, HALF, 366_667),
        ("energy", 2, HALF, 183_333),
    ]
    assert (bill.price.net, bill.price.vat, bill.price.gross) == (550_000, 115_500, 665_500)
    assert bill.micro_euros == 665_500
    ticket = all_of(DriverUpdate, answers)[-1].ticket
    assert ticket is not None
    assert (ticket.price, ticket.tariff, ticket.euros) == (bill.price, "steps@1", 0.6655)


def test_a_bill_outlasts_central_over_an_edge(central: CentralStage) -> None:
    session = central.supply()
    central.wait(4 * 60)
    central.restart()
    central.wait(6 * 60)
    bill = the(Bill, central.tell(ended(session, *MARKS)))
    assert bill.price is not None
    assert len(bill.price.lines) == 2


def test_the_live_cost_follows_the_edges(central: CentralStage) -> None:
    session = central.supply()
    told = []
    for count in range(1, 11):
        central.wait(60)
        register = energy_mwh(22_000, timedelta(minutes=count))
        reading = CPTelemetry(
            ts=minutes(count),
            epoch=1,
            seq=count,
            cp_id=CP,
            kw=22.0,
            euros=0.0,
            driver_id=session.driver_id,
            session_id=session.session_id,
            register_mwh=register,
        )
        told.append(the(DriverUpdate, central.tell(reading)).euros)
    bill = the(Bill, central.tell(ended(session, *MARKS)))
    assert told[-1] == bill.micro_euros / 10**6
    assert told[4] == round(round(HALF * 0.1 / 10**6, 6) * 1.21, 6)


@pytest.mark.parametrize(
    "marks",
    [
        (Mark(at=minutes(-1), register_mwh=0),),
        (Mark(at=minutes(11), register_mwh=HALF),),
        (Mark(at=minutes(5), register_mwh=2 * HALF + 1),),
        (Mark(at=minutes(5), register_mwh=HALF), Mark(at=minutes(4), register_mwh=HALF)),
        (Mark(at=minutes(4), register_mwh=HALF), Mark(at=minutes(5), register_mwh=HALF - 1)),
    ],
)
def test_readings_within_a_supply_that_are_not_in_order_hold_its_bill(
    central: CentralStage, marks: tuple[Mark, ...]
) -> None:
    session = central.supply()
    central.wait(600)
    answers = central.tell(ended(session, *marks))
    assert the(Session, answers).status is SessionStatus.SUSPECT
    assert not all_of(Bill, answers)
    assert "its readings within the supply are not in order" in notices(central)[-1]


@pytest.mark.parametrize(
    ("started", "ended"),
    [(70, 10), (-60 * 24 * 365 * 50, 10), (0, 60 * 24 * 365 * 5000), (-60 * 24 * 365 * 2000, 60)],
)
def test_a_bill_that_is_resolved_by_hand_is_of_energy_alone_whatever_times_it_was_held_for(
    central: CentralStage, started: int, ended: int
) -> None:
    central.tell(assign(TIMED))
    session = central.supply()
    central.wait(600)
    central.tell(changed(final(session, 2 * HALF), started_at=minutes(started), ts=minutes(ended)))
    assert central.session(session.session_id).status is SessionStatus.SUSPECT
    answers = central.tell(settle(session))
    assert the(OperatorAnswer, answers).refusal is None
    price = the(Bill, answers).price
    assert price is not None
    assert [(line.component, line.micro_euros) for line in price.lines] == [("energy", 200_000)]


@pytest.mark.parametrize(
    ("final_reading", "said"),
    [
        ({"marks": (Mark(at=minutes(5), register_mwh=0),)}, "more energy than the point can give"),
        ({"ts": minutes(23 * 60)}, "it lasted longer than since it was authorised"),
    ],
)
def test_what_would_make_a_tariff_cost_more_than_it_can_is_held(
    central: CentralStage, final_reading: dict[str, Any], said: str
) -> None:
    session = central.supply()
    central.wait(600)
    answers = central.tell(changed(ended(session, *MARKS), **final_reading))
    assert the(Session, answers).status is SessionStatus.SUSPECT
    assert said in notices(central)[-1]


def test_a_bill_waits_where_its_tariff_cannot_be_used_any_more(
    central: CentralStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = central.supply()
    central.wait(600)
    monkeypatch.setattr(tariff_rules, "zone_of", unknown_zone)
    assert the(Session, central.tell(ended(session, *MARKS))).status is SessionStatus.SUSPECT
    refusal = the(OperatorAnswer, central.tell(settle(session))).refusal
    assert refusal is not None
    assert "cannot be used by this Central" in refusal
    monkeypatch.undo()
    assert the(Bill, central.tell(settle(session))).micro_euros == 242_000


def unknown_zone(name: str) -> tzinfo:
    raise UnknownZone(f"{name} is no time zone")


@pytest.mark.parametrize(
    ("tariff", "said"),
    [
        (Tariff(zone="Europe/Nowhere", elements=(Element(session_micro_euros=1),)), "is no time zone"),
        (Tariff(zone="UTC", elements=()), "the tariff has no price"),
    ],
)
def test_a_tariff_that_cannot_be_used_is_refused(central: CentralStage, tariff: Tariff, said: str) -> None:
    refusal = the(OperatorAnswer, central.tell(assign(tariff))).refusal
    assert refusal is not None
    assert said in refusal
    assert the(Session, central.tell(ask())).tariff == TARIFF


def test_a_point_shows_the_first_price_of_energy_of_its_tariff(central: CentralStage) -> None:
    assert central.shown().euros_per_kwh == 0.2
    central.tell(assign(None))
    assert central.shown().euros_per_kwh == 0.3


def test_a_clock_that_is_set_moves_the_edge_of_the_live_cost_with_the_supply() -> None:
    later = Tariff(zone="UTC", elements=(Element(energy_micro_euros_per_kwh=1_000_000, min_s=600),))
    session = changed(final_session(), tariff=later)
    cost, back = LiveCost(later, T0, 0), timedelta(hours=-1)
    assert cost.by(session, 10_000_000, 22_000, minutes(5)).gross == 0
    cost.shift(back)
    session = changed(session, started_at=T0 + back)
    assert cost.by(session, 10_000_000, 22_000, minutes(10) + back).gross == 0
    assert cost.by(session, 11_000_000, 22_000, minutes(12) + back).gross == 1_000_000


def final_session() -> Session:
    stage = CentralStage()
    stage.open_point()
    return stage.supply()
