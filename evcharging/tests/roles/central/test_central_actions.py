"""Whatever is ordered is noted with who ordered it, in the commit of its effect; what is refused too, at a bounded
rate."""

import json
from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from evcharging.common.messages import Action, Limit
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff
from evcharging.common.messages_operators import (
    Actor,
    ActorKind,
    AssignTariff,
    EndSession,
    ForgetRun,
    LimitPoint,
    OperatorAnswer,
    OperatorOrder,
    OperatorRequest,
    RegisterPoint,
    RetirePoint,
    SettleSession,
)
from evcharging.common.utils import changed
from evcharging.domain.access import noting
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.charging_point import Point
from evcharging.domain.tariff import single
from evcharging.roles.actions import MOST_REFUSED
from evcharging.roles.orders import USED
from evcharging.roles.role import ClockStepped
from evcharging.tests.roles.central.test_central_resolving import settle, suspect
from evcharging.tests.stages.central_stage import CentralStage
from evcharging.tests.stages.scenario import CP, T0, all_of, another, kinds, the

ANA = Actor(kind=ActorKind.PERSON, id="account-1", via="console", role="operator")
HERE: dict[str, Any] = {"ts": T0, "cp_id": CP, "actor": ANA}


def operate(action: Action, **fields: object) -> OperatorRequest:
    return changed(OperatorRequest(**HERE, request_id=another("operator"), action=action), **fields)


def noted(effects: Iterable[object]) -> tuple[object, object, object, object]:
    """What the one action says: its name, what was asked, and what changed from what to what."""
    action = the(OperatorAction, effects)
    who = [action.actor_kind, action.actor_id, action.via, action.role]
    assert who == ["person", "account-1", "console", "operator"]
    asked, before, after = (text and json.loads(text) for text in (action.asked, action.before, action.after))
    return action.action, asked, before, after


def test_an_action_says_who_did_what_and_what_of_the_point_changed(central: CentralStage) -> None:
    order = operate(Action.STOP)
    answers = central.tell(order)
    assert noted(answers) == ("stop", None, {"stopped": False}, {"stopped": True})
    action = the(OperatorAction, answers)
    assert (action.action_id, action.at, action.subject) == ("action-0-1-2", central.now, CP)
    assert (action.request_id, action.refusal, action.left_out) == (order.request_id, None, 0)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (
            RegisterPoint(**HERE, request_id="R-1", location="North"),
            ("register_point", {"location": "North"}, {"location": "unknown location"}, {"location": "North"}),
        ),
        (
            LimitPoint(**HERE, request_id="R-1", limit=Limit(watts=5_000)),
            ("limit_point", {"limit": {"watts": 5_000}}, {"limit": None}, {"limit": {"watts": 5_000}}),
        ),
        (LimitPoint(**HERE, request_id="R-1"), ("limit_point", None, None, None)),
        (AssignTariff(**HERE, request_id="R-1"), ("assign_tariff", None, None, None)),
        (operate(Action.PLUG), ("plug", None, None, None)),
    ],
)
def test_every_order_has_its_name_and_what_it_asked(
    central: CentralStage, order: OperatorOrder, expected: object
) -> None:
    assert noted(central.tell(order)) == expected


def test_a_retired_point_and_a_forgotten_run_are_noted(central: CentralStage) -> None:
    assert noted(central.tell(ForgetRun(**HERE, request_id="F-1"))) == (
        "forget_run",
        None,
        {"epoch": 1, "seq": central.seq},
        {"epoch": 0, "seq": 0},
    )
    name, _, before, after = noted(central.tell(RetirePoint(**HERE, request_id="R-1")))
    assert (name, before, after) == ("retire_point", {"retired_at": None}, {"retired_at": "2026-03-01T12:00:00Z"})


def test_a_settlement_is_noted_of_its_session(central: CentralStage) -> None:
    held = suspect(central)
    answers = central.tell(settle(held, 61_111, actor=ANA))
    name, asked, before, after = noted(answers)
    assert (name, the(OperatorAction, answers).subject) == ("settle_session", held.session_id)
    assert asked == {"energy_mwh": 61_111, "note": "as the display said", "by": "operator"}
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (before["settled_mwh"], after["settled_mwh"], after["status"]) == (None, 61_111, "FAILED")
    assert "settled_actor" not in after
    assert kinds(central.tell(settle(held, 61_111, actor=ANA))) == ["OperatorAnswer"]


