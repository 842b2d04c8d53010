"""Who did what, on the panel: listed, filtered, page by page, and opened."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import ADMIN, account_id, end, invite, panel_of, secure_network

PAGE = 50


@pytest.fixture(scope="module")
def audited_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central where the administrator did more than a page of things, one of which was refused."""
    with secure_network(tmp_path_factory.mktemp("audit"), "--drivers", "0") as central:
        for _ in range(PAGE // 2 + 1):
            central.order("/cp/CP-001/stop")
            central.order("/cp/CP-001/resume")
        invite(central, "bob", "viewer")
        bob = f"/api/v1/users/{account_id(central, 'bob')}"
        central.http.patch(bob, json={"role": "operator"}).raise_for_status()
        central.http.post("/cp/register", json={"cp_id": "CP-900"}).raise_for_status()
        assert central.http.post("/cp/CP-900/plug").status_code == 409
        yield central


@pytest.fixture
def audit(browser: Browser, audited_central: Central) -> Iterator[PanelPage]:
    """The page of the audit, as the administrator sees it."""
    panel = panel_of(browser, audited_central, audited_central.http.cookies)
    yield panel.open("#/audit")
    end(panel)


def rows(panel: PanelPage) -> Locator:
    return panel.page.locator("[data-action]")


def test_the_newest_actions_come_first_and_more_on_demand(audit: PanelPage) -> None:
    expect(rows(audit)).to_have_count(PAGE)
    expect(rows(audit).first).to_contain_text("Refused")
    expect(rows(audit).first).to_contain_text(ADMIN)
    audit.page.get_by_role("button", name="Show more").click()
    expect(rows(audit).nth(PAGE)).to_be_visible()


def test_actions_are_filtered_by_who_what_and_outcome_in_the_address(audit: PanelPage) -> None:
    audit.page.get_by_role("searchbox", name="Of what").fill("CP-001")
    audit.page.get_by_role("searchbox", name="Action").fill("resume")
    expect(rows(audit)).to_have_count(PAGE // 2 + 1)
    audit.page.get_by_role("searchbox", name="Who").or_(audit.page.get_by_role("combobox", name="Who")).fill(ADMIN)
    expect(rows(audit)).to_have_count(PAGE // 2 + 1)
    audit.page.reload()
    expect(rows(audit)).to_have_count(PAGE // 2 + 1)
    audit.open("#/audit")
    audit.page.get_by_label("Outcome").select_option("Refused")
    expect(rows(audit)).to_have_count(1)
    audit.page.get_by_label("To", exact=True).fill("2001-01-01")
    expect(audit.page.get_by_text("No action matches.")).to_be_visible()
    audit.page.get_by_role("button", name="Show all").click()
    expect(rows(audit)).to_have_count(PAGE)


def test_an_action_opens_with_what_changed_by_it(audit: PanelPage, audited_central: Central) -> None:
    audit.open(f"#/audit?subject={account_id(audited_central, 'bob')}")
    changed = rows(audit).first
    expect(changed).to_contain_text("bob")
    changed.locator("summary").press("Enter")
    expect(changed.get_by_role("row", name="role viewer operator")).to_be_visible()


def test_what_an_account_did_is_one_step_from_it(audit: PanelPage, audited_central: Central) -> None:
    audit.open(f"#/people/{account_id(audited_central, ADMIN)}")
    audit.page.get_by_role("link", name="What this account did").click()
    expect(audit.heading("Audit")).to_be_focused()
    expect(rows(audit)).to_have_count(PAGE)


def test_the_audit_fits_a_phone(audit: PanelPage) -> None:
    audit.page.set_viewport_size({"width": 390, "height": 844})
    rows(audit).first.locator("summary").click()
    expect(rows(audit).first.get_by_text("Why not")).to_be_visible()
    assert audit.fits_the_width()
