"""What HTTP shows of the ledger, and of Central itself; `views.py` says more of such structures."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from evcharging.adapters.store.history import GroupTotal
from evcharging.apps.ev_central.views import (
    Count,
    CpId,
    DriverId,
    EndedBy,
    Euros,
    EurosPerKwh,
    Kwh,
    Moment,
    Port,
    RegisterMwh,
    RequestId,
    ReservationId,
    SessionId,
    View,
    utc_or_none,
)
from evcharging.common.messages_operators import Actor
from evcharging.common.messages_tariff import Price, VersionId
from evcharging.common.messages_view import NoticeShown
from evcharging.common.utils import shown, utc
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.modes import Mode
from evcharging.domain.meter import to_kw, to_kwh
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.money import to_euros
from evcharging.domain.notice import Notice
from evcharging.domain.session import Bill, Request, Session, how_it_ended


class ResolvedView(View, frozen=True, kw_only=True):
    """What an operator said who settled a suspect session by hand."""

    at: Moment
    by: Annotated[str, shown("operator")]
    note: Annotated[str, shown("The display of the vehicle said so")]


class SessionView(View, frozen=True, kw_only=True):
    """A session from the ledger. `kwh` is what was delivered: by the engine's figures, or as settled by hand."""

    session_id: SessionId
    request_id: RequestId
    driver_id: DriverId
    cp_id: CpId
    status: Literal["HOLDING", "AUTHORISED", "SUPPLYING", "IDLE", "COMPLETED", "FAILED", "SUSPECT"]
    euros_per_kwh: EurosPerKwh
    requested_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    register_start_mwh: RegisterMwh | None
    register_stop_mwh: RegisterMwh | None
    kwh: Kwh | None
    ended_by: EndedBy | None
    settled: ResolvedView | None
    tariff: VersionId | None
    unplugged_at: Moment | None


def session_view(session: Session) -> SessionView:
    """A session from the ledger."""
    return SessionView(
        session_id=session.session_id,
        request_id=session.request_id,
        driver_id=session.driver_id,
        cp_id=session.cp_id,
        status=session.status.value,
        euros_per_kwh=to_euros(session.micro_euros_per_kwh),
        requested_at=utc(session.requested_at),
        started_at=utc_or_none(session.started_at),
        ended_at=utc_or_none(session.ended_at),
        register_start_mwh=None if session.ended_at is None else session.register_start_mwh,
        register_stop_mwh=None if session.ended_at is None else session.register_stop_mwh,
        kwh=None if session.ended_at is None else to_kwh(session.energy_mwh),
        ended_by=None if session.ended_at is None else how_it_ended(session),
        settled=resolved_view(session),
        tariff=session.tariff.version_id if session.tariff else None,
        unplugged_at=utc_or_none(session.unplugged_at),
    )


def resolved_view(session: Session) -> ResolvedView | None:
    """What an operator said of a session, if one did."""
    if session.settled_at is None:
        return None
    return ResolvedView(at=utc(session.settled_at), by=session.settled_by or "", note=session.settled_note or "")


class TicketView(View, frozen=True, kw_only=True):
    """A bill from the ledger, VAT included. `tariff` is the version by which it was made; `price` has it by lines, in
    micro-euro, and is null where a single price of energy is all. `unplugged_at`: until when idle time was billed. The
    fee of a reservation has no session: its `reservation_id` stands in place of one."""

    session_id: SessionId
    driver_id: DriverId
    cp_id: CpId
    started_at: Moment
    ended_at: Moment
    kwh: Kwh
    euros_per_kwh: EurosPerKwh
    euros: Euros
    ended_by: EndedBy
    tariff: VersionId | None
    price: Price | None
    unplugged_at: Moment | None
    reservation_id: ReservationId | None


def ticket_view(bill: Bill) -> TicketView:
    """A bill from the ledger."""
    return TicketView(
        session_id=bill.session_id,
        driver_id=bill.driver_id,
        cp_id=bill.cp_id,
        started_at=utc(bill.started_at),
        ended_at=utc(bill.ended_at),
        kwh=to_kwh(bill.energy_mwh),
        euros_per_kwh=to_euros(bill.micro_euros_per_kwh),
        euros=to_euros(bill.micro_euros),
        ended_by=bill.ended_by,
        tariff=bill.tariff,
        price=bill.price,
        unplugged_at=utc_or_none(bill.unplugged_at),
        reservation_id=bill.reservation_id,
    )


class RequestView(View, frozen=True, kw_only=True):
    """A driver's request and what was decided."""

    request_id: RequestId
    driver_id: DriverId
    cp_id: CpId
    kwh: Annotated[float, shown(10.5)] | None
    minutes: Annotated[int, shown(45)] | None
    requested_at: Moment
    decision: Literal["ACCEPTED", "DENIED"]
    reason: Annotated[str, shown("CP-001 is busy")] | None
    session_id: SessionId | None


def request_view(request: Request) -> RequestView:
    """A driver's request and what was decided."""
    return RequestView(
        request_id=request.request_id,
        driver_id=request.driver_id,
        cp_id=request.cp_id,
        kwh=None if request.limit_mwh is None else to_kwh(request.limit_mwh),
        minutes=request.minutes,
        requested_at=utc(request.requested_at),
        decision="ACCEPTED" if request.accepted else "DENIED",
        reason=request.reason,
        session_id=request.session_id,
    )


class DriverView(View, frozen=True, kw_only=True):
    """What a driver asked for and was billed, in all."""

    driver_id: DriverId
    requests: Count
    tickets: Count
    kwh: Kwh
    euros: Euros


