"""A point where a driver plugs in and unplugs: in every order of hands, energy flows only while a vehicle is there."""

from datetime import timedelta
from itertools import permutations, product

import pytest

from evcharging.common.messages import (
    Action,
    CPStatus,
    CPTelemetry,
    DriverRequest,
    EndReason,
    SupplyAwaited,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.supply import EngineMemory
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import Stopping
from evcharging.tests.stages.engine_stage import EngineStage, start
from evcharging.tests.stages.scenario import CP, after, all_of, kinds, the

PLUG, UNPLUG = ByHand(action=Action.PLUG), ByHand(action=Action.UNPLUG)
FAULT, RECOVER = ByHand(action=Action.FAULT), ByHand(action=Action.RECOVER)
STOP, RESUME = ByHand(action=Action.STOP), ByHand(action=Action.RESUME)


def by_hand() -> EngineStage:
    return EngineStage(EngineSetup(cp_id=CP, manual=True))


def supplying() -> EngineStage:
    """A point by hand at which a supply runs."""
    stage = by_hand()
    stage.tell(PLUG, start())
    return stage


# Plugging in


def test_the_panel_is_told_that_a_point_works_by_hand_and_whether_a_vehicle_is_there() -> None:
    stage = by_hand()
    assert (the(CPStatus, stage.said).manual, the(CPStatus, stage.said).plugged) == (True, False)
    assert the(CPStatus, stage.tell(PLUG)).plugged
    assert not the(CPStatus, stage.tell(UNPLUG)).plugged


def test_an_order_waits_for_a_vehicle_and_begins_when_it_is_plugged_in() -> None:
    stage = by_hand()
    assert kinds(stage.tell(start())) == ["EngineMemory", "Supply", "SupplyAwaited"]
    assert stage.role.state is CPState.ACTIVATED
    stage.wait(20)
    answers = stage.tell(PLUG)
    assert the(SupplyStarted, answers).ts == after(20)
    assert all_of(DriverRequest, answers) == []
    assert all_of(CPStatus, answers)[-1].state is CPState.SUPPLYING


def test_an_order_begins_at_once_where_a_vehicle_is_plugged_in() -> None:
    stage = by_hand()
    stage.tell(PLUG)
    assert the(SupplyStarted, stage.tell(start())).session_id == "S-1"


def test_an_order_that_waits_is_given_up_after_a_minute_and_the_point_is_free_again() -> None:
    stage = by_hand()
    stage.tell(start())
    assert stage.wait(59.999) == []
    refused = the(SupplyRefused, stage.wait(1))
    assert (refused.session_id, refused.reason, refused.ts) == ("S-1", "no vehicle was plugged in", after(60))
    assert stage.role.deadline is None
    assert the(SupplyAwaited, stage.tell(start("S-2", seq=2))).session_id == "S-2"


def test_how_long_an_order_waits_is_a_setting() -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, manual=True, plug_wait=timedelta(seconds=5)))
    stage.tell(start())
    assert the(SupplyRefused, stage.wait(60)).ts == after(5)


def test_an_order_that_waits_is_answered_again_when_it_comes_again() -> None:
    stage = by_hand()
    first = the(SupplyAwaited, stage.tell(start()))
    assert changed(the(SupplyAwaited, stage.tell(start())), seq=first.seq) == first


def test_an_order_that_was_given_up_is_refused_again_with_the_same_words_when_it_comes_again() -> None:
    stage = by_hand()
    stage.tell(start())
    first = the(SupplyRefused, stage.wait(60))
    [again] = stage.tell(start())
    assert isinstance(again, SupplyRefused)
    assert changed(again, seq=first.seq) == first


def test_a_second_order_is_refused_while_the_first_waits() -> None:
    stage = by_hand()
    stage.tell(start())
    assert the(SupplyRefused, stage.tell(start("S-2", seq=2))).reason == "CP-001 is busy"


def test_plugging_in_without_an_order_asks_central_once_for_each_time() -> None:
    stage = by_hand()
    first = the(DriverRequest, stage.tell(PLUG))
    assert (first.driver_id, first.cp_id, first.kwh) == ("walk-in", CP, None)
    stage.tell(UNPLUG)
    second = the(DriverRequest, stage.tell(PLUG))
    assert first.request_id != second.request_id


def test_requests_of_different_points_and_runs_never_share_an_id() -> None:
    names = set()
    for cp_id, runs in product(("CP-001", "CP-002"), range(3)):
        stage = EngineStage(EngineSetup(cp_id=cp_id, manual=True))
        for _ in range(runs):
            stage.restart()
        names.add(the(DriverRequest, stage.tell(PLUG)).request_id)
    assert len(names) == 6


@pytest.mark.parametrize("hand", [STOP, FAULT])
def test_plugging_in_at_a_point_out_of_service_asks_nobody(hand: ByHand) -> None:
    stage = by_hand()
    stage.tell(hand)
    answers = stage.tell(PLUG)
    assert all_of(DriverRequest, answers) == []
    assert the(CPStatus, answers).plugged


def test_plugging_in_twice_during_a_supply_changes_nothing() -> None:
    stage = supplying()
    stage.wait(5)
    assert kinds(stage.tell(PLUG)) == ["CPStatus"]


# Supplying


