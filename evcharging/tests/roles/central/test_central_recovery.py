"""A fault that is over: the engine's own word counts, whatever its monitor still reports of the same fault."""

import pytest

from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.tests.stages.central_stage import CentralStage, ill, notices, well

S = CPState


def fault(central: CentralStage) -> None:
    central.tell(changed(central.status(S.FAULT), reason="boom"), ill(reason="boom"))
    assert central.shown().state is S.FAULT


def test_an_engine_that_says_that_its_fault_is_over_is_believed_whatever_its_monitor_still_says(
    central: CentralStage,
) -> None:
    fault(central)
    central.tell(central.status())
    assert central.shown().state is S.ACTIVATED
    said = len(notices(central))
    central.tell(ill(reason="boom"), ill(reason="boom"), well())
    assert central.shown().state is S.ACTIVATED
    assert len(notices(central)) == said


@pytest.mark.parametrize("between", ["well", "another"])
def test_a_fault_that_is_reported_later_counts_though_it_has_the_same_words(
    central: CentralStage, between: str
) -> None:
    fault(central)
    central.tell(central.status())
    central.tell(well() if between == "well" else ill(reason="no answer"), ill(reason="boom"))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "boom")


def test_a_fault_of_an_engine_that_nobody_can_reach_counts_at_once(central: CentralStage) -> None:
    fault(central)
    central.tell(central.status())
    central.tell(changed(ill(reason="boom"), deaf=True))
    assert central.shown().state is S.FAULT
