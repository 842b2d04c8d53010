"""A driver's request is decided once, by the rules, and never served twice."""

from evcharging.common.messages import CPStatus, DriverUpdate, StartSupply, StopSupply, SupplyRefused, UpdateStatus
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.roles.role import Effect
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, ill, well
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, after, all_of, another, kinds, the

ACCEPTED, DENIED, FAILED = UpdateStatus.ACCEPTED, UpdateStatus.DENIED, UpdateStatus.FAILED
IN_PROGRESS, COMPLETED = UpdateStatus.IN_PROGRESS, UpdateStatus.COMPLETED


def told(stage: CentralStage, driver_id: str = ALICE) -> list[UpdateStatus]:
    """What a driver was told so far, in order."""
    return [update.status for update in all_of(DriverUpdate, stage.said) if update.driver_id == driver_id]


# Accepted


def test_a_request_for_a_free_point_is_accepted_and_the_supply_ordered(central: CentralStage) -> None:
    answers = central.tell(ask())
    assert kinds(answers) == ["Request", "Session", "DriverUpdate", "StartSupply", "PointShown"]
    update, order, session = the(DriverUpdate, answers), the(StartSupply, answers), the(Session, answers)
    assert (update.status, update.request_id, update.driver_id, update.cp_id) == (ACCEPTED, "R-1", ALICE, CP)
    assert update.session_id == order.session_id == session.session_id
    assert (order.request_id, order.driver_id, order.cp_id, order.epoch) == ("R-1", ALICE, CP, 1)
    assert (order.micro_euros_per_kwh, order.limit_mwh) == (300_000, None)
    assert (session.status, session.requested_at) == (SessionStatus.AUTHORISED, T0)
    decision = the(Request, answers)
    assert (decision.accepted, decision.session_id, decision.reason) == (True, session.session_id, None)


def test_a_point_with_an_authorised_session_is_shown_with_it(central: CentralStage) -> None:
    session = central.authorise()
    shown = central.shown()
    assert shown.state is CPState.ACTIVATED
    assert shown.session is not None
    assert (shown.session.session_id, shown.session.driver_id, shown.session.status) == (
        session.session_id,
        ALICE,
        "AUTHORISED",
    )


def test_the_energy_that_a_driver_asks_for_limits_the_supply(central: CentralStage) -> None:
    assert the(StartSupply, central.tell(ask(kwh=7.5))).limit_mwh == 7_500_000


def test_the_price_is_frozen_when_the_session_is_authorised(central: CentralStage) -> None:
    session = central.supply()
    central.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP, euros_per_kwh=0.99))
    central.now = after(10)
    assert the(Bill, central.tell(final(session))).micro_euros_per_kwh == 300_000


def test_the_registered_price_counts_before_that_of_the_engine(central: CentralStage) -> None:
    central.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP, euros_per_kwh=0.25))
    assert the(StartSupply, central.tell(ask())).micro_euros_per_kwh == 250_000


def test_every_session_has_a_name_of_its_own_over_shards_and_runs() -> None:
    names = set()
    for name in ("0", "1"):
        stage = CentralStage(name=name)
        for run in range(3):
            stage.open_point()
            session = stage.authorise(ask(f"R-{name}-{run}"))
            names.add(session.session_id)
            stage.tell(final(session))
            stage.restart()
            stage.seq = 0
    assert len(names) == 6


def test_a_driver_may_charge_at_two_points_at_once(central: CentralStage) -> None:
    central.open_point("CP-002")
    first, second = central.authorise(ask("R-1")), central.authorise(ask("R-2", cp_id="CP-002"))
    assert first.session_id != second.session_id


# Denied


def denial(answers: list[Effect]) -> str | None:
    update = the(DriverUpdate, answers)
    assert update.status is DENIED
    assert update.session_id is None
    assert all_of(StartSupply, answers) == []
    assert all_of(Session, answers) == []
    decision = the(Request, answers)
    assert (decision.accepted, decision.reason) == (False, update.reason)
    return update.reason


def test_an_unknown_point_is_denied(central: CentralStage) -> None:
    assert denial(central.tell(ask(cp_id="CP-404"))) == "CP-404 is not a known charging point"


def test_a_second_driver_at_a_busy_point_is_denied_with_the_reason(central: CentralStage) -> None:
    central.authorise()
    assert denial(central.tell(ask("R-2", driver_id=BOB))) == "CP-001 is busy"
    assert told(central) == [ACCEPTED]
    assert told(central, BOB) == [DENIED]


def test_a_second_driver_is_denied_while_the_first_is_supplied(central: CentralStage) -> None:
    central.supply()
    assert denial(central.tell(ask("R-2", driver_id=BOB))) == "CP-001 is busy"


