"""Pictures of the console for the pages. `python -m tests.browser.screenshots` starts a network with a month behind it,
brings it into a scene, and writes `docs/dashboard-preview.png`, `docs/screens/` and an animated walk."""

import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import Notice, NoticeCode, noticed
from evcharging.domain.session import Session
from tests.browser.conftest import CHROMIUM, QUIET, Central, network
from tests.browser.described_sites import describe, planned
from tests.browser.past_sessions import NOW, PRICE, keep, past

DOCS = Path(__file__).parents[2] / "docs"
SCREENS = DOCS / "screens"
SIZE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
POINTS, DRIVERS, DAYS = 12, 6, 62
SHOWN_MS, COLOURS_QUALITY = 2_200, 70
WALK_WIDTH = 960
WISHED, ENOUGH, WAIT_S = 9, 4, 90.0

NOTHING_IS_READ = "() => !document.querySelector('main').innerText.includes('…')"
"""What is still read says so, with three dots at its end."""

THEN = (NOW - timedelta(days=1)).replace(hour=12, minute=40, second=0)
"""The moment that is replayed, at which one point is faulty."""

NOBODY_IS_THERE = "() => document.activeElement?.blur()"
"""What has the focus is outlined for who goes on by keys alone."""

ROUTES = {
    "overview": "#/overview?range=30d",
    "points": "#/points",
    "table": "#/points?view=table",
    "point": "#/points/CP-001?range=7d",
    "sessions": "#/sessions",
    "money": "#/money?range=30d",
    "tariffs": "#/tariffs",
    "alerts": "#/alerts",
    "settings": "#/settings",
    "sites": "#/sites",
    "site": "#/sites/SITE-001?range=7d",
    "map": "#/map",
    "replay": f"#/replay?at={THEN:%Y-%m-%dT%H:%M:%SZ}",
    "lab": "#/lab",
}
BUS = "#/bus"
WALK = ("overview", "points", "table", "point", "sessions", "money", "map", "site", "replay", "bus", "lab", "alerts")

PLACES = {
    "SITE-001": ("Atocha car park", "Calle de Atocha 112, Madrid", (40.4066, -3.6893)),
    "SITE-002": ("Triana market", "Calle San Jorge 6, Sevilla", (37.3858, -6.0034)),
    "SITE-003": ("Harbour", "Moll de la Marina 1, Valencia", (39.4610, -0.3240)),
}
BAYS = planned(CP_001=(2.0, 3.0, 0), CP_004=(6.0, 3.0, 0), CP_007=(10.0, 3.0, 0), CP_010=(14.0, 3.0, 0))
IDS = [f"CP-{number:03}" for number in range(1, POINTS + 1)]
FAULTY = "CP-005"


def past_days(chance: random.Random) -> Iterator[Session]:
    """What two months brought: more by day than by night, and more on weekdays."""
    number = 0
    for day in range(DAYS, 0, -1):
        ended = NOW - timedelta(days=day)
        for _ in range(chance.randint(14, 24) if ended.weekday() < 5 else chance.randint(6, 12)):
            number += 1
            at = ended + timedelta(hours=chance.triangular(0, 22, 12) - NOW.hour)
            session = past(number, min(at, NOW - timedelta(hours=2)), chance.randint(4, 28))
            cp_id, driver_id = f"CP-{chance.randint(1, POINTS):03}", f"driver-{chance.randint(1, 60)}"
            yield changed(session, cp_id=cp_id, driver_id=driver_id)


def known_points() -> Iterator[Point]:
    """The points as they were registered."""
    for number, cp_id in enumerate(IDS, 1):
        yield Point(
            cp_id=cp_id,
            location=f"Bay {number}",
            registered_at=NOW - timedelta(days=DAYS),
            own_micro_euros_per_kwh=PRICE,
        )


def past_words() -> Iterator[Notice]:
    """What was told of the points before: they came, and one of them was faulty for half an hour."""
    told: list[tuple[NoticeCode, str | None, float]] = [(NoticeCode.CENTRAL_OK, None, 30)]
    told += [(NoticeCode.POINT_ONLINE, cp_id, 29) for cp_id in IDS]
    told += [(NoticeCode.POINT_FAULTY, FAULTY, 0.2), (NoticeCode.POINT_IN_SERVICE, FAULTY, -0.3)]
    for number, (code, cp_id, hours) in enumerate(told):
        detail = "smoke in the cabinet" if code is NoticeCode.POINT_FAULTY else None
        yield noticed(code, f"past-{number}", THEN - timedelta(hours=hours), cp_id, detail=detail)


