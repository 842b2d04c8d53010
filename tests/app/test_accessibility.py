"""Every screen as axe sees it, and nothing that does not fit: light and dark, from a small phone to a tablet."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.app.own_network import OwnNetwork
from tests.app.phone import Phone, a_phone
from tests.browser.test_accessibility import AXE, VIOLATIONS

LOOKS: dict[str, dict[str, Any]] = {
    "small": {"viewport": ViewportSize(width=320, height=640)},
    "dark": {"color_scheme": "dark", "reduced_motion": "reduce"},
    "tablet": {"viewport": ViewportSize(width=820, height=1100)},
}
SCREENS = {
    "near": "Near me",
    "points/CP-001": "CP-001",
    "sites/SITE-001": "SITE-001",
    "scan": "Which point?",
    "charging": "Charging",
    "history": "History",
    "reservations": "Bookings",
    "book/CP-001": "CP-001",
    "vehicles": "Vehicles",
    "profile": "Profile",
}
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def is_fine(phone: Phone) -> None:
    """axe finds nothing, and nothing is cut off."""
    phone.page.evaluate(AXE.read_text())
    assert phone.page.evaluate(VIOLATIONS) == []
    assert not phone.page.evaluate(TOO_WIDE)


@pytest.mark.parametrize("look", LOOKS)
def test_no_screen_has_a_violation(browser: Browser, network: OwnNetwork, look: str) -> None:
    with a_phone(browser, network.address, bypass_csp=True, **LOOKS[look]) as phone:
        phone.open()
        phone.sees("Charge your car")
        is_fine(phone)
        phone.register()
        for path, title in SCREENS.items():
            phone.open(path)
            phone.sees(title)
            is_fine(phone)
        for view in ("Sites", "Map", "Points"):
            phone.open("near")
            phone.tap(view, role="radio")
            is_fine(phone)
        phone.charge()
        is_fine(phone)
        phone.stop()
        phone.reads("stopped by the driver")
        is_fine(phone)
        phone.tab("History")
        phone.reads(re.compile("^CP-001$"))
        is_fine(phone)
