"""The lines of a price in words, as tickets, receipts and the price command show them. Multiplies no price."""

from decimal import Decimal

from evcharging.common.messages_tariff import Component, PriceLine
from evcharging.domain.money import MICRO
from evcharging.domain.price import IDLE_CAP, LEAST, MOST

NAMES = {
    Component.SESSION: "Session fee",
    Component.ENERGY: "Energy",
    Component.CHARGING_TIME: "Charging time",
    Component.IDLE_TIME: "Idle time",
    IDLE_CAP: "Idle time costs no more",
    LEAST: "Least total",
    MOST: "Greatest total",
}

SECONDS = 1_000_000
MINUTES = 60 * SECONDS


def name_of(line: PriceLine) -> str:
    """What a line is for."""
    return NAMES[line.component]


def quantity_of(line: PriceLine) -> str:
    """How much of it there was, with its unit: energy to the mWh, time to the microsecond; empty for a limit."""
    match line.component:
        case Component.SESSION:
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
    """What a unit price is for: `/kWh`, `/min`, `/h`, or nothing for a session."""
    timed = "/min" if line.per == MINUTES else "/h"
    return {Component.SESSION: "", Component.ENERGY: "/kWh"}.get(Component(line.component), timed)


def euros(micro_euros: int) -> str:
    """An amount in euros: two decimals, or as many more as it has."""
    text = f"{Decimal(micro_euros) / MICRO:.6f}"
    whole, part = text.split(".")
    return f"{whole}.{part[:2]}{part[2:].rstrip('0')}"


def plain(number: Decimal) -> str:
    """A number without trailing zeros or exponent."""
    return f"{number.normalize():f}"
