"""A driver who asks at a site waits there, takes the point that is offered, and goes on where none is to be had."""

import pytest

from evcharging.common.messages import UpdateStatus
from evcharging.common.messages_queue import OfferReply, QueueStatus, QueueUpdate, SiteRequest
from evcharging.domain.driving import DriverMemory
from evcharging.roles.role import Effect
from evcharging.tests.roles.test_driver import DriverStage, intent
from evcharging.tests.stages.scenario import ALICE, BOB, CP, all_of, the


def at_site() -> tuple[DriverStage, SiteRequest]:
    """A driver who has just asked at a site, and wants a point after that."""
    stage = DriverStage([intent("@SITE-1", kwh=5.0), intent(CP, seconds=1)], plan="file")
    return stage, the(SiteRequest, stage.wait(4))


def heard(stage: DriverStage, status: QueueStatus, driver_id: str = ALICE, request_id: str = "R-1") -> list[Effect]:
    cp_id = CP if status is QueueStatus.OFFERED else None
    return stage.tell(
        QueueUpdate(
            ts=stage.now, request_id=request_id, driver_id=driver_id, site_id="SITE-1", status=status, cp_id=cp_id
        )
    )


def test_a_wish_for_a_site_is_asked_there() -> None:
    _, request = at_site()
    assert (request.site_id, request.driver_id, request.kwh) == ("SITE-1", ALICE, 5.0)


def test_what_is_offered_is_taken_and_what_is_offered_to_another_is_not() -> None:
    stage, request = at_site()
    assert heard(stage, QueueStatus.QUEUED) == []
    assert heard(stage, QueueStatus.OFFERED, driver_id=BOB) == []
    assert heard(stage, QueueStatus.OFFERED, request_id="R-other") == []
    reply = the(OfferReply, heard(stage, QueueStatus.OFFERED))
    assert (reply.request_id, reply.site_id, reply.take) == (request.request_id, "SITE-1", True)


def test_who_waits_asks_again_now_and_then_with_the_same_id() -> None:
    stage, request = at_site()
    heard(stage, QueueStatus.QUEUED)
    assert the(SiteRequest, stage.wait(30)) == request


@pytest.mark.parametrize("status", [QueueStatus.DENIED, QueueStatus.LEFT, QueueStatus.EXPIRED])
def test_where_no_point_is_to_be_had_the_next_wish_follows(status: QueueStatus) -> None:
    stage, _ = at_site()
    heard(stage, status)
    assert stage.role.ends[UpdateStatus.DENIED] == 1
    assert len(stage.wait(1)) == 2


def test_a_driver_that_comes_back_asks_again_at_the_site() -> None:
    stage, request = at_site()
    memory = all_of(DriverMemory, stage.said)[-1]
    back = DriverStage([intent("@SITE-1", kwh=5.0), intent(CP, seconds=1)], plan="file", memory=memory, first=2)
    assert all_of(SiteRequest, back.said) == [request]
