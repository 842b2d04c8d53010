"""The app in a browser of a phone's size, as a driver uses it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

SIZE = ViewportSize(width=390, height=844)
_numbers = count(1)

OFFLINE = re.compile("net::ERR_|WebSocket connection|Failed to load resource")
"""What a browser says of a connection that a test has cut."""


class Phone:
    """What a driver does. `taps` counts what was touched; `asked`, every address that was; `complaints`, what the page
    said was wrong."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.address = address
        self.taps = 0
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url.replace("ws", "http", 1)))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self._complain(said.type, said.text))

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not OFFLINE.search(text):
            self.complaints.append(text)

    def open(self, path: str = "") -> None:
        """Go to a path of the app."""
        self.page.goto(f"{self.address}/app/{f'#/{path}' if path else ''}")

    def register(self, name: str | None = None) -> None:
        """Make an account, and be at the list of points."""
        self.open()
        self.page.get_by_label("Name").fill(name or f"Dora {next(_numbers)}")
        self.tap("Start")
        self.sees("Near me")

    def tap(self, name: str | re.Pattern[str], role: Any = "button") -> None:
        """Touch what has this name."""
        self.page.get_by_role(role, name=name).first.click()
        self.taps += 1

    def tab(self, name: str) -> None:
        """Go to one of the five places."""
        self.page.get_by_role("navigation").get_by_role("link", name=name).click()
        self.sees(name)

    def sees(self, heading: str) -> None:
        """A screen with this title is there."""
        expect(self.page.get_by_role("heading", name=heading, level=1, exact=True)).to_be_visible()

    def reads(self, text: str | re.Pattern[str]) -> None:
        """Something is to be read there."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def stop(self) -> None:
        """Keep the button pressed that stops a charge, until its receipt is there."""
        button = self.page.get_by_role("button", name="Hold to stop").first
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.sees("Receipt")
        self.page.mouse.up()
        self.taps += 1

    def charge(self, cp_id: str = "CP-001") -> None:
        """Begin a charge of 10 kWh, which goes on until it is stopped, and wait for its first figures."""
        self.open(f"points/{cp_id}")
        self.sees(cp_id)
        self.tap("Start charging")
        self.sees("Charging")
        self.reads("Hold to stop")
        self.reads(re.compile(r"^22 kW$"))

    def kwh(self) -> float:
        """What the ring shows."""
        shown = self.page.get_by_role("main").inner_text().splitlines()
        return float(shown[shown.index("kWh") - 1])


@contextmanager
def a_phone(browser: Browser, address: str, **look: Any) -> Iterator[Phone]:
    """A phone; after its test nothing was complained of, and nobody but Central was asked for anything."""
    context = browser.new_context(**{"viewport": SIZE, "locale": "en-GB", **look})
    phone = Phone(context, address)
    yield phone
    context.close()
    assert phone.complaints == []
    assert {url for url in phone.asked if not url.startswith(f"{address}/")} == set()
