"""What engines say of themselves counts once their point is registered, and old or repeated words never do."""

from evcharging.common.messages import Action, CentralCommand, DriverUpdate
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, well
from evcharging.tests.stages.scenario import CP, T0, after, another, kinds, the

S = CPState


def test_an_engine_that_nobody_registered_makes_no_point_known() -> None:
    stage = CentralStage()
    denial = the(DriverUpdate, stage.tell(stage.status(), well(), ask()))
    assert denial.reason == "CP-001 is not a known charging point"


def test_what_an_engine_said_before_its_point_was_registered_counts_then() -> None:
    stage = CentralStage()
    stage.tell(stage.status())
    stage.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP), well())
    assert (stage.shown().state, stage.shown().kw_rate) == (S.ACTIVATED, 22.0)


def test_only_so_many_engines_of_unknown_points_are_remembered() -> None:
    stage = CentralStage()
    for number in range(1_001):
        stage.tell(stage.status(cp_id=f"X-{number}"))
    for cp_id in ("X-0", "X-1"):
        stage.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=cp_id), well(cp_id=cp_id))
    assert [stage.shown(cp_id).kw_rate for cp_id in ("X-0", "X-1")] == [0.0, 22.0]


def test_a_word_of_an_engine_without_a_number_makes_no_point_known() -> None:
    stage = CentralStage()
    assert stage.tell(changed(stage.status(), epoch=0, seq=0), well()) == []


def test_an_engine_says_its_power_and_price(central: CentralStage) -> None:
    central.tell(changed(central.status(), kw_rate=50.0, euro_rate=0.45, manual=True, plugged=True))
    view = central.shown()
    assert (view.kw_rate, view.euros_per_kwh, view.manual, view.plugged) == (50.0, 0.45, True, True)


def test_an_old_or_repeated_word_of_an_engine_is_nothing(central: CentralStage) -> None:
    old = central.status(S.FAULT)
    central.tell(central.status(S.ACTIVATED))
    assert central.tell(old) == []
    assert central.tell(changed(old, seq=central.seq)) == []
    assert kinds(central.tell(changed(old, epoch=0, seq=2**63 - 1))) == ["QueryStatus"]
    assert central.shown().state is S.ACTIVATED


def test_old_words_stay_old_over_a_restart_of_central(central: CentralStage) -> None:
    old = central.status(S.FAULT)
    central.tell(central.status(S.ACTIVATED))
    central.restart()
    assert central.tell(old) == []


def test_the_first_word_of_a_new_run_of_an_engine_is_news(central: CentralStage) -> None:
    central.tell(changed(central.status(S.FAULT), epoch=2, seq=1))
    assert central.shown().state is S.FAULT


def test_an_engine_that_missed_the_operators_stop_hears_it_again(central: CentralStage) -> None:
    central.tell(changed(central.status(), state=S.STOPPED))
    command = the(CentralCommand, central.said)
    assert (command.cp_id, command.action) == (CP, Action.RESUME)


def test_the_state_that_is_shown_begins_when_it_changes_not_when_it_is_said_again(central: CentralStage) -> None:
    session = central.authorise()
    central.now = after(2)
    central.tell(begun(session))
    central.now = after(4)
    central.tell(changed(central.status(S.SUPPLYING), plugged=True))
    assert (central.shown().state, central.shown().since, central.shown().ts) == (S.SUPPLYING, after(2), after(4))