def test_of_a_thousand_requests_in_a_second_one_is_accepted(central: CentralStage) -> None:
    for number in range(1000):
        central.tell(ask(f"R-{number}", driver_id=f"driver-{number}"))
    statuses = [update.status for update in all_of(DriverUpdate, central.said)]
    assert (statuses.count(ACCEPTED), statuses.count(DENIED)) == (1, 999)
    assert len(all_of(StartSupply, central.said)) == 1


def test_a_disconnected_point_is_denied() -> None:
    stage = CentralStage()
    stage.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP), stage.status())
    assert denial(stage.tell(ask())) == "CP-001 is offline"


def test_a_point_whose_monitor_reports_a_fault_is_denied_with_it(central: CentralStage) -> None:
    central.tell(ill("the engine does not answer"))
    assert denial(central.tell(ask())) == "CP-001 is faulty: the engine does not answer"


def test_a_point_whose_engine_says_that_it_is_broken_is_denied(central: CentralStage) -> None:
    central.tell(changed(central.status(CPState.FAULT), reason="no power"))
    assert denial(central.tell(ask())) == "CP-001 is faulty: no power"


def test_a_point_whose_engine_was_never_heard_is_denied() -> None:
    stage = CentralStage()
    stage.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP), well())
    assert denial(stage.tell(ask())) == "CP-001 is faulty: the engine has not announced itself"


def test_a_point_is_free_again_once_its_session_has_ended(central: CentralStage) -> None:
    session = central.supply()
    central.tell(final(session))
    assert told(central) == [ACCEPTED, COMPLETED]
    central.tell(ask("R-2", driver_id=BOB))
    assert told(central, BOB) == [ACCEPTED]


# Not started in time


def test_a_point_that_does_not_start_within_five_seconds_fails_the_driver_and_is_free_again(
    central: CentralStage,
) -> None:
    session = central.authorise()
    assert central.wait(4.999) == []
    answers = central.wait(0.001)
    assert kinds(answers) == ["StopSupply", "Session", "DriverUpdate", "PointShown"]
    update = the(DriverUpdate, answers)
    assert (update.status, update.session_id, update.ticket) == (FAILED, session.session_id, None)
    assert update.reason == "the charging point did not start: the charging point did not start in time"
    assert the(StopSupply, answers).session_id == session.session_id
    assert the(PointShown, answers).session is None
    central.tell(ask("R-2", driver_id=BOB))
    assert told(central, BOB) == [ACCEPTED]


def test_a_point_that_starts_in_time_is_waited_for_no_longer(central: CentralStage) -> None:
    central.supply()
    central.wait(7)
    assert told(central) == [ACCEPTED]


def test_the_time_to_start_of_the_next_session_is_its_own(central: CentralStage) -> None:
    session = central.authorise()
    central.wait(4)
    central.tell(SupplyRefused(ts=T0, cp_id=CP, session_id=session.session_id, reason="no"))
    central.authorise(ask("R-2", driver_id=BOB))
    central.wait(4)
    assert told(central, BOB) == [ACCEPTED]
    central.wait(1)
    assert told(central, BOB) == [ACCEPTED, FAILED]


def test_after_a_restart_a_point_has_another_five_seconds_to_start_and_is_asked(central: CentralStage) -> None:
    session = central.authorise()
    central.wait(4)
    central.restart()
    assert central.wait(4.999) == []
    update = the(DriverUpdate, central.wait(0.001))
    assert (update.status, update.session_id) == (FAILED, session.session_id)


def test_a_supply_that_starts_after_its_driver_was_told_that_it_failed_is_stopped(central: CentralStage) -> None:
    session = central.authorise()
    central.wait(6)
    [stop] = central.tell(begun(session))
    assert isinstance(stop, StopSupply)
    assert stop.session_id == session.session_id
    assert told(central) == [ACCEPTED, FAILED]


def test_a_driver_hears_of_nobody_elses_charge(central: CentralStage) -> None:
    central.open_point("CP-002")
    hers = central.supply(ask("R-1", driver_id=ALICE))
    his = central.supply(ask("R-2", driver_id=BOB, cp_id="CP-002"))
    central.tell(final(hers), final(his))
    for update in all_of(DriverUpdate, central.said):
        assert (update.driver_id, update.session_id) in {(ALICE, hers.session_id), (BOB, his.session_id)}


def test_a_word_of_another_kind_is_nothing_to_central(central: CentralStage) -> None:
    assert central.tell(the(StartSupply, central.tell(ask()))) == []
    assert all_of(CPStatus, central.said) == []