def set_the_scene(central: Central) -> None:
    """One point is stopped, one faulty, one not there, and some supply; sites are described."""
    central.wait_until(knows_its_sites, WAIT_S)
    for site_id, (name, address, at) in PLACES.items():
        plan: dict[str, Any] = {"plan": BAYS} if site_id == "SITE-001" else {}
        describe(central, site_id, name=name, address=address, at=at, time_zone="Europe/Madrid", **plan)
    central.order("/cp/CP-006/stop")
    central.order("/cp/CP-011/fault")
    central.http.post("/cp/register", json={"cp_id": "CP-013", "location": "Bay 13"}).raise_for_status()
    central.wait_until(are_supplying, WAIT_S)


def knows_its_sites(central: Central) -> bool:
    return len(central.http.get("/api/v1/sites").json()["items"]) == len(PLACES)


def are_supplying(central: Central) -> bool:
    return len([point for point in central.points() if point["state"] == "SUPPLYING"]) >= ENOUGH


def seen(page: Page, central: Central, name: str) -> None:
    """A page of the console, with all that it reads."""
    page.goto(f"{central.address}/{ROUTES[name]}")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_function(NOTHING_IS_READ)
    if "range=" in ROUTES[name]:
        expect(page.locator("canvas").first).to_be_visible()
    if name == "map":
        expect(page.locator("[data-coasts=fine]")).to_be_visible()
    page.evaluate(NOBODY_IS_THERE)


def bus_seen(page: Page, central: Central) -> None:
    """The page of the bus, with messages and frames, of which one is open."""
    page.goto(f"{central.address}/{BUS}")
    expect(page.locator('[data-topic="link.engines"] [data-figure="rate"]')).not_to_have_text("–")
    expect(page.locator("[data-message]").nth(20)).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    page.locator("[data-message]").nth(2).get_by_role("button").first.click()
    expect(page.get_by_text("Field by field")).to_be_visible()
    page.evaluate(NOBODY_IS_THERE)
    page.evaluate("scrollTo(0, 0)")


def take(central: Central, folder: Path) -> None:
    """All pictures, in light, and some in dark and on a phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        for name in ROUTES:
            seen(page, central, name)
            page.screenshot(path=folder / f"{name}.png")
        bus_seen(page, central)
        page.screenshot(path=folder / "bus.png")
        seen(page, central, "points")
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Find a page").fill("cp-00")
        expect(page.get_by_role("option", name="CP-001").first).to_be_visible()
        page.screenshot(path=folder / "find.png")
        page.keyboard.press("Escape")
        page.emulate_media(color_scheme="dark")
        seen(page, central, "points")
        page.screenshot(path=folder / "points-dark.png")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        seen(page, central, "points")
        page.screenshot(path=folder / "points-phone.png")
        browser.close()


def make_walk(folder: Path, target: Path) -> None:
    """One picture after the other."""
    pictures = [Image.open(folder / f"{name}.png").convert("RGB") for name in WALK]
    height = round(SIZE["height"] * WALK_WIDTH / SIZE["width"])
    frames = [picture.resize((WALK_WIDTH, height), Image.Resampling.LANCZOS) for picture in pictures]
    frames[0].save(target, save_all=True, append_images=frames[1:], duration=SHOWN_MS, loop=0, quality=COLOURS_QUALITY)


def main() -> None:
    """Make them all anew."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        keep(folder, *past_days(random.Random(1)), notices=[*past_words()], points=[*known_points()])
        SCREENS.mkdir(exist_ok=True)
        wishes = folder / "wishes.txt"
        wishes.write_text("".join(f"CP-{number:03}\n" for number in range(1, WISHED + 1)))
        drivers = ("--drivers", str(DRIVERS), "--requests-file", str(wishes), "--request-interval", "1")
        with network(folder, "--points", str(POINTS), "--sites", str(len(PLACES)), *drivers) as central:
            set_the_scene(central)
            take(central, SCREENS)
    copyfile(SCREENS / "points.png", DOCS / "dashboard-preview.png")
    make_walk(SCREENS, SCREENS / "walk.webp")
    sys.stdout.write(f"Written: {DOCS / 'dashboard-preview.png'}, and {SCREENS}\n")


if __name__ == "__main__":
    main()
