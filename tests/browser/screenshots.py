"""Pictures of the console for the pages. `python -m tests.browser.screenshots` starts a network with a month behind it,
brings it into a scene, and writes `docs/dashboard-preview.png`, `docs/screens/` and an animated walk."""

import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from evcharging.common.utils import changed
from evcharging.domain.session import Session
from tests.browser.conftest import CHROMIUM, QUIET, Central, network
from tests.browser.past_sessions import NOW, keep, past

DOCS = Path(__file__).parents[2] / "docs"
SCREENS = DOCS / "screens"
SIZE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
POINTS, DRIVERS, DAYS = 12, 6, 62
SHOWN_MS, COLOURS_QUALITY = 2_200, 70
WALK_WIDTH = 960
WISHED, ENOUGH, WAIT_S = 9, 4, 90.0

NOTHING_IS_READ = "() => !document.querySelector('main').innerText.includes('…')"
"""What is still read says so, with three dots at its end."""

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
}
WALK = ("overview", "points", "table", "point", "sessions", "money", "alerts")


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


def set_the_scene(central: Central) -> None:
    """One point is stopped, one faulty, one not there, and some supply."""
    central.order("/cp/CP-006/stop")
    central.order("/cp/CP-011/fault")
    central.http.post("/cp/register", json={"cp_id": "CP-013", "location": "Bay 13"}).raise_for_status()
    central.wait_until(are_supplying, WAIT_S)


def are_supplying(central: Central) -> bool:
    return len([point for point in central.points() if point["state"] == "SUPPLYING"]) >= ENOUGH


def seen(page: Page, central: Central, name: str) -> None:
    """A page of the console, with all that it reads."""
    page.goto(f"{central.address}/{ROUTES[name]}")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_function(NOTHING_IS_READ)


def take(central: Central, folder: Path) -> None:
    """All pictures, in light, and some in dark and on a phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        for name in ROUTES:
            seen(page, central, name)
            page.screenshot(path=folder / f"{name}.png")
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
        keep(folder, *past_days(random.Random(1)))
        SCREENS.mkdir(exist_ok=True)
        wishes = folder / "wishes.txt"
        wishes.write_text("".join(f"CP-{number:03}\n" for number in range(1, WISHED + 1)))
        drivers = ("--drivers", str(DRIVERS), "--requests-file", str(wishes), "--request-interval", "1")
        with network(folder, "--points", str(POINTS), *drivers) as central:
            set_the_scene(central)
            take(central, SCREENS)
    copyfile(SCREENS / "points.png", DOCS / "dashboard-preview.png")
    make_walk(SCREENS, SCREENS / "walk.webp")
    sys.stdout.write(f"Written: {DOCS / 'dashboard-preview.png'}, and {SCREENS}\n")


if __name__ == "__main__":
    main()
