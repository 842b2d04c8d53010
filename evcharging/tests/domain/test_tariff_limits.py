"""The limits of a tariff: least and greatest total, grace and cap of idle time, and when idling ends. Sums are worked
out by hand."""

from evcharging.common.messages_tariff import Element
from evcharging.domain.price import estimate
from evcharging.tests.domain.tariffs import CENT, EURO, HOUR, moment, tariff_of

NOON = moment("2026-11-23T12:00Z")
ENERGY = Element(energy_micro_euros_per_kwh=25 * CENT)
WITH_FEE = Element(session_micro_euros=50 * CENT, energy_micro_euros_per_kwh=25 * CENT)
IDLE = Element(idle_micro_euros_per_minute=10 * CENT)


def test_the_longest_grace_and_durations_have_a_price() -> None:
    late = Element(charging_micro_euros_per_minute=1 * EURO, min_s=10**9)
    found = estimate(tariff_of(late, WITH_FEE, idle_grace_s=10**9), NOON, 1000, 1 * HOUR, 1 * HOUR)
    assert found.net == 75 * CENT