def test_a_supply_by_hand_goes_on_until_the_vehicle_is_unplugged() -> None:
    stage = supplying()
    assert len(all_of(CPTelemetry, stage.wait(100))) == 100
    answers = stage.tell(UNPLUG)
    ended = the(SupplyEnded, answers)
    assert (ended.ended_by, ended.register_stop_mwh, ended.ts) == (EndReason.UNPLUGGED, 611_111, after(100))
    assert the(CPStatus, answers).state is CPState.ACTIVATED
    assert not stage.memory.plugged


def test_between_two_readings_unplugging_meters_to_the_moment() -> None:
    stage = supplying()
    stage.wait(1.5)
    assert the(SupplyEnded, stage.tell(UNPLUG)).register_stop_mwh == 9_166


def test_a_supply_by_hand_with_a_limit_ends_with_it_and_the_vehicle_stays() -> None:
    stage = by_hand()
    stage.tell(PLUG, start(limit_mwh=1_000_000))
    ended = the(SupplyEnded, stage.wait(3600))
    assert (ended.ended_by, ended.register_stop_mwh) == (EndReason.COMPLETE, 1_000_000)
    assert stage.memory.plugged
    assert the(SupplyStarted, stage.tell(start("S-2", seq=2))).register_mwh == 1_000_000


def test_unplugging_what_is_not_plugged_in_changes_nothing() -> None:
    assert kinds(by_hand().tell(UNPLUG)) == ["CPStatus"]


def test_unplugging_ends_a_wait_too() -> None:
    stage = by_hand()
    stage.tell(start())
    assert the(SupplyRefused, stage.tell(UNPLUG)).reason == "unplugged"
    assert stage.role.deadline is None


# Fault and recovery


def test_a_fault_during_a_supply_ends_it_and_the_vehicle_stays() -> None:
    stage = supplying()
    stage.wait(10)
    ended = the(SupplyEnded, stage.tell(FAULT))
    assert (ended.ended_by, ended.register_stop_mwh) == (EndReason.FAULT, 61_111)
    assert stage.memory.plugged
    assert the(CPStatus, stage.tell(RECOVER)).state is CPState.ACTIVATED
    assert the(SupplyStarted, stage.tell(start("S-2", seq=2))).register_mwh == 61_111


@pytest.mark.parametrize(
    ("hand", "reason"),
    [
        (FAULT, "fault at the charging point"),
        (STOP, "stopped by the operator"),
        (Stopping(), "charging point shut down"),
    ],
    ids=["fault", "stop", "shutdown"],
)
def test_what_ends_a_supply_ends_a_wait_too(hand: ByHand | Stopping, reason: str) -> None:
    stage = by_hand()
    stage.tell(start())
    refused = the(SupplyRefused, stage.tell(hand))
    assert (refused.session_id, refused.reason) == ("S-1", reason)
    assert stage.wait(120) == []


def test_a_vehicle_that_was_unplugged_during_a_fault_is_gone_after_it() -> None:
    stage = supplying()
    stage.tell(FAULT, UNPLUG, RECOVER)
    assert the(SupplyAwaited, stage.tell(start("S-2", seq=2))).session_id == "S-2"


HANDS = (PLUG, UNPLUG, FAULT, RECOVER)


@pytest.mark.parametrize("hands", list(permutations(HANDS)), ids=lambda hands: "-".join(hand.action for hand in hands))
@pytest.mark.parametrize("begun", [False, True], ids=["free", "supplying"])
def test_in_every_order_of_hands_the_point_ends_as_the_last_of_each_pair_left_it(
    hands: tuple[ByHand, ...], begun: bool
) -> None:
    stage = supplying() if begun else by_hand()
    for hand in hands:
        stage.wait(1)
        stage.tell(hand)
    faulty = hands.index(FAULT) > hands.index(RECOVER)
    assert stage.role.state is (CPState.FAULT if faulty else CPState.ACTIVATED)
    assert stage.memory.plugged is (hands.index(PLUG) > hands.index(UNPLUG))
    assert len({final.ts for final in all_of(SupplyEnded, stage.said)}) == int(begun)
    stage.restart()
    assert stage.role.state is (CPState.FAULT if faulty else CPState.ACTIVATED)


# Hands at a point that works by itself


def test_a_point_that_works_by_itself_needs_no_vehicle_and_lets_it_go_at_the_end() -> None:
    stage = EngineStage()
    assert the(CPStatus, stage.tell(start())).plugged
    assert not all_of(CPStatus, stage.wait(60))[-1].plugged


def test_unplugging_at_a_point_that_works_by_itself_ends_the_supply() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(4)
    assert the(SupplyEnded, stage.tell(UNPLUG)).ended_by is EndReason.UNPLUGGED


def test_plugging_in_at_a_point_that_works_by_itself_asks_for_a_charge() -> None:
    assert the(DriverRequest, EngineStage().tell(PLUG)).driver_id == "walk-in"


def test_a_stop_by_hand_lasts_until_it_is_resumed() -> None:
    stage = EngineStage()
    assert the(CPStatus, stage.tell(STOP)).state is CPState.STOPPED
    assert stage.every(EngineMemory)[CP].stopped
    assert the(CPStatus, stage.tell(RESUME)).state is CPState.ACTIVATED
