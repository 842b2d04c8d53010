"""What a driver hears of the price before a charge begins."""

from datetime import UTC, datetime, timedelta

from evcharging.common.messages import Limit
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import changed
from evcharging.domain.price import estimate
from evcharging.domain.quote import quote_of
from evcharging.domain.session import Session, SessionStatus

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = Element(energy_micro_euros_per_kwh=400_000, local_from="08:00", local_to="20:00")
ELSE = Element(energy_micro_euros_per_kwh=200_000, idle_micro_euros_per_minute=200_000)
TARIFF = Tariff(version_id="day@2", zone="UTC", elements=(DAY, ELSE), vat_permille=210)
SESSION = Session(
    session_id="S-1",
    request_id="R-1",
    driver_id="driver-alice",
    cp_id="CP-001",
    status=SessionStatus.AUTHORISED,
    micro_euros_per_kwh=300_000,
    requested_at=NOON,
    tariff=TARIFF,
)


def test_an_estimate_is_for_the_energy_that_is_wanted() -> None:
    quote = quote_of(changed(SESSION, limit_mwh=11_000_000), 22_000, None)
    assert quote is not None
    assert (quote.tariff, quote.kwh, quote.minutes) == ("day@2", 11.0, 30.0)
    assert quote.price == estimate(TARIFF, NOON, 22_000, timedelta(minutes=30))
    assert quote.price.gross == 5_324_000


def test_of_energy_and_time_what_is_reached_first_counts() -> None:
    both = changed(SESSION, limit_mwh=11_000_000, minutes=15)
    quote = quote_of(both, 22_000, None)
    assert quote is not None
    assert (quote.kwh, quote.minutes) == (5.5, 15.0)
    longer = quote_of(changed(both, minutes=45), 22_000, None)
    assert longer is not None
    assert (longer.kwh, longer.minutes) == (11.0, 30.0)


def test_an_estimate_is_by_the_power_that_the_limit_leaves() -> None:
    quote = quote_of(changed(SESSION, minutes=60), 22_000, Limit(watts=11_000))
    assert quote is not None
    assert quote.kwh == 10.999  # 11 kW are 15.942 A on each phase, and no mA more


def test_where_nothing_is_wanted_or_nothing_flows_there_are_the_prices_of_units_alone() -> None:
    wanted = changed(SESSION, minutes=60)
    for session, power_w, limit in ((SESSION, 22_000, None), (wanted, 0, None), (wanted, 22_000, Limit(watts=0))):
        quote = quote_of(session, power_w, limit)
        assert quote is not None
        assert quote.price is None
        assert [(line.component, line.element, line.unit_micro_euros) for line in quote.unit_prices] == [
            ("energy", 1, 400_000),
            ("energy", 2, 200_000),
            ("idle_time", 2, 200_000),
        ]
        assert quote.vat_permille == 210


def test_energy_that_takes_more_than_a_month_is_not_estimated() -> None:
    quote = quote_of(changed(SESSION, limit_mwh=10**9), 100, None)
    assert quote is not None
    assert quote.price is None


def test_a_single_price_is_quoted_without_a_tariff() -> None:
    quote = quote_of(changed(SESSION, tariff=None, limit_mwh=10_000_000), 22_000, None)
    assert quote is not None
    assert quote.tariff is None
    assert quote.price is not None
    assert quote.price.gross == 3_000_000
    assert [line.unit_micro_euros for line in quote.unit_prices] == [300_000]


def test_a_tariff_that_this_machine_cannot_use_is_not_quoted() -> None:
    assert quote_of(changed(SESSION, tariff=changed(TARIFF, zone="Moon/Sea")), 22_000, None) is None


def test_of_a_charge_that_lasts_longer_than_a_day_the_unit_prices_are_said() -> None:
    quote = quote_of(changed(SESSION, minutes=24 * 60 + 1), 22_000, None)
    assert quote is not None
    assert quote.price is None
    assert quote.unit_prices
