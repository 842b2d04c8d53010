"""The keys of programs and of points on the panel: made, shown once, and revoked."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import end, panel_of, secure_network

NEW_POINT = "CP-900"


@pytest.fixture(scope="module")
def keyed_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with secure_network(tmp_path_factory.mktemp("keys"), "--drivers", "0") as central:
        yield central


@pytest.fixture
def panel(browser: Browser, keyed_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central, as its administrator sees it; not opened yet."""
    found = panel_of(browser, keyed_central, keyed_central.http.cookies)
    yield found
    end(found)


def status_with(central: Central, key: str, path: str) -> int:
    with httpx.Client(base_url=central.address, trust_env=False) as http:
        return http.get(path, headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_machine_key_is_made_shown_once_used_and_revoked(panel: PanelPage, keyed_central: Central) -> None:
    panel.open("#/people")
    panel.page.get_by_role("navigation", name="Who may do what").get_by_role("link", name="Machine keys").click()
    expect(panel.entry("Access")).to_have_attribute("aria-current", "page")
    panel.page.get_by_role("button", name="Make a key").click()
    form = panel.page.get_by_role("form", name="Make a key")
    form.get_by_label("What it is for").fill("billing export")
    form.get_by_role("button", name="Make the key").click()
    expect(form.get_by_role("alert")).to_have_text("Choose what the key may do.")
    form.get_by_role("checkbox", name="ledger:read Look at sessions").check()
    form.get_by_label("Until").fill("2099-01-01T00:00")
    form.get_by_role("button", name="Make the key").click()
    shown = panel.page.get_by_role("dialog", name="The key billing export")
    secret = shown.get_by_role("textbox").input_value()
    shown.get_by_role("button", name="I have kept it").click()
    assert secret not in panel.page.content()
    row = panel.page.get_by_role("listitem", name="billing export")
    expect(row).to_contain_text("Last used: Never")
    expect(row).to_contain_text("ledger:read")
    expect(row).to_contain_text("Until: 2099-01-01 00:00:00")
    assert status_with(keyed_central, secret, "/api/v1/sessions") == 200
    assert status_with(keyed_central, secret, "/api/v1/users") == 403
    row.get_by_role("button", name="Revoke").click()
    panel.page.get_by_role("dialog", name="Revoke billing export?").get_by_role("button", name="Revoke").click()
    expect(panel.page.get_by_text("billing export is revoked.")).to_be_visible()
    expect(row).to_contain_text("Revoked")
    expect(row.get_by_role("button")).to_have_count(0)
    assert status_with(keyed_central, secret, "/api/v1/sessions") == 401


def test_machine_keys_fit_a_phone(panel: PanelPage) -> None:
    panel.page.set_viewport_size({"width": 390, "height": 844})
    panel.open("#/keys")
    panel.page.get_by_role("button", name="Make a key").click()
    expect(panel.page.get_by_role("checkbox")).to_have_count(11)
    assert panel.fits_the_width()


def test_a_point_is_enrolled_by_a_token_and_its_key_revoked(panel: PanelPage, keyed_central: Central) -> None:
    keyed_central.http.post("/cp/register", json={"cp_id": NEW_POINT}).raise_for_status()
    panel.open()
    missing = panel.page.get_by_role("region", name="Not enrolled (1)")
    missing.get_by_role("button", name=f"Enrol {NEW_POINT}").click()
    shown = panel.page.get_by_role("dialog", name=f"Enrol {NEW_POINT}")
    expect(shown.get_by_role("img", name=f"The token of {NEW_POINT} as a QR code")).to_be_visible()
    token = shown.get_by_role("textbox", name="Token").input_value()
    assert token in shown.get_by_role("textbox", name="Command").input_value()
    shown.get_by_role("button", name="I have kept it").click()
    assert token not in panel.page.content()
    with httpx.Client(base_url=keyed_central.address, trust_env=False) as http:
        http.post("/api/v1/points/enrol", json={"token": token}).raise_for_status()
    panel.page.reload()
    expect(panel.card(NEW_POINT)).to_be_visible()
    expect(missing).to_have_count(0)
    panel.choose("Details…", NEW_POINT)
    expect(panel.page.get_by_role("region", name=f"{NEW_POINT} now")).to_contain_text("Version 1")
    panel.choose("Revoke key…", NEW_POINT)
    question = panel.page.get_by_role("dialog", name=f"Revoke the key of {NEW_POINT}?")
    question.get_by_role("button", name="Revoke").click()
    expect(panel.page.get_by_text(f"The key of {NEW_POINT} is revoked.")).to_be_visible()
    panel.page.go_back()
    expect(missing).to_contain_text(NEW_POINT)
    panel.press("More orders for", NEW_POINT)
    expect(panel.page.get_by_role("menuitem", name="Revoke key…")).to_have_count(0)


def test_a_point_of_centrals_own_process_needs_no_key(panel: PanelPage) -> None:
    panel.open()
    panel.choose("Details…", "CP-001")
    facts = panel.page.get_by_role("region", name="CP-001 now")
    expect(facts).to_contain_text("None: it runs in Central’s own process")


def test_enrolment_fits_a_phone(panel: PanelPage) -> None:
    panel.page.set_viewport_size({"width": 390, "height": 844})
    panel.open()
    panel.choose("Enrol…", "CP-002")
    expect(panel.page.get_by_role("dialog", name="Enrol CP-002")).to_be_in_viewport()
    assert panel.fits_the_width()
