"""A point is shown faulty by what its monitor reports or its engine says itself, with the reason, until that clears."""

from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.notice import Notice
from evcharging.tests.stages.central_stage import CentralStage, final, ill, notices, well
from evcharging.tests.stages.scenario import T0, after, the

S = CPState


def test_a_fault_that_the_monitor_reports_is_shown_at_once_with_the_reason(central: CentralStage) -> None:
    central.now = after(2)
    answers = central.tell(ill("the engine does not answer"))
    view = the(PointShown, answers)
    assert (view.state, view.reason, view.since) == (S.FAULT, "the engine does not answer", after(2))
    assert (the(Notice, answers).level, the(Notice, answers).text) == (
        "error",
        "CP-001 faulty: the engine does not answer",
    )


def test_a_fault_that_changes_its_reason_is_shown_with_the_new_one_and_since_the_first(central: CentralStage) -> None:
    central.tell(ill("smoke"))
    central.now = after(5)
    view = the(PointShown, central.tell(ill("fire")))
    assert (view.reason, view.since) == ("fire", T0)


def test_a_fault_that_clears_returns_the_point_to_service(central: CentralStage) -> None:
    central.tell(ill("smoke"))
    central.tell(well())
    assert (central.shown().state, central.shown().reason) == (S.ACTIVATED, None)
    assert notices(central)[-1] == "CP-001 back in service"


def test_a_fault_that_the_engine_says_itself_counts_even_if_its_monitor_says_well(central: CentralStage) -> None:
    central.tell(changed(central.status(S.FAULT), reason="no power"))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "no power")
    central.tell(central.status(S.ACTIVATED))
    assert central.shown().state is S.ACTIVATED


def test_a_fault_without_a_reason_is_a_fault(central: CentralStage) -> None:
    central.tell(central.status(S.FAULT))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "fault")


def test_an_engine_that_was_shut_down_is_no_healthy_point(central: CentralStage) -> None:
    central.tell(central.status(S.DISCONNECTED))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "the engine has not announced itself")


def test_a_fault_during_a_supply_is_shown_until_it_clears_and_the_supply_with_it(central: CentralStage) -> None:
    session = central.supply()
    central.tell(ill("smoke"))
    assert central.shown().state is S.FAULT
    assert central.shown().session is not None
    central.tell(well())
    assert central.shown().state is S.SUPPLYING
    central.tell(final(session))
    assert central.shown().state is S.ACTIVATED


def test_reasons_as_long_as_they_may_be_can_be_quoted_to_everybody(central: CentralStage) -> None:
    central.supply()
    central.tell(ill("x" * 250))
    assert central.shown().reason == "x" * 250
