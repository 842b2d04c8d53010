"""A reservation of any point of a site is bound to one of them, and moved to another if that one cannot serve."""

from datetime import timedelta

from evcharging.common.messages_reservations import (
    ReleaseAsk,
    ReservationLost,
    ReservationServed,
    ReservationStatus,
    ReservationUpdate,
    ReserveAsk,
    ReserveAtSite,
    ReserveReply,
)
from evcharging.common.utils import changed
from evcharging.domain.site_reservation import SiteReservation
from evcharging.roles.role import Effect
from evcharging.tests.stages.scenario import ALICE, BOB, T0, all_of, the
from evcharging.tests.stages.sites_stage import SITE, SitesStage

HOUR = timedelta(hours=1)


def site_of(*points: tuple[str, float]) -> SitesStage:
    """A site with these free points."""
    stage = SitesStage()
    for cp_id, kw_rate in points:
        stage.tell(stage.free(cp_id, kw_rate))
    return stage


def wish(request_id: str = "B-1", driver_id: str = ALICE) -> ReserveAtSite:
    begins_at, ends_at = T0 + HOUR, T0 + 2 * HOUR
    return ReserveAtSite(
        ts=T0, request_id=request_id, driver_id=driver_id, site_id=SITE, begins_at=begins_at, ends_at=ends_at
    )


def answer(stage: SitesStage, ask: ReserveAsk, reason: str | None = None) -> list[Effect]:
    reply = ReserveReply(
        ts=T0, site_id=SITE, cp_id=ask.cp_id, request_id=ask.request_id, attempt=ask.attempt, reason=reason
    )
    return stage.tell(reply)


def lost(cp_id: str, reservation_id: str) -> ReservationLost:
    return ReservationLost(
        ts=T0, site_id=SITE, cp_id=cp_id, request_id="B-1", reservation_id=reservation_id, reason="it was retired"
    )


def test_the_best_point_is_asked_then_the_next_and_who_gets_none_hears_why() -> None:
    stage = site_of(("CP-1", 22.0), ("CP-2", 50.0))
    first = the(ReserveAsk, stage.tell(wish()))
    assert (first.cp_id, first.attempt, first.driver_id) == ("CP-2", 1, ALICE)
    second = the(ReserveAsk, answer(stage, first, "CP-2 is reserved"))
    assert (second.cp_id, second.attempt) == ("CP-1", 2)
    update = the(ReservationUpdate, answer(stage, second, "CP-1 is reserved"))
    assert (update.status, update.reason) == (ReservationStatus.REFUSED, "no point is free then: CP-1 is reserved")
    assert the(ReservationUpdate, stage.tell(wish())) == changed(update, seq=update.seq + 1)


def test_a_point_that_is_booked_is_bound_and_asked_no_more() -> None:
    stage = site_of(("CP-1", 22.0))
    answer(stage, the(ReserveAsk, stage.tell(wish())))
    assert (stage.every(SiteReservation)["B-1"].bound_id, stage.tell(wish())) == ("B-1.1", [])


def test_an_id_of_somebody_else_and_a_time_that_cannot_be_are_refused() -> None:
    stage = site_of(("CP-1", 22.0))
    stage.tell(wish())
    used = the(ReservationUpdate, stage.tell(wish(driver_id=BOB)))
    assert used.reason == "this request id was already used for another request"
    past = changed(wish("B-2"), begins_at=T0 - HOUR)
    assert (the(ReservationUpdate, stage.tell(past)).reason or "").startswith("a reservation cannot begin in the past")


def test_a_site_without_a_point_in_service_refuses() -> None:
    update = the(ReservationUpdate, SitesStage().tell(wish()))
    assert update.reason == f"no point of {SITE} is in service"


def test_what_a_point_cannot_serve_is_moved_and_it_is_let_go_once_the_other_one_has_accepted() -> None:
    stage = site_of(("CP-1", 22.0), ("CP-2", 50.0))
    answer(stage, the(ReserveAsk, stage.tell(wish())))
    ask = the(ReserveAsk, stage.tell(lost("CP-2", "B-1.1")))
    assert (ask.cp_id, ask.attempt, ask.moved_from) == ("CP-1", 2, "B-1.1")
    assert stage.tell(lost("CP-2", "B-1.1")) == []
    release = the(ReleaseAsk, answer(stage, ask))
    assert (release.cp_id, release.reservation_id) == ("CP-2", "B-1.1")
    assert (release.moved_to, release.moved_to_cp) == ("B-1.2", "CP-1")
    again = the(ReleaseAsk, stage.tell(lost("CP-2", "B-1.1")))
    assert (again.reservation_id, again.moved_to) == ("B-1.1", "B-1.2")


def test_where_there_is_no_other_point_the_first_one_hears_that() -> None:
    stage = site_of(("CP-1", 22.0))
    answer(stage, the(ReserveAsk, stage.tell(wish())))
    release = the(ReleaseAsk, stage.tell(lost("CP-1", "B-1.1")))
    assert (release.reservation_id, release.moved_to) == ("B-1.1", None)


def test_a_point_that_serves_after_all_frees_the_one_that_was_to_take_its_place() -> None:
    stage = site_of(("CP-1", 22.0), ("CP-2", 50.0))
    answer(stage, the(ReserveAsk, stage.tell(wish())))
    answer(stage, the(ReserveAsk, stage.tell(lost("CP-2", "B-1.1"))))
    served = ReservationServed(ts=T0, site_id=SITE, cp_id="CP-2", request_id="B-1", reservation_id="B-1.1")
    release = the(ReleaseAsk, stage.tell(served))
    assert (release.cp_id, release.reservation_id, release.moved_to) == ("CP-1", "B-1.2", "B-1.1")
    assert stage.tell(served) == []


def test_a_run_that_follows_goes_on_where_the_one_before_was() -> None:
    stage = site_of(("CP-1", 22.0), ("CP-2", 50.0))
    ask = the(ReserveAsk, stage.tell(wish()))
    stage.restart()
    stage.tell(stage.free("CP-1", 22.0), stage.free("CP-2", 50.0))
    assert the(ReserveAsk, answer(stage, ask, "CP-2 is reserved")).cp_id == "CP-1"


def test_an_answer_to_an_earlier_ask_changes_nothing() -> None:
    stage = site_of(("CP-1", 22.0), ("CP-2", 50.0))
    first = the(ReserveAsk, stage.tell(wish()))
    second = the(ReserveAsk, answer(stage, first, "CP-2 is reserved"))
    assert answer(stage, first) == []
    answer(stage, second)
    assert answer(stage, second, "CP-1 is reserved") == []
    assert stage.every(SiteReservation)["B-1"].bound_cp == "CP-1"


def test_a_reservation_is_forgotten_when_it_is_long_over() -> None:
    stage = site_of(("CP-1", 22.0))
    answer(stage, the(ReserveAsk, stage.tell(wish())))
    over = all_of(SiteReservation, stage.wait(3 * 60 * 60))
    assert [each.state for each in over] == ["over"]
