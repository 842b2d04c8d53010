"""Any point of a site: who asks gets the best free one at once, or waits, hears the place, and is offered the next."""

from datetime import timedelta

from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.messages_queue import (
    AskOutcome,
    LeaveQueue,
    OfferReply,
    PointAsk,
    QueueStatus,
    QueueUpdate,
    UnreadableAtSite,
    Want,
)
from evcharging.common.messages_site import RemoveFromQueue, SiteAnswer, SiteShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.queue import HOPELESS_AFTER, LONGEST_WAIT, OFFER_FOR, QueueEntry
from evcharging.roles.role import Effect
from evcharging.roles.site.sites import SETTLED_AFTER
from evcharging.tests.stages.scenario import ALICE, BOB, after, all_of, another, kinds, the
from evcharging.tests.stages.sites_stage import SITE, SitesStage, asked

CAROL = "driver-carol"


def waiting_site(*drivers: str) -> SitesStage:
    """A site of one point that is taken, where drivers wait in this order."""
    stage = SitesStage()
    stage.tell(stage.busy("CP-1"))
    for driver_id in drivers:
        stage.ask(driver_id)
    return stage


def offered(stage: SitesStage, driver_id: str) -> PointAsk:
    """The point becomes free and is kept for the driver, who is offered it."""
    ask = the(PointAsk, stage.tell(stage.free("CP-1")))
    assert (ask.driver_id, ask.want) == (driver_id, Want.HOLD)
    update = the(QueueUpdate, stage.answer(ask, AskOutcome.HELD))
    assert (update.driver_id, update.status, update.cp_id) == (driver_id, QueueStatus.OFFERED, "CP-1")
    return ask


def reply(stage: SitesStage, driver_id: str, *, take: bool) -> list[Effect]:
    return stage.tell(
        OfferReply(ts=stage.now, request_id=f"R-{driver_id}", driver_id=driver_id, site_id=SITE, take=take)
    )


def left(stage: SitesStage, driver_id: str) -> list[Effect]:
    return stage.tell(LeaveQueue(ts=stage.now, request_id=f"R-{driver_id}", driver_id=driver_id, site_id=SITE))


# Taken out by an operator

ME = Actor(kind=ActorKind.PERSON, id="maria", via="session-1", role="operator")
REMOVED = "an operator took the request out of the queue"


def removal(stage: SitesStage, driver_id: str, site_id: str = SITE) -> RemoveFromQueue:
    request_id = another("remove")
    return RemoveFromQueue(ts=stage.now, request_id=request_id, site_id=site_id, queued_id=f"R-{driver_id}", actor=ME)


def refused(stage: SitesStage, order: RemoveFromQueue) -> str | None:
    return the(SiteAnswer, stage.tell(order)).refusal


def test_an_operator_takes_a_request_out_and_its_driver_hears_why() -> None:
    stage = waiting_site(ALICE, BOB)
    order = removal(stage, ALICE)
    effects = stage.tell(order)
    update, action = the(QueueUpdate, effects), the(OperatorAction, effects)
    assert (update.driver_id, update.status, update.reason) == (ALICE, QueueStatus.DENIED, REMOVED)
    assert (action.action, action.subject, action.actor_id) == ("remove_from_queue", SITE, "maria")
    assert the(SiteAnswer, effects).refusal is None
    assert offered(stage, BOB).cp_id == "CP-1"
    assert kinds(stage.tell(order)) == ["SiteAnswer"]


def test_a_point_that_was_kept_for_who_is_taken_out_goes_to_the_next() -> None:
    stage = waiting_site(ALICE, BOB)
    offered(stage, ALICE)
    assert the(PointAsk, stage.tell(removal(stage, ALICE))).want is Want.RELEASE
    assert offered(stage, BOB).cp_id == "CP-1"


def test_who_begins_to_charge_or_waits_no_more_is_not_taken_out() -> None:
    stage = waiting_site(ALICE)
    offered(stage, ALICE)
    reply(stage, ALICE, take=True)
    assert refused(stage, removal(stage, ALICE)) == f"R-{ALICE} begins to charge: end its session instead"
    assert refused(stage, removal(stage, BOB)) == f"R-{BOB} is not a request at {SITE}"
    assert refused(stage, removal(stage, ALICE, "SITE-2")) == f"R-{ALICE} is not a request at SITE-2"
    other = waiting_site(BOB)
    left(other, BOB)
    assert refused(other, removal(other, BOB)) == f"R-{BOB} does not wait: it is left"


