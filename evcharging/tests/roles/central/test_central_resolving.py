"""A held bill is settled by an operator: once, with the energy that they say, and its driver has a ticket."""

import pytest

from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.common.messages_operators import OperatorAnswer, SettleSession
from evcharging.common.messages_view import NoticeShown
from evcharging.common.utils import changed, from_json, to_json
from evcharging.domain.session import Bill, Session, SessionStatus, how_it_ended
from evcharging.domain.ticket import ticket_of
from evcharging.roles.orders import TOO_LATE
from evcharging.tests.stages.central_stage import CentralStage, ask, final
from evcharging.tests.stages.scenario import BOB, CP, T0, after, all_of, another, kinds, the

TOO_MUCH = 80_000
SETTLED = [
    *("Session", "Bill", "Alert", "AlertSaid", "Notice"),
    *("NoticeShown", "DriverUpdate", "OperatorAnswer", "OperatorAction"),
]


def suspect(central: CentralStage, **figures: object) -> Session:
    """A session whose bill is held."""
    session = central.supply()
    central.tell(changed(final(session, TOO_MUCH), **figures))
    return central.session(session.session_id)


def settle(session: Session, energy_mwh: int | None = None, **fields: object) -> SettleSession:
    order = SettleSession(
        ts=T0,
        request_id=another("settle"),
        cp_id=session.cp_id,
        session_id=session.session_id,
        energy_mwh=energy_mwh,
        note="as the display said",
        by="operator",
    )
    return changed(order, **fields)


def refusal(central: CentralStage, order: SettleSession) -> str | None:
    """The sentence with which nothing is done."""
    answers = central.tell(order)
    said = the(OperatorAnswer, answers).refusal
    assert kinds(answers) == ["OperatorAnswer", *(["OperatorAction"] if said else [])]
    return said


@pytest.mark.parametrize(("said", "billed", "cost"), [(None, TOO_MUCH, 24_000), (61_111, 61_111, 18_333), (0, 0, 0)])
def test_a_held_bill_is_settled_with_the_engines_figures_or_the_operators(
    central: CentralStage, said: int | None, billed: int, cost: int
) -> None:
    held = suspect(central)
    answers = central.tell(settle(held, said))
    assert kinds(answers) == SETTLED
    bill, update, session = the(Bill, answers), the(DriverUpdate, answers), the(Session, answers)
    assert (bill.session_id, bill.energy_mwh, bill.micro_euros) == (held.session_id, billed, cost)
    assert (update.status, update.ticket) == (UpdateStatus.FAILED, ticket_of(bill))
    assert (update.driver_id, update.request_id) == (held.driver_id, held.request_id)
    assert (session.status, session.energy_mwh) == (SessionStatus.FAILED, billed)
    assert the(OperatorAnswer, answers).refusal is None
    shown = the(NoticeShown, answers)
    expected = f"CP-001: {held.session_id} was resolved by operator with {billed / 1e6} kWh: as the display said"
    assert (shown.level, shown.cp_id, shown.text) == ("info", CP, expected)


def test_a_settled_session_says_who_settled_it_when_and_why_and_keeps_its_engines_figures(
    central: CentralStage,
) -> None:
    held = suspect(central, detail="smoke")
    central.wait(3)
    session = the(Session, central.tell(settle(held, 61_111, by="eve")))
    said = (session.settled_mwh, session.settled_at, session.settled_by, session.settled_note)
    assert said == (61_111, after(3), "eve", "as the display said")
    assert (session.register_start_mwh, session.register_stop_mwh) == (0, TOO_MUCH)
    assert how_it_ended(session) == (
        "supply complete: smoke; more energy than the point can give in that time; settled by hand: as the display said"
    )
    assert from_json(Session, to_json(session)) == session


