"""The receipt of a session as HTTP shows it; `views.py` says more of such structures."""

from collections.abc import Iterable
from typing import Annotated, Literal

from evcharging.apps.ev_central.views import (
    Count,
    CpId,
    DriverId,
    EndedBy,
    Euros,
    Kwh,
    Moment,
    Place,
    ReservationId,
    SessionId,
    SiteId,
    StationId,
    View,
    utc_or_none,
)
from evcharging.apps.ev_central.views_ledger import ResolvedView, resolved_view
from evcharging.common.messages_tariff import Money, Name, Quantity, VersionId
from evcharging.common.utils import shown, utc
from evcharging.domain.books import PROVIDER, Entry
from evcharging.domain.charging_point import Point
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_cents, to_euros
from evcharging.domain.payment import Payment
from evcharging.domain.receipt import name_of, price_on, quantity_of, readings_of, unit_price_of
from evcharging.domain.session import Bill, Session
from evcharging.domain.site import station_of

What = Literal["first", "mark", "last"]


class ReceiptReading(View, frozen=True, kw_only=True):
    """What the meter showed when the session began, where its price might change, and when it ended; `kwh` is what had
    been delivered by then."""

    at: Moment
    what: What
    register_kwh: Annotated[float, shown(1042.5)]
    kwh: Kwh


class ReceiptLine(View, frozen=True, kw_only=True):
    """A line: exact, in whole micro-euro before VAT, and as people read it. `quantity` is in sessions, mWh or
    microseconds, of which `per` cost `unit_micro_euros`; a line that keeps a limit has neither."""

    name: Annotated[str, shown("Energy")]
    component: Name
    element: Annotated[int, shown(1)] | None
    quantity: Quantity
    quantity_text: Annotated[str, shown("12.5 kWh")]
    unit_micro_euros: Quantity
    per: Quantity
    unit_price_text: Annotated[str, shown("0.40 EUR/kWh")]
    micro_euros: Money


class CreditNoteView(View, frozen=True, kw_only=True):
    """What was paid back, by a credit note with a number of its own."""

    number: Annotated[str, shown("C2026-3-000004")] | None
    at: Moment
    cents: Count


class PaidView(View, frozen=True, kw_only=True):
    """How it was paid: what stands for the card (`method`), and what was held, captured, refunded and is still owed, in
    whole cents."""

    method: Annotated[str, shown("pm_card_visa")]
    state: Annotated[str, shown("captured")]
    held_cents: Count
    captured_cents: Count
    refunded_cents: Count
    owed_cents: Count
    credit_notes: list[CreditNoteView]


class ReceiptView(View, frozen=True, kw_only=True):
    """What a session cost, by lines that add up: `net`, `vat` and `gross` in micro-euro. It charged from `started_at`
    to `ended_at`, and was plugged in until `unplugged_at`, where that was later. Of the point, what is known of it now;
    without a `tariff` a single price of energy was all. One that was resolved by hand has no readings. Where payments
    are asked for it has a `number`, one after another in each year, and says how it was `paid`."""

    session_id: SessionId
    driver_id: DriverId
    cp_id: CpId
    location: Place
    station_id: StationId | None
    site_id: SiteId | None
    tariff: VersionId | None
    started_at: Moment
    ended_at: Moment
    unplugged_at: Moment | None
    ended_by: EndedBy
    kwh: Kwh
    readings: list[ReceiptReading]
    lines: list[ReceiptLine]
    net: Money
    vat_permille: Annotated[int, shown(210)]
    vat: Money
    gross: Money
    euros: Euros
    settled: ResolvedView | None
    reservation_id: ReservationId | None
    number: Annotated[str, shown("2026-3-000017")] | None
    paid: PaidView | None


def receipt_view(
    session: Session | None, bill: Bill, point: Point, payment: Payment | None = None, refunds: Iterable[Entry] = ()
) -> ReceiptView:
    """The receipt of a session that was billed, or of the fee of a reservation."""
    price = price_on(bill)
    return ReceiptView(
        session_id=bill.session_id,
        driver_id=bill.driver_id,
        cp_id=bill.cp_id,
        location=point.location,
        station_id=station_of(point.cp_id, point.station_id),
        site_id=bill.site_id,
        tariff=bill.tariff,
        started_at=utc(bill.started_at),
        ended_at=utc(bill.ended_at),
        unplugged_at=utc_or_none(bill.unplugged_at),
        ended_by=bill.ended_by,
        kwh=to_kwh(bill.energy_mwh),
        readings=[] if session is None else _readings(session),
        lines=[
            ReceiptLine(
                name=name_of(line),
                component=line.component,
                element=line.element,
                quantity=line.quantity,
                quantity_text=quantity_of(line),
                unit_micro_euros=line.unit_micro_euros,
                per=line.per,
                unit_price_text=unit_price_of(line),
                micro_euros=line.micro_euros,
            )
            for line in price.lines
        ],
        net=price.net,
        vat_permille=price.vat_permille,
        vat=price.vat,
        gross=price.gross,
        euros=to_euros(price.gross),
        settled=None if session is None else resolved_view(session),
        reservation_id=bill.reservation_id,
        number=bill.number,
        paid=None if payment is None else paid_view(payment, refunds),
    )


def paid_view(payment: Payment, refunds: Iterable[Entry]) -> PaidView:
    """How it was paid."""
    return PaidView(
        method=payment.method,
        state=payment.state.value,
        held_cents=payment.held_cents,
        captured_cents=payment.captured_cents,
        refunded_cents=payment.refunded_cents,
        owed_cents=payment.owed_cents,
        credit_notes=[
            CreditNoteView(number=each.number, at=utc(each.at), cents=to_cents(-each.of(PROVIDER))) for each in refunds
        ],
    )


def _readings(session: Session) -> list[ReceiptReading]:
    found = readings_of(session)
    marks: list[What] = ["mark"] * len(found[2:])
    words: list[What] = ["first", *marks, "last"]
    return [
        ReceiptReading(
            at=utc(reading.at),
            what=what,
            register_kwh=to_kwh(reading.register_mwh),
            kwh=to_kwh(reading.register_mwh - session.register_start_mwh),
        )
        for reading, what in zip(found, words, strict=False)
    ]
