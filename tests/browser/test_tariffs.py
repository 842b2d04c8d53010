"""Tariffs on the panel: published by a form or as JSON, tried on past sessions first, named by points and sites."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage

CHARGE_S = 60.0
GAP = "\u202f"
ZONE = "Europe/Madrid"


@pytest.fixture(scope="module")
def charged_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central at whose points a driver has charged."""
    with network(tmp_path_factory.mktemp("tariffs"), "--drivers", "1", "--sites", "1") as central:
        central.wait_until(lambda each: bool(each.http.get("/tickets").json()), CHARGE_S)
        yield central


@pytest.fixture
def tariffs(browser: Browser, charged_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central, on the page of tariffs."""
    for panel in a_panel(browser, charged_central):
        yield panel.open("#/tariffs")


def form(panel: PanelPage, name: str = "Publish a tariff") -> Locator:
    """The form of that name, once it is open."""
    panel.page.get_by_role("button", name=name, exact=True).click()
    return panel.page.get_by_role("form", name=name)


def publish(panel: PanelPage, fields: Locator, version: str) -> None:
    """Press the button, answer the question, and see that it is done."""
    fields.get_by_role("button", name="Publish").click()
    panel.page.get_by_role("dialog", name=f"Publish {version.partition('@')[0]}?").get_by_role(
        "button", name="Publish"
    ).click()
    expect(panel.page.get_by_text(f"{version} is published.")).to_be_visible()


def fill(fields: Locator, **typed: str) -> None:
    labels = {"id": "ID of the tariff", "energy": "Energy", "idle": "Idle time", "vat": "VAT", "zone": "Time zone"}
    for name, text in typed.items():
        fields.get_by_label(labels[name]).fill(text)


def test_a_tariff_is_tried_on_the_last_week_and_published_by_a_short_form(tariffs: PanelPage) -> None:
    expect(tariffs.entry("Tariffs")).to_have_attribute("aria-current", "page")
    fields = form(tariffs)
    fill(fields, id="day", energy="0.90", idle="0.05", vat="21", zone=ZONE)
    fields.get_by_role("button", name="Try on the last week").click()
    tried = tariffs.page.get_by_role("region", name="What it would have made of the last week")
    expect(tried).to_contain_text("dearer")
    tried.locator("summary").first.click()
    lines = tried.get_by_role("table", name="What the price is made of").first
    expect(lines).to_contain_text(f"€{GAP}0.90/kWh")
    publish(tariffs, fields, "day@1")
    row = tariffs.page.locator('[data-tariff="day"]')
    expect(row).to_contain_text(f"Energy €{GAP}0.90/kWh, Idle time €{GAP}0.05/min")
    expect(row).to_contain_text("In force: day@1")
    row.get_by_role("link", name="day").click()
    expect(tariffs.heading("Tariff day")).to_be_focused()
    version = tariffs.page.locator('[data-version="day@1"]')
    for text in ("In force", "Always", f"VAT: 21{GAP}%", f"Time zone: {ZONE}"):
        expect(version).to_contain_text(text)


def test_the_next_version_begins_with_the_newest_and_comes_later(tariffs: PanelPage) -> None:
    tariffs.open("#/tariffs/day")
    fields = form(tariffs, "Publish the next version")
    expect(fields.get_by_label("Energy")).to_have_value("0.90")
    fill(fields, energy="1.00")
    begin = datetime.now() + timedelta(days=2)  # noqa: DTZ005
    fields.get_by_label("From").fill(f"{begin:%Y-%m-%dT%H:%M:%S}")
    publish(tariffs, fields, "day@2")
    version = tariffs.page.locator('[data-version="day@2"]')
    expect(version).to_have_attribute("data-state", "later")
    expect(version).to_contain_text(f"from {begin:%Y-%m-%d %H:%M:%S}")
    expect(tariffs.page.locator('[data-version="day@1"]')).to_have_attribute("data-state", "in_force")
    tariffs.page.get_by_role("link", name="All tariffs").click()
    expect(tariffs.page.locator('[data-tariff="day"]')).to_contain_text(f"Energy €{GAP}0.90/kWh")


def test_what_cannot_be_published_is_said_in_one_sentence(tariffs: PanelPage) -> None:
    fields = form(tariffs)
    fill(fields, id="bad", energy="free", vat="0")
    alert = fields.get_by_role("alert")
    fields.get_by_role("button", name="Try on the last week").click()
    expect(alert).to_have_text("An amount is a number of euros with up to six decimals, or empty.")
    fill(fields, energy="")
    fields.get_by_role("button", name="Try on the last week").click()
    expect(alert).to_contain_text("has no price")
    fields.get_by_label("JSON", exact=True).check()
    text = fields.get_by_label("The tariff as JSON")
    text.fill("{")
    fields.get_by_role("button", name="Try on the last week").click()
    expect(alert).to_contain_text("This is not JSON")
    text.fill('{"zone": "Europe/Nowhere", "elements": [{"energy_micro_euros_per_kwh": 1}]}')
    fields.get_by_role("button", name="Try on the last week").click()
    expect(alert).to_contain_text("is no time zone")


def test_a_tariff_with_more_elements_is_published_as_json_and_reads_in_words(tariffs: PanelPage) -> None:
    fields = form(tariffs)
    fill(fields, id="night")
    fields.get_by_label("JSON", exact=True).check()
    night = '{"energy_micro_euros_per_kwh": 100000, "local_from": "22:00", "local_to": "08:00"}'
    by_day = '{"energy_micro_euros_per_kwh": 400000, "weekdays": ["SATURDAY"], "min_mwh": 5000000}'
    fields.get_by_label("The tariff as JSON").fill(f'{{"zone": "{ZONE}", "elements": [{night}, {by_day}]}}')
    publish(tariffs, fields, "night@1")
    tariffs.open("#/tariffs/night")
    version = tariffs.page.locator('[data-version="night@1"]')
    for text in ("22:00 to 08:00", f"€{GAP}0.10/kWh", f"Saturday, from 5{GAP}kWh on", f"€{GAP}0.40/kWh"):
        expect(version).to_contain_text(text)
    fields = form(tariffs, "Publish the next version")
    expect(fields).to_contain_text("This tariff has more than the short form can say.")


def test_a_site_and_a_point_name_a_tariff_and_their_price_is_shown(
    tariffs: PanelPage, charged_central: Central
) -> None:
    tariffs.open("#/tariffs/day")
    section = tariffs.page.get_by_role("region", name="Who charges by it")
    site_id = charged_central.http.get("/cp/CP-001").json()["site_id"]
    field = section.get_by_label("Point or site")
    field.fill("nowhere")
    expect(section).to_contain_text("There is no such point or site.")
    field.fill(site_id)
    expect(section).to_contain_text("It names no tariff.")
    section.get_by_role("button", name="Charge by day").click()
    expect(section).to_contain_text("It charges by day@1, which it names.")
    field.fill("CP-001")
    expect(section).to_contain_text("It charges by day@1, which its site names.")
    section.get_by_role("button", name="Charge by day").click()
    expect(section).to_contain_text("It charges by day@1, which it names.")
    charged_central.wait_until(lambda each: each.http.get("/cp/CP-001").json()["euros_per_kwh"] == 0.9)
    section.get_by_role("button", name="Take it away").click()
    expect(section).to_contain_text("It charges by day@1, which its site names.")


def test_tariffs_and_their_form_fit_a_phone(tariffs: PanelPage) -> None:
    tariffs.page.set_viewport_size({"width": 360, "height": 740})
    tariffs.open("#/tariffs/day")
    fields = form(tariffs, "Publish the next version")
    fields.get_by_role("button", name="Try on the last week").click()
    expect(tariffs.page.get_by_role("region", name="What it would have made of the last week")).to_be_visible()
    assert tariffs.fits_the_width()
    tariffs.open("#/tariffs")
    form(tariffs)
    assert tariffs.fits_the_width()
