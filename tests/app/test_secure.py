"""Where people have to sign in, a driver comes by name and password, and comes back by them."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.app.phone import Phone, a_phone
from tests.browser.secure_central import secure_network

PASSWORD = "violet horses run at dawn"


def enter(phone: Phone, password: str, button: str) -> None:
    phone.page.get_by_label("Name").fill("Dora")
    phone.page.get_by_label("Password").fill(password)
    phone.tap(button)


def test_a_driver_makes_an_account_charges_leaves_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    with secure_network(tmp_path, "--drivers", "0") as central, a_phone(browser, central.address) as phone:
        phone.open()
        enter(phone, "password1234", "Make an account")
        expect(phone.page.get_by_role("alert")).to_be_visible()
        enter(phone, PASSWORD, "Make an account")
        phone.sees("Near me")
        phone.charge()
        phone.stop()
        phone.tab("Profile")
        phone.tap("Sign out")
        phone.sees("Charge your car")
        phone.page.reload()
        phone.tap("I have an account")
        enter(phone, "not the password", "Sign in")
        phone.reads("The name or the password is wrong: try again.")
        enter(phone, PASSWORD, "Sign in")
        phone.tab("History")
        phone.reads("CP-001")
        assert [each["name"] for each in phone.context.cookies()] == ["refresh"]
        assert phone.page.evaluate("Object.values(localStorage).join()").find("eyJ") == -1