def test_a_session_that_is_ended_is_noted_of_it_and_not_again(central: CentralStage) -> None:
    session = central.authorise()
    order = EndSession(**HERE, request_id="E-1", session_id=session.session_id)
    answers = central.tell(order)
    name, asked, before, after = noted(answers)
    assert (name, asked, the(OperatorAction, answers).subject) == ("end_session", None, session.session_id)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (before["status"], after["status"]) == ("AUTHORISED", "FAILED")
    assert kinds(central.tell(changed(order, request_id="E-2"))) == ["OperatorAnswer"]


def test_what_is_refused_is_noted_with_why(central: CentralStage) -> None:
    answers = central.tell(operate(Action.STOP, cp_id="CP-404"))
    assert noted(answers) == ("stop", None, None, None)
    assert the(OperatorAction, answers).refusal == the(OperatorAnswer, answers).refusal
    order = operate(Action.STOP)
    central.tell(order)
    assert the(OperatorAction, central.tell(changed(order, action=Action.RESUME))).refusal == USED


def test_what_is_asked_again_is_noted_once_and_what_changes_nothing_is_not(central: CentralStage) -> None:
    order = operate(Action.STOP)
    central.tell(order)
    assert kinds(central.tell(order)) == ["OperatorAnswer"]
    assert kinds(central.tell(RegisterPoint(**HERE, request_id="R-9"))) == ["OperatorAnswer"]


def test_an_order_that_comes_again_after_a_restart_is_done_and_noted_again(central: CentralStage) -> None:
    order = operate(Action.STOP)
    first = the(OperatorAction, central.tell(order))
    central.restart()
    again = the(OperatorAction, central.tell(order))
    assert (first.request_id, first.action_id) != (again.request_id, again.action_id)
    assert again.request_id == order.request_id
    assert (again.before, again.after) == (None, None)


def test_an_order_of_an_earlier_version_is_somebodys_whom_nobody_knows(central: CentralStage) -> None:
    action = the(OperatorAction, central.tell(operate(Action.STOP, actor=None)))
    assert (action.actor_kind, action.actor_id, action.via, action.role) == ("unknown", "unknown", "unknown", None)


def test_a_flood_of_refusals_is_bounded_and_how_many_were_left_out_is_said(central: CentralStage) -> None:
    refused = (operate(Action.STOP, cp_id="CP-404") for _ in count())
    flood = [effect for _ in range(100) for effect in central.tell(next(refused))]
    assert (len(all_of(OperatorAnswer, flood)), len(all_of(OperatorAction, flood))) == (100, MOST_REFUSED)
    assert the(OperatorAction, central.tell(operate(Action.STOP))).left_out == 100 - MOST_REFUSED
    assert the(OperatorAction, central.tell(operate(Action.RESUME))).left_out == 0
    central.wait(60)
    late = [effect for _ in range(100) for effect in central.tell(changed(next(refused), ts=central.now))]
    assert len(all_of(OperatorAction, late)) == MOST_REFUSED


def test_a_clock_that_is_set_hides_no_refusal(central: CentralStage) -> None:
    central.tell(operate(Action.STOP, cp_id="CP-404"))
    by = timedelta(hours=-1)
    central.now += by
    central.tell(ClockStepped(by=by))
    assert all_of(OperatorAction, central.tell(operate(Action.STOP, cp_id="CP-404", ts=central.now)))


def test_a_session_makes_no_action(central: CentralStage) -> None:
    before = len(all_of(OperatorAction, central.said))
    central.supply()
    assert len(all_of(OperatorAction, central.said)) == before


def test_the_newest_of_each_kind_of_order_has_a_subject_and_fields_of_its_own() -> None:
    tariff = single(200_000)
    publish = PublishTariff(ts=T0, request_id="P-1", tariff_id="day", tariff=tariff, actor=ANA)
    name = NameSiteTariff(ts=T0, request_id="N-1", site_id="SITE-1", actor=ANA)
    held = SettleSession(**HERE, request_id="S-1", session_id="session-1", note="seen", by="ana")
    assert [noting.subject_of(order) for order in (publish, name, held)] == ["day", "SITE-1", "session-1"]
    assert [noting.name_of(order) for order in (publish, name)] == ["publish_tariff", "name_site_tariff"]
    assert noting.own_fields(PublishTariff) == ("tariff", "from_at")
    assert noting.asked_in(publish) == {
        "tariff": {"version_id": "single@1", "zone": "UTC", "elements": [{"energy_micro_euros_per_kwh": 200_000}]}
    }


def test_who_did_it_is_no_change() -> None:
    ben = changed(ANA, id="account-2")
    assert noting.between(Point(cp_id=CP, actor=ANA), Point(cp_id=CP, actor=ben)) == noting.UNCHANGED
