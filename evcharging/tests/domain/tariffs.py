"""What the tests of tariffs are written with: tariffs that can be used, local moments, and readings of a meter."""

from datetime import UTC, datetime, timedelta
from typing import Any

from evcharging.common.messages_tariff import Component, Element, Price, Tariff
from evcharging.domain.price import Metered
from evcharging.domain.tariff import why_no_tariff

EURO, CENT, KWH = 1_000_000, 10_000, 1_000_000
"""In micro-euro, and in mWh."""

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MADRID = "Europe/Madrid"


def tariff_of(*elements: Element, zone: str = "UTC", **limits: Any) -> Tariff:
    """A tariff that can be used."""
    tariff = Tariff(version_id="tested@1", zone=zone, elements=elements, **limits)
    assert why_no_tariff(tariff) is None
    return tariff


def moment(text: str) -> datetime:
    """A moment such as `2026-11-23T21:30+01:00`, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def read(begun: datetime, *shown: tuple[int, int]) -> list[Metered]:
    """Readings: how many minutes after the beginning, and how many Wh by then."""
    return [Metered(at=begun + minutes * MINUTE, register_mwh=1000 * wh) for minutes, wh in shown]


def charged(found: Price, component: Component) -> list[tuple[int | None, int]]:
    """By which element and how much each line of a component is."""
    return [(line.element, line.micro_euros) for line in found.lines if line.component == component]
