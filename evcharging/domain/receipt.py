"""What a receipt says: the lines of a price in words, as tickets and the price command show them too, and what the
meter showed. Multiplies no price."""

from decimal import Decimal

from evcharging.common.messages import Mark
from evcharging.common.messages_tariff import Component, Price, PriceLine
from evcharging.domain.money import MICRO
from evcharging.domain.price import IDLE_CAP, LEAST, MOST, price_of_supply
from evcharging.domain.reservation_fee import LATE_CANCEL, NO_SHOW
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.tariff import single

NAMES = {
    Component.SESSION: "Session fee",
    Component.ENERGY: "Energy",
    Component.CHARGING_TIME: "Charging time",
    Component.IDLE_TIME: "Idle time",
    IDLE_CAP: "Idle time costs no more",
    LEAST: "Least total",
    MOST: "Greatest total",
    LATE_CANCEL: "Reservation cancelled late",
    NO_SHOW: "Reservation not used",
}

SECONDS = 1_000_000
MINUTES = 60 * SECONDS


def name_of(line: PriceLine) -> str:
    """What a line is for."""
    return NAMES[line.component]


def quantity_of(line: PriceLine) -> str:
    """How much of it there was, with its unit: energy to the mWh, time to the microsecond; empty for a limit."""
    match line.component:
        case Component.SESSION | "late_cancel" | "no_show":
            return "1"
        case Component.ENERGY:
            return f"{plain(Decimal(line.quantity) / MICRO)} kWh"
        case Component.CHARGING_TIME | Component.IDLE_TIME:
            minutes, rest = divmod(line.quantity, MINUTES)
            return f"{minutes} min {plain(Decimal(rest) / SECONDS)} s" if rest else f"{minutes} min"
    return ""


def unit_price_of(line: PriceLine) -> str:
    """What one unit costs; empty for a limit."""
    return f"{euros(line.unit_micro_euros)} EUR{unit_of(line)}" if line.per else ""


def unit_of(line: PriceLine) -> str:
    """What a unit price is for: `/kWh`, `/min`, `/h`, or nothing for a session or a reservation."""
    match line.component:
        case Component.ENERGY:
            return "/kWh"
        case Component.CHARGING_TIME | Component.IDLE_TIME:
            return "/min" if line.per == MINUTES else "/h"
    return ""


def euros(micro_euros: int) -> str:
    """An amount in euros: two decimals, or as many more as it has."""
    text = f"{Decimal(micro_euros) / MICRO:.6f}"
    whole, part = text.split(".")
    return f"{whole}.{part[:2]}{part[2:].rstrip('0')}"


def plain(number: Decimal) -> str:
    """A number without trailing zeros or exponent."""
    return f"{number.normalize():f}"


def why_no_receipt(session: Session) -> str | None:
    """Why there is no receipt of a session yet, in one sentence; None where it has been billed, or never will be."""
    match session.status:
        case SessionStatus.HOLDING | SessionStatus.AUTHORISED | SessionStatus.SUPPLYING:
            return f"{session.session_id} has not ended: its receipt is there once it has"
        case SessionStatus.IDLE:
            return f"{session.session_id} has not ended: its vehicle is still plugged in, and idle time may be billed"
        case SessionStatus.SUSPECT:
            return f"The bill of {session.session_id} is held: its receipt is there once an operator has resolved it"
    return None


def price_on(bill: Bill) -> Price:
    """The price of a bill by lines; a single price is a line of energy, without VAT."""
    if bill.price is not None:
        return bill.price
    tariff, at = single(bill.micro_euros_per_kwh), bill.started_at
    return price_of_supply(tariff, at, 0, (), at, bill.energy_mwh)


def readings_of(session: Session) -> tuple[Mark, ...]:
    """What the meter showed at the beginning, where the price might change, and at the end; nothing of a session that
    was resolved by hand, since nobody believes its meter."""
    if session.settled_mwh is not None or session.started_at is None or session.ended_at is None:
        return ()
    first = Mark(at=session.started_at, register_mwh=session.register_start_mwh)
    return (first, *session.marks, Mark(at=session.ended_at, register_mwh=session.register_stop_mwh))
