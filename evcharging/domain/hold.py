"""A point that is kept for one driver, and what its shard answered to a site. Knows no bus, store or clock."""

from datetime import datetime
from typing import ClassVar

from evcharging.common.messages_queue import AskOutcome, PointAsk, PointReply
from evcharging.domain.record import Record
from evcharging.domain.site import place_of


class Hold(Record, frozen=True, kw_only=True):
    """For whom a point is kept, and until when at most; without a `request_id` for nobody any more."""

    key_field: ClassVar[str] = "cp_id"
    table: ClassVar[str] = "holds"
    is_fact: ClassVar[bool] = False

    cp_id: str
    request_id: str | None = None
    driver_id: str | None = None
    until: datetime | None = None


class AnsweredAsk(Record, frozen=True, kw_only=True):
    """The newest ask of a site that a point has answered, by its number, and the answer. Older ones come late, and were
    answered when they came first."""

    key_field: ClassVar[str] = "place"
    table: ClassVar[str] = "answered_asks"
    is_fact: ClassVar[bool] = False

    place: str
    site_id: str
    cp_id: str
    request_id: str
    epoch: int
    seq: int
    outcome: AskOutcome
    session_id: str | None = None
    reason: str | None = None


def answered(
    ask: PointAsk, outcome: AskOutcome, *, session_id: str | None = None, reason: str | None = None
) -> AnsweredAsk:
    """An ask, once it has its answer."""
    return AnsweredAsk(
        place=place_of(ask.site_id, ask.cp_id),
        site_id=ask.site_id,
        cp_id=ask.cp_id,
        request_id=ask.request_id,
        epoch=ask.epoch,
        seq=ask.seq,
        outcome=outcome,
        session_id=session_id,
        reason=reason,
    )


def reply_of(answer: AnsweredAsk, now: datetime) -> PointReply:
    """The answer as it is said."""
    return PointReply(
        ts=now,
        site_id=answer.site_id,
        cp_id=answer.cp_id,
        request_id=answer.request_id,
        ask_epoch=answer.epoch,
        ask_seq=answer.seq,
        outcome=answer.outcome,
        session_id=answer.session_id,
        reason=answer.reason,
    )
