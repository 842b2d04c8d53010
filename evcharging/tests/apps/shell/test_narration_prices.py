"""What programs say aloud of prices: quotes before a charge, tickets by lines, what is published."""

from evcharging.apps.shell.narration import (
    DriverLines,
)
from evcharging.common.messages import DriverRequest, DriverUpdate, Quote, UpdateStatus
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff
from evcharging.common.messages_operators import AssignTariff
from evcharging.common.messages_tariff import Element, Price, PriceLine, Tariff
from evcharging.tests.stages.narration_stage import NOON, NarratedNetwork


def test_a_ticket_of_a_tariff_has_its_lines_and_the_engine_says_where_the_price_may_change() -> None:
    stage = NarratedNetwork("CP-001")
    steps = Element(energy_micro_euros_per_kwh=400_000, min_s=3), Element(energy_micro_euros_per_kwh=100_000)
    tariff = Tariff(version_id="steps@1", zone="UTC", elements=steps, vat_permille=210)
    stage.bus.publish(AssignTariff(ts=NOON, request_id="assign", cp_id="CP-001", tariff=tariff))
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(12)
    lines = stage.heard()
    assert [line.split(" | ", 3)[3] for line in lines if "CP_E" in line] == [
        "Charging session started for driver-alice\n",
        "Price may change. So far: 0.0183 kWh, €0.0022\n",
        "Session completed. Total: 0.0611 kWh, €0.0229\n",
    ]
    assert lines[-1].endswith(
        "0.0611 kWh by steps@1: Energy €0.0171 + Energy €0.0018 + VAT €0.0040 = €0.0229 | supply complete\n"
    )


def test_central_says_what_is_published_and_what_sites_name() -> None:
    town = NarratedNetwork("CP-001")
    tariff = Tariff(zone="UTC", elements=(Element(energy_micro_euros_per_kwh=1),))
    town.bus.publish(PublishTariff(ts=NOON, request_id="P-1", tariff_id="day", tariff=tariff))
    town.time.run_until(NOON)
    for number, tariff_id in enumerate(("day", None)):
        town.bus.publish(NameSiteTariff(ts=NOON, request_id=f"N-{number}", site_id="SITE-1", tariff_id=tariff_id))
    town.time.run_until(NOON)
    assert [line.partition("Central | ")[2].rstrip() for line in town.heard("Central")] == [
        "Tariff day@1 is published, from 2025-10-13T12:00:05Z on",
        "SITE-1 names tariff day",
        "SITE-1 names no tariff any more",
    ]


def quoted(quote: Quote) -> str:
    """What a driver's log says when its request is accepted with this."""
    lines = DriverLines()
    asked = DriverRequest(ts=NOON, request_id="R-1", driver_id="driver-alice", cp_id="CP-001")
    assert len([*lines(None, [asked])]) == 1
    update = DriverUpdate(
        ts=NOON,
        request_id="R-1",
        driver_id="driver-alice",
        cp_id="CP-001",
        status=UpdateStatus.ACCEPTED,
        quote=quote,
    )
    [_, (_, text, _)] = lines(update, ())
    return str(text)


IDLE = PriceLine(component="idle_time", micro_euros=0, element=2, unit_micro_euros=200_000, per=60_000_000)
UNITS = (
    PriceLine(component="energy", micro_euros=0, element=1, unit_micro_euros=400_000, per=1_000_000),
    PriceLine(component="energy", micro_euros=0, element=2, unit_micro_euros=200_000, per=1_000_000),
    IDLE,
)


def test_before_a_charge_begins_its_driver_hears_what_it_will_cost() -> None:
    energy = PriceLine(component="energy", micro_euros=2_500_000, element=1, quantity=10**7)
    price = Price(lines=(energy,), net=2_500_000, vat_permille=210, vat=525_000, gross=3_025_000)
    said = quoted(Quote(tariff="day@2", kwh=10.0, minutes=27.3, price=price, unit_prices=UNITS, vat_permille=210))
    assert said == (
        "💶 CP-001 | About €3.0250 for 10 kWh in 27 min by day@2: Energy €2.5000 + VAT €0.5250;"
        " afterwards Idle time €0.2000/min"
    )


def test_where_nothing_is_wanted_in_particular_it_hears_the_price_of_each_unit() -> None:
    said = quoted(Quote(tariff="day@2", unit_prices=UNITS, vat_permille=210))
    assert said == "💶 CP-001 | Price by day@2: Energy €0.4000/kWh or €0.2000/kWh, Idle time €0.2000/min, VAT 21 %"


def test_a_single_price_is_said_before_a_charge_begins_too() -> None:
    stage = NarratedNetwork("CP-001")
    stage.drive("driver-alice", "CP-001")
    stage.pass_time(1)
    assert [line for line in stage.heard("Driver") if "💶" in line] == [
        "2025-10-13 12:00:05 | INFO | Driver:driver-alice | 💶 CP-001 | Price: Energy €0.3000/kWh\n"
    ]
