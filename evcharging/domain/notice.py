"""What operators are told: a notice says what happened by a code, a sentence and what the sentence is made of. Knows no
message bus, store or clock."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from evcharging.common.messages import Level
from evcharging.common.messages_view import NoticeShown
from evcharging.domain.record import Record


class NoticeCode(StrEnum):
    """What happened, in a word that does not change."""

    CENTRAL_OK = "central_ok"
    POINT_REGISTERED = "point_registered"
    POINT_RETIRED = "point_retired"
    POINT_ONLINE = "point_online"
    POINT_OFFLINE = "point_offline"
    POINT_FAULTY = "point_faulty"
    POINT_STOPPED = "point_stopped"
    POINT_IN_SERVICE = "point_in_service"
    RUN_FORGOTTEN = "run_forgotten"
    RUN_AHEAD = "run_ahead"
    READINGS_REJECTED = "readings_rejected"
    FINAL_READING_REJECTED = "final_reading_rejected"
    BILL_HELD = "bill_held"
    BILL_RESOLVED = "bill_resolved"
    RESERVATION_FAILED = "reservation_failed"


SENTENCES: dict[NoticeCode, tuple[Level, str]] = {
    NoticeCode.CENTRAL_OK: ("info", "Central status OK"),
    NoticeCode.POINT_REGISTERED: ("info", "{cp_id} registered"),
    NoticeCode.POINT_RETIRED: ("info", "{cp_id} was retired"),
    NoticeCode.POINT_ONLINE: ("info", "{cp_id} online"),
    NoticeCode.POINT_OFFLINE: ("warning", "{cp_id} offline"),
    NoticeCode.POINT_FAULTY: ("error", "{cp_id} faulty: {detail}"),
    NoticeCode.POINT_STOPPED: ("warning", "{cp_id} stopped by the operator"),
    NoticeCode.POINT_IN_SERVICE: ("info", "{cp_id} back in service"),
    NoticeCode.RUN_FORGOTTEN: ("info", "{cp_id}: the run of its engine was forgotten"),
    NoticeCode.RUN_AHEAD: (
        "error",
        "{cp_id}: run {detail} is refused: it is dated more than a day ahead of Central's clock",
    ),
    NoticeCode.READINGS_REJECTED: ("warning", "{cp_id}: readings of {session_id} are not shown: {detail}"),
    NoticeCode.FINAL_READING_REJECTED: (
        "warning",
        "{cp_id}: a final reading of {session_id} was set aside: {detail}",
    ),
    NoticeCode.BILL_HELD: ("error", "{cp_id}: {session_id} is suspect: {detail}; its bill is held"),
    NoticeCode.BILL_RESOLVED: ("info", "{cp_id}: {session_id} was resolved {detail}"),
    NoticeCode.RESERVATION_FAILED: ("warning", "{cp_id}: a reservation failed: {detail}"),
}
"""How grave each is, and how it reads."""


class Notice(Record, frozen=True, kw_only=True):
    """A system message for operators. `text` is the sentence; `code`, `session_id` and `detail` are what it is made of,
    and are missing in notices from before they were kept."""

    key_field: ClassVar[str] = "notice_id"
    table: ClassVar[str] = "notices"
    searched: ClassVar[tuple[str, ...]] = ("cp_id",)
    moment: ClassVar[str] = "ts"
    texts: ClassVar[tuple[str, ...]] = ("text", "cp_id")
    past_of: ClassVar[str] = "cp_id"

    notice_id: str
    ts: datetime
    level: Level
    text: str
    cp_id: str | None = None
    code: str | None = None
    session_id: str | None = None
    detail: str | None = None


def noticed(
    code: NoticeCode,
    notice_id: str,
    ts: datetime,
    cp_id: str | None,
    session_id: str | None = None,
    detail: str | None = None,
) -> Notice:
    """The notice that something happened."""
    level, sentence = SENTENCES[code]
    return Notice(
        notice_id=notice_id,
        ts=ts,
        level=level,
        text=sentence.format(cp_id=cp_id, session_id=session_id, detail=detail),
        cp_id=cp_id,
        code=code.value,
        session_id=session_id,
        detail=detail,
    )


def shown_again(notice: Notice) -> NoticeShown:
    """A kept notice, for a panel that has just begun."""
    return NoticeShown(
        ts=notice.ts,
        notice_id=notice.notice_id,
        level=notice.level,
        text=notice.text,
        cp_id=notice.cp_id,
        code=notice.code,
        session_id=notice.session_id,
        detail=notice.detail,
    )
