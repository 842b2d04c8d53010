"""What a driver comes for: from an account to a receipt, and a booking for tomorrow."""

import re

from playwright.sync_api import expect

from tests.app.phone import Phone


def test_from_start_to_receipt_in_four_taps_with_the_price_known_before_the_first(phone: Phone) -> None:
    phone.register()
    phone.reads("€0.30/kWh")
    phone.taps = 0
    phone.tap(re.compile("^CP-001.*Free"), role="link")
    phone.sees("CP-001")
    phone.reads(re.compile("^Estimate"))
    phone.tap("Start charging")
    phone.sees("Charging")
    phone.reads(re.compile(r"^22 kW$"))
    first = phone.kwh()
    expect(phone.page.get_by_role("main").get_by_text(f"{first:g}", exact=True)).to_have_count(0)
    assert phone.kwh() > first
    phone.stop()
    assert phone.taps <= 4
    phone.reads("stopped by the driver")
    phone.reads("Price of the point")
    phone.page.emulate_media(media="print", color_scheme="dark")
    expect(phone.page.get_by_text("Price of the point")).to_have_css("color", "rgb(0, 0, 0)")
    expect(phone.page.get_by_role("navigation")).to_be_hidden()
    phone.page.emulate_media(media="screen", color_scheme="light")
    phone.tab("History")
    phone.reads("CP-001")
    expect(phone.page.get_by_text(re.compile(r"^[\d.]+ kWh, €")).first).to_be_visible()


def test_a_charge_for_so_much_ends_by_itself_at_its_receipt(phone: Phone) -> None:
    phone.register()
    phone.open("vehicles")
    for label, text in {"Name": "Tiny", "Battery, in kWh": "0.2", "Charges with at most, in kW": "11"}.items():
        phone.page.get_by_label(label).fill(text)
    phone.tap("Add")
    phone.reads("up to 11 kW")
    phone.open("points/CP-002")
    phone.tap("My car", role="radio")
    phone.reads("0.1 kWh in about")
    phone.reads(re.compile("Your car takes"))
    phone.tap("Start charging")
    phone.sees("Charging")
    phone.sees("Receipt")
    phone.reads("0.1 kWh")


def test_a_time_tomorrow_is_booked_and_cancelled(phone: Phone) -> None:
    phone.register()
    phone.open("points/CP-003")
    phone.tap("Book a time")
    phone.tap("Tomorrow", role="radio")
    phone.tap("12:00", role="radio")
    phone.tap(re.compile("^Book "))
    phone.sees("Bookings")
    phone.reads("Booked")
    phone.tap("Cancel the booking")
    phone.tap("Cancel it now")
    phone.reads("Cancelled")


def test_who_comes_to_a_full_site_waits_is_offered_a_point_and_takes_it(phone: Phone) -> None:
    phone.register()
    for cp_id in ("CP-001", "CP-002", "CP-003"):
        phone.charge(cp_id)
    phone.open("sites/SITE-001")
    phone.tap("Join the queue")
    phone.sees("Charging")
    phone.reads("Number 1 of 1 in the queue")
    phone.stop()
    phone.reads(re.compile("is kept for you until"))
    phone.tap("See it")
    phone.tap("Charge there now")
    phone.reads("Hold to stop")
    for _ in range(3):
        phone.open("charging")
        phone.stop()
