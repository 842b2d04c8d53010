"""The account of a driver, and what is chosen on the device; and how a point is found by its code."""

from playwright.sync_api import expect

from tests.app.phone import Phone


def test_a_name_that_is_taken_is_refused_with_its_reason(phone: Phone) -> None:
    phone.register("Zoe")
    phone.tab("Profile")
    phone.tap("Sign out")
    phone.tap("Sign out")
    phone.sees("Charge your car")
    phone.page.get_by_label("Name").fill("zoe")
    phone.tap("Start")
    phone.reads("This name is taken: choose another one.")


def test_an_account_is_erased_for_ever(phone: Phone) -> None:
    phone.register()
    phone.tab("Profile")
    phone.tap("Erase my account")
    phone.tap("Erase it for ever")
    phone.sees("Charge your car")
    phone.page.reload()
    phone.sees("Charge your car")


def test_without_a_camera_a_typed_code_leads_to_its_point(phone: Phone) -> None:
    phone.register()
    phone.tap("Scan or type a code")
    phone.tap("Scan its QR code")
    phone.reads("The camera cannot be used here. Type the ID that is on the point.")
    phone.page.get_by_label("ID on the point").fill("CP-002")
    phone.tap("Go to the point")
    phone.sees("CP-002")
    phone.open("points/CP-404")
    phone.reads("There is no point CP-404. Look at the code once more.")


def test_the_app_speaks_spanish_and_looks_as_is_chosen(phone: Phone) -> None:
    phone.register()
    phone.tab("Profile")
    phone.tap("Dark", role="radio")
    phone.tap("Español", role="radio")
    phone.sees("Perfil")
    expect(phone.page.locator("html")).to_have_attribute("lang", "es")
    phone.page.reload()
    phone.sees("Perfil")
    expect(phone.page.locator("html")).to_have_css("background-color", "rgb(12, 18, 16)")
