"""A request that comes again, at any later time, is answered again and never served twice."""

import pytest

from evcharging.common.messages import (
    DriverUpdate,
    SupplyRefused,
    UpdateStatus,
)
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Request, Session
from evcharging.roles.central import shard
from evcharging.tests.stages.central_stage import CentralStage, ask, final, well
from evcharging.tests.stages.scenario import BOB, CP, T0, after, the

ACCEPTED, DENIED, FAILED = UpdateStatus.ACCEPTED, UpdateStatus.DENIED, UpdateStatus.FAILED
IN_PROGRESS, COMPLETED = UpdateStatus.IN_PROGRESS, UpdateStatus.COMPLETED


def test_a_request_that_comes_again_is_answered_again_and_nothing_else(central: CentralStage) -> None:
    session = central.authorise()
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert (again.status, again.session_id) == (ACCEPTED, session.session_id)


def test_a_request_that_comes_again_during_the_supply_hears_of_progress(central: CentralStage) -> None:
    session = central.supply()
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert (again.status, again.session_id) == (IN_PROGRESS, session.session_id)


def test_a_request_that_comes_again_after_the_end_hears_the_same_end(central: CentralStage) -> None:
    session = central.supply()
    ended = the(DriverUpdate, central.tell(final(session)))
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert changed(again, seq=ended.seq) == ended
    assert again.ticket is not None


def test_a_request_that_failed_and_comes_again_hears_the_same_failure(central: CentralStage) -> None:
    session = central.authorise()
    refused = SupplyRefused(ts=T0, cp_id=CP, session_id=session.session_id, reason="CP-001 is stopped")
    failed = the(DriverUpdate, central.tell(refused))
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert changed(again, seq=failed.seq) == failed
    assert (again.status, again.ticket) == (FAILED, None)


def test_a_request_that_was_denied_stays_denied_for_ever(central: CentralStage) -> None:
    session = central.supply(ask("R-1"))
    central.tell(ask("R-2", driver_id=BOB))
    central.tell(final(session))
    [again] = central.tell(ask("R-2", driver_id=BOB))
    assert isinstance(again, DriverUpdate)
    assert (again.status, again.reason) == (DENIED, "CP-001 is busy")


@pytest.mark.parametrize(
    "other",
    [ask("R-1", driver_id=BOB), ask("R-1", cp_id="CP-002"), ask("R-1", kwh=5.0)],
    ids=["driver", "point", "energy"],
)
def test_the_same_request_id_with_another_body_is_refused(central: CentralStage, other: object) -> None:
    central.open_point("CP-002")
    session = central.authorise()
    assert isinstance(other, type(ask()))
    [answer] = central.tell(other)
    assert isinstance(answer, DriverUpdate)
    assert (answer.status, answer.driver_id, answer.session_id) == (DENIED, other.driver_id, None)
    assert answer.reason == "request id R-1 was already used for another request"
    assert central.every(Session) == {session.session_id: session}


def test_another_moment_or_number_of_sending_is_no_other_body(central: CentralStage) -> None:
    central.authorise()
    [again] = central.tell(changed(ask(), ts=after(60), epoch=5, seq=99))
    assert isinstance(again, DriverUpdate)
    assert again.status is ACCEPTED


@pytest.mark.parametrize("energy", [None, 5.0])
def test_what_was_decided_is_remembered_over_a_restart(central: CentralStage, energy: float | None) -> None:
    session = central.supply(ask(kwh=energy))
    central.tell(final(session))
    central.restart()
    central.open_point()
    [again] = central.tell(ask(kwh=energy))
    assert isinstance(again, DriverUpdate)
    assert (again.status, again.session_id) == (COMPLETED, session.session_id)
    assert again.ticket is not None


def test_an_open_request_is_answered_again_over_a_restart(central: CentralStage) -> None:
    session = central.supply()
    central.restart()
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert (again.status, again.session_id) == (IN_PROGRESS, session.session_id)


def test_what_is_no_longer_in_mind_is_recalled_from_the_store(
    central: CentralStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard, "REMEMBERED", 3)
    session = central.supply()
    central.tell(final(session))
    for number in range(2, 12):
        central.tell(final(central.supply(ask(f"R-{number}"))))
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert (again.status, again.session_id) == (COMPLETED, session.session_id)


def test_central_asks_to_be_reminded_of_exactly_what_a_request_is_about(central: CentralStage) -> None:
    assert [*central.role.forgotten(ask())] == [(Request, "R-1")]
    session = central.supply()
    assert [*central.role.forgotten(ask())] == []
    central.tell(final(session))
    assert [*central.role.forgotten(ask())] == []
    central.restart()
    assert [*central.role.forgotten(ask())] == [(Request, "R-1")]
    central.role.remember(central.every(Request)["R-1"])
    assert [*central.role.forgotten(ask())] == [(Session, session.session_id)]
    central.role.remember(central.session(session.session_id))
    assert [*central.role.forgotten(ask())] == []


def test_central_wants_no_reminder_for_what_needs_none(central: CentralStage) -> None:
    central.tell(ask("R-9", cp_id="CP-404"))
    for message in (ask("R-9", cp_id="CP-404"), well(), central.status()):
        assert not central.role.forgotten(message)


def test_a_point_is_no_decision_to_be_reminded_of(central: CentralStage) -> None:
    before = central.role.forgotten(ask())
    central.role.remember(central.every(Point)[CP])
    assert [*central.role.forgotten(ask())] == before


def test_a_decision_whose_session_the_store_has_lost_is_not_decided_again(central: CentralStage) -> None:
    session = central.supply()
    central.tell(final(session))
    central.restart()
    del central.records[Session][session.session_id]
    assert central.tell(ask()) == []
