"""Alerts on the panel: they open on a fault, are acknowledged, and close by themselves."""

import base64
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage

NOTE = "The electrician comes at ten"


def alerts(panel: PanelPage, rule: str = "fault") -> Locator:
    return panel.page.locator(f"[data-alert={rule}]")


@pytest.fixture
def faulty(panel: PanelPage, central: Central) -> PanelPage:
    """The page of alerts, once a point is in fault."""
    panel.open("#/alerts")
    central.order("/cp/CP-001/fault")
    return panel


def test_a_fault_is_acknowledged_with_a_note_and_closes_by_itself(faulty: PanelPage, central: Central) -> None:
    page = faulty.page
    alert = alerts(faulty).first
    expect(alert).to_contain_text("CP-001 is faulty: fault reported at the point")
    alert.get_by_role("button", name="Acknowledge").click()
    form = page.get_by_role("form", name="Acknowledge: CP-001 is faulty")
    expect(form.get_by_label("Note")).to_be_focused()
    form.get_by_label("Note").fill(NOTE)
    form.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged: CP-001 is faulty: fault reported at the point.")).to_be_visible()
    expect(alert).to_contain_text("Acknowledged by Somebody at this machine")
    expect(alert).to_contain_text(NOTE)
    expect(alert.get_by_role("button")).to_have_count(0)
    central.order("/cp/CP-001/recover")
    expect(alerts(faulty)).to_have_count(0)
    page.get_by_label("State").select_option("Closed")
    expect(alert).to_contain_text(NOTE)
    expect(alert).to_contain_text("closed")


def test_filters_are_in_the_address_and_an_alert_leads_to_its_point(faulty: PanelPage) -> None:
    page = faulty.page
    page.get_by_label("Rule").select_option("Offline")
    expect(page.get_by_text("No alert matches.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("No alert matches.")).to_be_visible()
    page.get_by_role("button", name="Show what is open").click()
    alerts(faulty).first.get_by_role("link", name="CP-001").click()
    expect(faulty.heading("Charging point CP-001")).to_be_visible()


def test_the_rules_are_told_and_all_of_it_fits_a_phone(faulty: PanelPage) -> None:
    page = faulty.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("Rules", exact=True).click()
    expect(page.get_by_role("row", name="Offline Error After 1\u202fmin its monitor is heard again")).to_be_visible()
    alerts(faulty).first.get_by_role("button", name="Acknowledge").click()
    assert faulty.fits_the_width()


class Receiver(BaseHTTPRequestHandler):
    """Keeps what was posted; `heard` is of all of them."""

    heard: ClassVar[list[tuple[dict[str, str], str]]] = []

    def do_POST(self) -> None:  # as the library calls it
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def receiver() -> Iterator[str]:
    """The address of somebody who is told of alerts."""
    Receiver.heard.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/alerts"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def telling(browser: Browser, tmp_path: Path) -> Iterator[tuple[PanelPage, Central]]:
    """The panel of a Central whose webhooks may go to this machine."""
    with network(tmp_path, "--drivers", "0", "--webhooks-private") as central:
        for panel in a_panel(browser, central):
            yield panel, central


def test_a_webhook_is_added_tried_and_told_of_an_alert(telling: tuple[PanelPage, Central], receiver: str) -> None:
    panel, central = telling
    page = panel.open("#/alerts").page
    page.get_by_text("Webhooks", exact=True).click()
    page.get_by_role("button", name="Add a webhook").click()
    form = page.get_by_role("form", name="Add a webhook")
    form.get_by_label("Address").fill(receiver)
    form.get_by_role("button", name="Add the webhook").click()
    shown = page.get_by_role("dialog", name=f"The secret of {receiver}")
    secret = shown.get_by_role("textbox").input_value()
    shown.get_by_role("button", name="I have kept it").click()
    assert secret not in page.content()
    webhook = page.get_by_role("listitem", name=receiver)
    webhook.get_by_role("button", name=f"Test {receiver}").click()
    expect(webhook.locator("[data-delivery=delivered]")).to_contain_text("Test")
    central.order("/cp/CP-001/fault")
    expect(webhook.locator("[data-delivery=delivered]")).to_have_count(2)
    assert [json.loads(body)["type"] for _, body in Receiver.heard] == ["webhook.test", "alert.opened"]
    for headers, body in Receiver.heard:
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        mark = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), said, "sha256")
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(mark).decode()}"
    webhook.get_by_role("button", name=f"Disable {receiver}").click()
    expect(webhook.get_by_text("Disabled")).to_be_visible()
    webhook.get_by_role("button", name=f"Remove {receiver}").click()
    page.get_by_role("dialog", name=f"Remove {receiver}?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nobody is told of alerts yet.")).to_be_visible()


def test_webhooks_fit_a_phone_and_what_is_no_address_is_told(panel: PanelPage) -> None:
    page = panel.page
    page.set_viewport_size({"width": 390, "height": 844})
    panel.may_refuse.add("/api/v1/webhooks")
    panel.open("#/alerts")
    page.get_by_text("Webhooks", exact=True).click()
    page.get_by_role("button", name="Add a webhook").click()
    page.get_by_label("Address").fill("ftp://example.org")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_role("alert")).to_contain_text("no address of HTTP")
    assert panel.fits_the_width()