def driver_view(requests: GroupTotal, bills: GroupTotal | None) -> DriverView:
    """What a driver asked for and was billed, in all."""
    energy, money = bills.sums if bills else (0, 0)
    return DriverView(
        driver_id=requests.value,
        requests=requests.count,
        tickets=bills.count if bills else 0,
        kwh=to_kwh(energy),
        euros=to_euros(money),
    )


class MeterValueView(View, frozen=True, kw_only=True):
    """What a meter said: `context` is OCPP's word for why. `register_kwh` is `Energy.Active.Import.Register`, `kwh`
    what the session had got by then; the power is known of samples."""

    at: Moment
    context: Literal["Transaction.Begin", "Sample.Clock", "Transaction.End"]
    register_kwh: Annotated[float, shown(1042.5)]
    kwh: Annotated[float, shown(4.125)]
    kw: Annotated[float | None, shown(22.0)]


def meter_values(session: Session, values: Sequence[MeterValue]) -> list[MeterValueView]:
    """What the meter of a session said, from its begin to its end as far as it has come."""
    if session.started_at is None:
        return []

    def view(at: datetime, context: Any, register_mwh: int, kw: float | None = None) -> MeterValueView:
        kwh = to_kwh(register_mwh - session.register_start_mwh)
        return MeterValueView(at=utc(at), context=context, register_kwh=to_kwh(register_mwh), kwh=kwh, kw=kw)

    found = [view(session.started_at, "Transaction.Begin", session.register_start_mwh)]
    found += [view(value.at, "Sample.Clock", value.register_mwh, to_kw(value.power_w)) for value in values]
    if session.ended_at is not None:
        found.append(view(session.ended_at, "Transaction.End", session.register_stop_mwh))
    return found


class NoticeView(View, frozen=True, kw_only=True):
    """A system message."""

    notice_id: Annotated[str, shown("notice-3-1-18")]
    ts: Moment
    level: Literal["info", "warning", "error"]
    cp_id: CpId | None
    text: Annotated[str, shown("CP-001 stopped by the operator")]
    code: Annotated[str | None, shown("point_stopped", "What happened, in one word that does not change")]
    session_id: Annotated[str | None, shown(None, "The session that it is about")]
    detail: Annotated[str | None, shown(None, "What the text says of the matter in particular")]


def notice_view(notice: NoticeShown | Notice) -> NoticeView:
    """A system message."""
    return NoticeView(
        notice_id=notice.notice_id,
        ts=utc(notice.ts),
        level=notice.level,
        cp_id=notice.cp_id,
        text=notice.text,
        code=notice.code,
        session_id=notice.session_id,
        detail=notice.detail,
    )


# What people and programs did

Fields = Annotated[dict[str, Any] | None, shown({"stopped": True})]

Kind = Annotated[
    str, shown("person", "person, driver, machine, point or system; local where nobody signs in; or unknown")
]


class ActorView(View, frozen=True, kw_only=True):
    """Who did something, and by which way."""

    kind: Kind
    id: Annotated[str, shown("account-1")]
    via: Annotated[str, shown("http")]
    role: Annotated[str | None, shown("operator")]


def actor_view(actor: Actor) -> ActorView:
    """Who did something."""
    return ActorView(kind=actor.kind.value, id=actor.id, via=actor.via, role=actor.role)


class ActionView(View, frozen=True, kw_only=True):
    """Something that somebody did, or tried to do. `asked`, `before` and `after` are what was asked in particular, and
    what of the subject changed, by the names of its fields in the ledger. `left_out`: how many refused ones were not
    noted since the one before, because there were too many."""

    action_id: Annotated[str, shown("action-3-1-18")]
    at: Moment
    actor: ActorView
    action: Annotated[str, shown("stop")]
    subject: Annotated[str, shown("CP-001", "A point, a session, a tariff, a site, an account")]
    request_id: RequestId | None
    asked: Fields
    before: Fields
    after: Fields
    refusal: Annotated[str | None, shown("CP-001 is offline and cannot plug")]
    left_out: Count


def action_view(action: OperatorAction) -> ActionView:
    """An action from the ledger."""
    return ActionView(
        action_id=action.action_id,
        at=utc(action.at),
        actor=ActorView(kind=action.actor_kind, id=action.actor_id, via=action.via, role=action.role),
        action=action.action,
        subject=action.subject,
        request_id=action.request_id,
        asked=_fields(action.asked),
        before=_fields(action.before),
        after=_fields(action.after),
        refusal=action.refusal,
        left_out=action.left_out,
    )


def _fields(text: str | None) -> dict[str, Any] | None:
    fields: dict[str, Any] | None = None if text is None else json.loads(text)
    return fields


# Central itself


class HealthVerdict(View, frozen=True, kw_only=True):
    """Whether all is well, and if not, why."""

    status: Literal["ok", "failing"]
    reason: Annotated[str, shown("Cannot use the database central.db (disk is full): free some space")] | None


class Health(HealthVerdict, frozen=True, kw_only=True):
    """How Central is; while it works, `reason` says what an operator should know nevertheless."""

    version: Annotated[str, shown("0.1.0")]
    points: Count
    tcp_port: Port
    uptime_s: Annotated[float, shown(12.5)]
    auth: Annotated[Mode, shown("open", "secure: everybody has to sign in")]


class Problem(View, frozen=True, kw_only=True):
    """What went wrong, in the form of RFC 9457."""

    type: Annotated[str, shown("about:blank")]
    title: Annotated[str, shown("Not Found")]
    status: Annotated[int, shown(404)]
    detail: Annotated[str, shown("CP-404 is not a known charging point")]
    code: Annotated[str, shown("unknown_point", "What went wrong, in one word that does not change")]
    instance: Annotated[str, shown("/cp/CP-404")]