# What cannot be read


def unreadable(stage: SitesStage, request_id: str, driver_id: str = ALICE) -> QueueUpdate:
    said = UnreadableAtSite(ts=stage.now, request_id=request_id, driver_id=driver_id, site_id=SITE, reason="no `ts`")
    return the(QueueUpdate, stage.tell(said))


def test_whose_request_cannot_be_read_hears_why_and_may_ask_again_by_the_same_id() -> None:
    stage = SitesStage()
    stage.tell(stage.free("CP-1"))
    update = unreadable(stage, f"R-{ALICE}")
    assert (update.driver_id, update.status) == (ALICE, QueueStatus.DENIED)
    assert update.reason == "the request cannot be read: no `ts`"
    assert the(PointAsk, stage.ask(ALICE)).driver_id == ALICE


def test_who_waits_and_says_what_cannot_be_read_waits_on() -> None:
    stage = waiting_site(ALICE)
    assert unreadable(stage, f"R-{ALICE}").status is QueueStatus.QUEUED
    assert unreadable(stage, f"R-{ALICE}", BOB).status is QueueStatus.DENIED


# Served at once


def test_a_request_at_a_site_with_a_free_point_asks_that_point_at_once() -> None:
    stage = SitesStage()
    stage.tell(stage.busy("CP-1"), stage.free("CP-2"))
    effects = stage.ask(ALICE, kwh=7.5)
    assert kinds(effects) == ["QueueEntry", "PointAsk"]
    ask = the(PointAsk, effects)
    assert (ask.cp_id, ask.want, ask.limit_mwh, ask.driver_id) == ("CP-2", Want.START, 7_500_000, ALICE)
    assert kinds(stage.answer(ask, AskOutcome.STARTED)) == ["QueueEntry"]
    entry = stage.entry(ALICE)
    assert (entry.status, entry.cp_id, entry.session_id) == (QueueStatus.SERVED, "CP-2", f"session-R-{ALICE}")


def test_of_free_points_the_one_of_most_power_is_asked_then_the_least_used_then_the_cheaper() -> None:
    stage = SitesStage()
    stage.tell(stage.free("CP-1", 11.0), stage.free("CP-2", 50.0), stage.free("CP-3", 22.0))
    assert the(PointAsk, stage.ask(ALICE)).cp_id == "CP-2"
    stage = SitesStage()
    stage.tell(stage.billed("S-1", 1, "CP-1"), stage.free("CP-1"), stage.free("CP-2"))
    assert the(PointAsk, stage.ask(ALICE)).cp_id == "CP-2"
    stage = SitesStage()
    stage.tell(stage.free("CP-1", euros_per_kwh=0.4), stage.free("CP-2", euros_per_kwh=0.3))
    assert the(PointAsk, stage.ask(ALICE)).cp_id == "CP-2"


def test_requests_at_the_same_moment_get_different_points() -> None:
    stage = SitesStage()
    stage.tell(stage.free("CP-1"), stage.free("CP-2"))
    asks = [the(PointAsk, stage.ask(driver_id)) for driver_id in (ALICE, BOB)]
    assert {ask.cp_id for ask in asks} == {"CP-1", "CP-2"}


def test_a_point_that_refuses_is_not_asked_again_by_its_old_word_and_the_next_one_is() -> None:
    stage = SitesStage()
    stage.tell(stage.free("CP-1", 50.0), stage.free("CP-2"))
    ask = the(PointAsk, stage.ask(ALICE))
    again = the(PointAsk, stage.answer(ask, AskOutcome.REFUSED, "CP-1 is busy"))
    assert (again.cp_id, again.want) == ("CP-2", Want.START)
    waits = stage.answer(again, AskOutcome.REFUSED, "CP-2 is busy")
    assert the(QueueUpdate, waits).status is QueueStatus.QUEUED
    assert the(PointAsk, stage.tell(stage.free("CP-1", 50.0))).want is Want.HOLD


