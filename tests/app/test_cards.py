"""Charges that are paid: a card is added, pays, and is on the receipt; where one is declined, another pays."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.app.own_network import OwnNetwork, own_network
from tests.app.phone import Phone, a_phone
from tests.app.test_accessibility import LOOKS, is_fine

GOOD, POOR, SLOW = "4242 4242 4242 4242", "4000 0000 0000 9995", "4000 0000 0001 0258"
A_CENT = re.compile(r"^€0\.0[1-9]")
TAKEN = re.compile("^Taken from your card$")
PAID = re.compile("^(Paid €|Nothing was taken)")
NUMBER = re.compile(r"^\d{4}-\d+-\d{6}$")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNetwork]:
    """Its charges are paid, to a provider that is simulated."""
    with own_network(tmp_path_factory.mktemp("paid"), "--payments", "simulated") as network:
        yield network


def add_card(phone: Phone, number: str) -> None:
    """Type a card, and send it."""
    phone.page.get_by_label("Card number").fill(number)
    phone.page.get_by_label(re.compile("^Last month")).fill("12/30")
    phone.page.get_by_role("button", name="Add", exact=True).click()


def test_who_has_no_card_adds_one_charges_with_it_and_has_it_on_the_receipt(phone: Phone) -> None:
    phone.register()
    phone.open("points/CP-001")
    phone.reads("You pay by card here: add one first.")
    phone.tap("More")
    phone.tap("Start charging")
    phone.sees("Add a card")
    add_card(phone, GOOD)
    phone.sees("CP-001")
    phone.reads("15 kWh")
    phone.reads("Up to €50.00 is held on Visa ···· 4242 when you start. Only what you use is taken.")
    phone.tap("Start charging")
    phone.sees("Charging")
    phone.reads("Held on your card")
    phone.reads(A_CENT)
    phone.stop()
    phone.reads(TAKEN)
    phone.reads("Visa ···· 4242")
    phone.reads(NUMBER)
    phone.tab("History")
    phone.reads(re.compile(r"^Paid €0\."))


def test_a_card_that_is_declined_leads_to_another_one_which_pays(phone: Phone) -> None:
    phone.register()
    phone.tab("Profile")
    phone.tap("Cards")
    phone.sees("Cards")
    add_card(phone, "5555 5555 5555 4444")
    phone.reads("This is not the number of a card for tests.")
    expect(phone.page.get_by_label("Card number")).to_have_value("")
    add_card(phone, POOR)
    phone.reads("Visa ···· 9995")
    phone.open("points/CP-002")
    phone.reads(re.compile("Visa ···· 9995"))
    phone.tap("Start charging")
    phone.reads("Your card was declined: there is too little money on it.")
    phone.tap("Your cards")
    phone.sees("Cards")
    add_card(phone, GOOD)
    phone.tap("Pay by this one: Visa ···· 4242")
    expect(phone.page.get_by_role("button", name="Pay by this one: Visa ···· 9995")).to_be_visible()
    phone.tap("Remove: Visa ···· 9995")
    phone.tap("Remove it now")
    expect(phone.page.get_by_text("Visa ···· 9995")).to_have_count(0)
    phone.charge("CP-002")
    phone.stop()


def test_a_charge_waits_until_money_is_held(phone: Phone) -> None:
    phone.register()
    phone.open("cards")
    add_card(phone, SLOW)
    phone.reads("Visa ···· 0258")
    phone.open("points/CP-002")
    phone.reads(re.compile("Visa ···· 0258"))
    phone.tap("Start charging")
    phone.reads("Money is being held on your card. This takes a few seconds.")
    phone.sees("Charging")
    phone.reads("Held on your card")
    phone.stop()


@pytest.mark.parametrize("look", LOOKS)
def test_no_screen_about_cards_has_a_violation(browser: Browser, network: OwnNetwork, look: str) -> None:
    with a_phone(browser, network.address, bypass_csp=True, **LOOKS[look]) as phone:
        phone.register()
        phone.open("card")
        phone.tap("Show the numbers for tests")
        is_fine(phone)
        phone.open("cards")
        phone.reads("You have no card yet.")
        is_fine(phone)
        add_card(phone, GOOD)
        phone.tap("Remove: Visa ···· 4242")
        is_fine(phone)
        phone.open("points/CP-003")
        phone.reads(re.compile("^Up to"))
        is_fine(phone)
        phone.open("book/CP-003")
        phone.reads("Visa ···· 4242 pays.")
        is_fine(phone)
        phone.charge("CP-003")
        phone.reads("Held on your card")
        is_fine(phone)
        phone.stop()
        phone.reads(TAKEN)
        is_fine(phone)
        phone.tab("History")
        phone.reads(PAID)
        is_fine(phone)
