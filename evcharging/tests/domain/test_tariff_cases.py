"""Which element prices what, by energy, power and duration, and how sums are rounded. Sums are worked out by hand."""

from evcharging.common.messages_tariff import Element
from evcharging.domain.price import Metered, price
from evcharging.tests.domain.tariffs import CENT, EURO, moment, read, tariff_of

NOON = moment("2026-11-23T12:00Z")
ENERGY = Element(energy_micro_euros_per_kwh=30 * CENT)


def test_the_price_of_a_session_by_power_is_that_of_its_first_reading_even_before_a_second() -> None:
    tariff = tariff_of(Element(session_micro_euros=EURO, max_w=50_000), Element(session_micro_euros=3 * EURO))
    first = Metered(at=NOON, register_mwh=0, power_w=100_000)
    assert price(tariff, [first]).net == 3 * EURO
    assert price(tariff, [first, *read(NOON, (6, 10_000))]).net == 3 * EURO