def test_an_answer_to_an_older_ask_changes_nothing() -> None:
    stage = SitesStage()
    stage.tell(stage.free("CP-1", 50.0), stage.free("CP-2"))
    old = the(PointAsk, stage.ask(ALICE))
    stage.answer(old, AskOutcome.REFUSED, "CP-1 is busy")
    assert stage.answer(old, AskOutcome.STARTED) == []
    assert stage.entry(ALICE).status is QueueStatus.STARTING


# Waiting


def test_who_finds_no_free_point_is_told_the_place_and_when_a_point_is_expected() -> None:
    stage = SitesStage()
    stage.tell(stage.busy("CP-1", after(600)), stage.busy("CP-2", after(300)), stage.busy("CP-3"))
    told = [the(QueueUpdate, stage.ask(driver_id)) for driver_id in (ALICE, BOB, CAROL)]
    assert [(each.place, each.waiting, each.expected_at) for each in told] == [
        (1, 1, after(300)),
        (2, 2, after(600)),
        (3, 3, None),
    ]
    stage.wait(SETTLED_AFTER.total_seconds())
    assert all_of(SiteShown, stage.said)[-1].waiting == 3


def test_the_point_that_becomes_free_is_offered_to_who_came_first_and_begins_once_taken() -> None:
    stage = waiting_site(ALICE, BOB)
    offered(stage, ALICE)
    ask = the(PointAsk, reply(stage, ALICE, take=True))
    assert (ask.cp_id, ask.want, ask.driver_id) == ("CP-1", Want.START, ALICE)
    stage.answer(ask, AskOutcome.STARTED)
    assert stage.entry(ALICE).status is QueueStatus.SERVED
    moved_up = the(QueueUpdate, stage.wait(1))
    assert (moved_up.driver_id, moved_up.place, moved_up.waiting) == (BOB, 1, 1)


def test_an_offer_that_is_declined_or_not_answered_goes_to_the_next() -> None:
    stage = waiting_site(ALICE, BOB, CAROL)
    offered(stage, ALICE)
    declined = reply(stage, ALICE, take=False)
    assert (the(PointAsk, declined).want, the(QueueUpdate, declined).status) == (Want.RELEASE, QueueStatus.LEFT)
    stage.answer(the(PointAsk, declined), AskOutcome.RELEASED)
    offered(stage, BOB)
    assert all_of(PointAsk, stage.wait(OFFER_FOR.total_seconds() - 1)) == []
    expired = stage.wait(1)
    assert (the(PointAsk, expired).want, stage.entry(BOB).status) == (Want.RELEASE, QueueStatus.EXPIRED)
    stage.answer(the(PointAsk, expired), AskOutcome.RELEASED)
    offered(stage, CAROL)


def test_an_offer_is_taken_by_its_own_driver_alone_and_once() -> None:
    stage = waiting_site(ALICE, BOB)
    offered(stage, ALICE)
    stolen = OfferReply(ts=stage.now, request_id=f"R-{ALICE}", driver_id=BOB, site_id=SITE, take=True)
    assert stage.tell(stolen) == []
    assert len(all_of(PointAsk, reply(stage, ALICE, take=True))) == 1
    assert all_of(PointAsk, reply(stage, ALICE, take=True)) == []


def test_who_waits_keeps_the_place_when_the_point_that_was_kept_fails() -> None:
    stage = waiting_site(ALICE, BOB)
    offered(stage, ALICE)
    ask = the(PointAsk, reply(stage, ALICE, take=True))
    again = stage.answer(ask, AskOutcome.REFUSED, "CP-1 is faulty: fault")
    assert (the(QueueUpdate, again).status, the(QueueUpdate, again).place) == (QueueStatus.QUEUED, 1)
    offered(stage, ALICE)


def test_who_leaves_is_served_no_more_and_a_point_that_was_being_kept_is_let_go() -> None:
    stage = waiting_site(ALICE, BOB)
    assert kinds(left(stage, BOB)) == ["QueueEntry", "QueueUpdate"]
    ask = the(PointAsk, stage.tell(stage.free("CP-1")))
    assert the(PointAsk, left(stage, ALICE)).want is Want.RELEASE
    assert stage.answer(ask, AskOutcome.HELD) == []
    assert [stage.entry(driver_id).status for driver_id in (ALICE, BOB)] == [QueueStatus.LEFT, QueueStatus.LEFT]