def test_the_driver_hears_one_kind_of_end_and_the_ticket_with_it_ever_after(central: CentralStage) -> None:
    held = suspect(central)
    central.tell(settle(held, 61_111))
    central.restart()
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert again.ticket == ticket_of(the(Bill, list(central.every(Bill).values())))
    ends = [update.status for update in all_of(DriverUpdate, central.said) if update.status in ("COMPLETED", "FAILED")]
    assert ends == [UpdateStatus.FAILED] * 3


def test_to_settle_the_same_again_is_answered_and_changes_nothing(central: CentralStage) -> None:
    held = suspect(central)
    central.tell(settle(held))
    assert refusal(central, settle(held)) is None
    assert refusal(central, settle(held, TOO_MUCH)) is None
    central.restart()
    assert refusal(central, settle(held)) is None


@pytest.mark.parametrize("other", [{"energy_mwh": 1}, {"note": "another"}, {"by": "eve"}])
def test_to_settle_it_otherwise_is_refused_and_the_bill_stays(central: CentralStage, other: dict[str, object]) -> None:
    held = suspect(central)
    bill = the(Bill, central.tell(settle(held)))
    said = refusal(central, changed(settle(held), **other))
    assert said == f"{held.session_id} was settled by operator already, otherwise"
    assert central.every(Bill) == {held.session_id: bill}


def test_only_the_bill_of_a_suspect_session_can_be_settled(central: CentralStage) -> None:
    session = central.supply()
    expected = "only the bill of a suspect session is held"
    assert refusal(central, settle(session)) == f"{session.session_id} is SUPPLYING: {expected}"
    central.tell(final(session))
    assert refusal(central, settle(session, 0)) == f"{session.session_id} is COMPLETED: {expected}"


def test_a_session_that_never_was_or_was_elsewhere_cannot_be_settled(central: CentralStage) -> None:
    held = suspect(central)
    assert refusal(central, settle(held, session_id="stranger")) == "stranger is not a known session of CP-001"
    central.open_point("CP-002")
    elsewhere = refusal(central, settle(held, cp_id="CP-002"))
    assert elsewhere == f"{held.session_id} is not a known session of CP-002"


def test_a_settlement_that_comes_too_late_is_not_carried_out(central: CentralStage) -> None:
    held = suspect(central)
    central.wait(5.001)
    assert refusal(central, settle(held)) == TOO_LATE
    assert central.session(held.session_id) == held


@pytest.mark.parametrize("figures", [{"register_stop_mwh": 0}, {"register_stop_mwh": 2**63 - 1}], ids=["less", "more"])
def test_figures_that_nobody_can_be_billed_need_an_operators_own(
    central: CentralStage, figures: dict[str, object]
) -> None:
    session = central.authorise()
    central.tell(changed(final(session, register_start_mwh=5_000), **figures))
    held = central.session(session.session_id)
    said = refusal(central, settle(held))
    assert said == f"Nobody can be billed the engine's figures of {held.session_id}: say how many kWh it was"
    assert the(Bill, central.tell(settle(held, 10))).energy_mwh == 10


def test_a_settlement_after_a_restart_finds_the_session_in_the_ledger(central: CentralStage) -> None:
    held = suspect(central)
    central.restart()
    assert kinds(central.tell(settle(held, 61_111))) == SETTLED


def test_it_does_not_touch_the_next_drivers_charge(central: CentralStage) -> None:
    held = suspect(central)
    now = central.supply(ask("R-2", driver_id=BOB))
    shown = central.shown()
    central.tell(settle(held, 61_111))
    assert central.shown() == shown
    assert the(Bill, central.tell(final(now))).driver_id == BOB


def test_a_final_reading_that_comes_after_it_changes_nothing(central: CentralStage) -> None:
    held = suspect(central)
    bill = the(Bill, central.tell(settle(held, 61_111)))
    again = changed(final(held, TOO_MUCH), started_at=T0)
    assert central.tell(again) == []
    assert kinds(central.tell(final(held))) == ["Notice", "NoticeShown"]
    assert central.every(Bill) == {held.session_id: bill}
