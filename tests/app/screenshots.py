"""Pictures of the drivers' app for the pages: `python -m tests.app.screenshots` writes `docs/screens/app.png` and
`docs/screens/app-dark.png`."""

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.app.own_network import own_network
from tests.app.phone import Phone, a_phone
from tests.browser.conftest import CHROMIUM, QUIET

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
BETWEEN, GROUND = 24, "#8a948f"
CHARGED_MS = 6_000
SITE = {
    "name": "North car park",
    "address": "Calle Mayor 1, Madrid",
    "coordinates": {"latitude": 40.4168, "longitude": -3.7038},
}


def pictured(phone: Phone) -> Image.Image:
    """What the phone shows."""
    return Image.open(io.BytesIO(phone.page.screenshot())).convert("RGB")


def by_day(browser: Browser, address: str) -> list[Image.Image]:
    """From the list of points to a receipt."""
    with a_phone(browser, address) as phone:
        phone.register("Dora")
        phone.reads("€0.30/kWh")
        found = [pictured(phone)]
        phone.tap(re.compile("^CP-001"), role="link")
        phone.reads("€3.00")
        found.append(pictured(phone))
        phone.charge()
        phone.page.wait_for_timeout(CHARGED_MS)
        found.append(pictured(phone))
        phone.stop()
        phone.reads("stopped by the driver")
        return [*found, pictured(phone)]


def by_night(browser: Browser, address: str) -> list[Image.Image]:
    """The map, a booking, history and the profile."""
    with a_phone(browser, address, color_scheme="dark") as phone:
        phone.register("Otto")
        phone.tap("Map", role="radio")
        phone.tap(re.compile("^North car park"))
        phone.reads("Calle Mayor 1, Madrid")
        found = [pictured(phone)]
        phone.open("book/CP-002")
        phone.tap("Tomorrow", role="radio")
        phone.tap("12:00", role="radio")
        found.append(pictured(phone))
        phone.tap(re.compile("^Book "))
        phone.reads("Booked")
        found.append(pictured(phone))
        phone.tab("Profile")
        return [*found, pictured(phone)]


def beside(pictures: list[Image.Image]) -> Image.Image:
    """All in one, from left to right."""
    width = sum(picture.width + BETWEEN for picture in pictures) + BETWEEN
    whole = Image.new("RGB", (width, pictures[0].height + 2 * BETWEEN), GROUND)
    left = BETWEEN
    for picture in pictures:
        whole.paste(picture, (left, BETWEEN))
        left += picture.width + BETWEEN
    return whole


def kept(name: str, pictures: list[Image.Image]) -> None:
    colours: Any = beside(pictures).quantize(128)
    colours.save(SCREENS / name, optimize=True)


if __name__ == "__main__":
    with TemporaryDirectory() as folder, own_network(Path(folder)) as network, sync_playwright() as playwright:
        httpx.put(f"{network.address}/api/v1/sites/SITE-001", json=SITE, trust_env=False).raise_for_status()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        kept("app.png", by_day(browser, network.address))
        kept("app-dark.png", by_night(browser, network.address))
        browser.close()
