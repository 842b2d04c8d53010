"""Tariffs for tests, whose prices change while a supply goes on."""

from datetime import datetime, timedelta

from evcharging.common.messages_tariff import Element, Tariff
from evcharging.tests.stages.scenario import T0


def changing_at(*moments: datetime) -> Tariff:
    """Energy costs 0.10 more a kWh from each of these moments on, from 0.10 before the first one; times are of UTC, in
    whole minutes of one day."""
    steps = [
        Element(energy_micro_euros_per_kwh=100_000 * number, local_from=f"{at:%H:%M}")
        for number, at in reversed(list(enumerate(moments, 2)))
    ]
    return Tariff(
        version_id="steps@1",
        zone="UTC",
        elements=(*steps, Element(energy_micro_euros_per_kwh=100_000)),
        vat_permille=210,
    )


def minutes(count: float) -> datetime:
    """So many minutes after the test began."""
    return T0 + timedelta(minutes=count)