def test_a_point_that_begins_is_not_left() -> None:
    stage = SitesStage()
    stage.tell(stage.free("CP-1"))
    ask = the(PointAsk, stage.ask(ALICE))
    assert left(stage, ALICE) == []
    stage.answer(ask, AskOutcome.STARTED)
    assert stage.entry(ALICE).status is QueueStatus.SERVED


# Asked again, and after a restart


def test_a_request_that_is_asked_again_is_answered_as_it_stands_and_never_served_twice() -> None:
    stage = waiting_site(ALICE)
    assert the(QueueUpdate, stage.ask(ALICE)).place == 1
    offered(stage, ALICE)
    assert the(QueueUpdate, stage.ask(ALICE)).status is QueueStatus.OFFERED
    stage.answer(the(PointAsk, reply(stage, ALICE, take=True)), AskOutcome.STARTED)
    assert stage.ask(ALICE) == []
    other = changed(asked(stage.now, ALICE, f"R-{ALICE}"), kwh=1.0)
    assert the(QueueUpdate, stage.tell(other)).status is QueueStatus.DENIED
    assert stage.entry(ALICE).status is QueueStatus.SERVED


def test_an_entry_that_is_no_longer_in_mind_is_asked_of_the_store() -> None:
    stage = waiting_site(ALICE)
    left(stage, ALICE)
    stage.restart()
    request = asked(stage.now, ALICE, f"R-{ALICE}")
    assert stage.role.forgotten(request) == [(QueueEntry, f"R-{ALICE}")]
    stage.role.remember(stage.entry(ALICE))
    assert stage.role.forgotten(request) == []
    assert the(QueueUpdate, stage.tell(request)).status is QueueStatus.LEFT


def test_a_run_that_follows_knows_who_waits_and_who_was_offered_what() -> None:
    stage = waiting_site(ALICE, BOB)
    offered(stage, ALICE)
    stage.restart()
    assert the(QueueUpdate, stage.ask(ALICE)).status is QueueStatus.OFFERED
    assert all_of(PointAsk, stage.tell(stage.busy("CP-1"), stage.free("CP-2")))[0].driver_id == BOB
    expired = stage.wait(OFFER_FOR.total_seconds())
    assert stage.entry(ALICE).status is QueueStatus.EXPIRED
    assert the(PointAsk, expired).cp_id == "CP-1"


# Denied


def test_a_site_that_nobody_knows_is_denied_once_points_have_had_time_to_speak() -> None:
    stage = SitesStage()
    assert the(QueueUpdate, stage.ask(ALICE)).status is QueueStatus.QUEUED
    stage.wait(SETTLED_AFTER.total_seconds())
    stage.ask(BOB)
    for driver_id in (ALICE, BOB):
        entry = stage.entry(driver_id)
        assert (entry.status, entry.reason) == (QueueStatus.DENIED, "SITE-1 is not a known site")


def test_a_driver_waits_at_a_site_once() -> None:
    stage = waiting_site(ALICE)
    denied = the(QueueUpdate, stage.ask(ALICE, "R-2"))
    assert denied.reason == f"{ALICE} waits at SITE-1 already: leave that queue first, or wait on"


def test_a_site_none_of_whose_points_is_in_service_for_a_minute_denies_who_waits() -> None:
    stage = waiting_site(ALICE, BOB)
    stage.tell(stage.stands("CP-1", CPState.FAULT))
    stage.wait(HOPELESS_AFTER.total_seconds() - 1)
    stage.tell(stage.busy("CP-1"))
    stage.wait(2)
    assert stage.entry(ALICE).status is QueueStatus.QUEUED
    stage.tell(stage.stands("CP-1", CPState.FAULT))
    denied = all_of(QueueUpdate, stage.wait(HOPELESS_AFTER.total_seconds()))
    assert {(each.driver_id, each.reason) for each in denied if each.status is QueueStatus.DENIED} == {
        (ALICE, "no point of SITE-1 is in service"),
        (BOB, "no point of SITE-1 is in service"),
    }


def test_nobody_waits_longer_than_half_a_day() -> None:
    stage = waiting_site(ALICE)
    for _ in range(int(LONGEST_WAIT / timedelta(seconds=20))):
        stage.tell(stage.busy("CP-1"))
        stage.wait(20)
    assert (stage.entry(ALICE).status, stage.entry(ALICE).reason) == (
        QueueStatus.EXPIRED,
        "no point was free for 12 hours",
    )
