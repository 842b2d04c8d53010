"""The queue of a site on its page, and the ways to a site from a point, a session and the palette."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import ANSWER_S, Central
from tests.browser.described_sites import SOUTH, describe
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import end, panel_of, secure_network
from tests.people import PHRASE, invite, use

ONLY = "CP-002"
"""The one point of the site."""


class Driver:
    """Somebody who asks for any point of the site."""

    def __init__(self, central: Central, http: httpx.Client, name: str) -> None:
        self._http = http
        use(http, invite(central.http, name, "driver", driver_id=name), name)
        tokens = http.post("/api/v1/auth/login", json={"name": name, "password": PHRASE}).raise_for_status().json()
        http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        answer = http.post(f"/api/v1/sites/{SOUTH}/sessions", json={"kwh": 10.5}, headers={"Prefer": "wait=10"})
        self._asked = answer.raise_for_status().json()

    def stop(self) -> None:
        """End the session before it has begun."""
        self._http.post(f"/api/v1/me/sessions/{self._asked['session_id']}/stop").raise_for_status()

    def leave(self) -> None:
        """Leave the queue."""
        self._http.delete(f"/api/v1/me/queue/{self._asked['request_id']}").raise_for_status()


@contextmanager
def drivers(central: Central, *names: str) -> Iterator[list[Driver]]:
    """Drivers who ask one after the other."""
    with ExitStack() as stack:
        clients = [httpx.Client(base_url=central.address, timeout=ANSWER_S, trust_env=False) for _ in names]
        yield [Driver(central, stack.enter_context(http), name) for http, name in zip(clients, names, strict=True)]


def has_a_free_point(central: Central) -> bool:
    """Whether the site knows of its point, which has to prove its key anew once people sign in."""
    answer = central.http.get(f"/api/v1/sites/{SOUTH}")
    return answer.is_success and answer.json()["points"]["ACTIVATED"] == 1


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose points wait for hands, so that who has one keeps it."""
    with secure_network(tmp_path_factory.mktemp("queue"), "--drivers", "0", "--manual", "--sites", "2") as central:
        central.wait_until(has_a_free_point, seconds=60)
        describe(central, SOUTH, name="South station")
        yield central


@pytest.fixture
def panel(browser: Browser, central: Central) -> Iterator[PanelPage]:
    panel = panel_of(browser, central, central.http.cookies)
    yield panel
    end(panel)


def waiting(panel: PanelPage) -> Locator:
    return panel.page.locator("[data-waiting]")


def test_who_waits_is_seen_live_with_the_point_that_is_kept_and_until_when(panel: PanelPage, central: Central) -> None:
    panel.open(f"#/sites/{SOUTH}")
    expect(panel.page.get_by_text("Nobody waits here.")).to_be_visible()
    with drivers(central, "alice", "bob", "carol") as (first, second, third):
        expect(panel.page.get_by_role("heading", name="Queue: 2 wait")).to_be_visible()
        expect(waiting(panel).first).to_contain_text("bob")
        expect(waiting(panel).first).to_contain_text("10.500\u202fkWh")
        expect(waiting(panel).nth(1)).to_contain_text("waits for a point")
        panel.open("#/sites")
        expect(panel.page.locator(f'[data-site="{SOUTH}"]')).to_contain_text("1 point, 2 wait")
        panel.open(f"#/sites/{SOUTH}")
        first.stop()
        expect(waiting(panel).first).to_contain_text(f"{ONLY} is kept until", timeout=60_000)
        second.leave()
        third.leave()
    expect(panel.page.get_by_text("Nobody waits here.")).to_be_visible()


def test_a_site_is_reached_by_its_name_from_the_palette_and_from_its_point(panel: PanelPage) -> None:
    panel.open("#/points")
    expect(panel.cards().first).to_be_visible()
    panel.page.keyboard.press("Control+k")
    panel.page.get_by_role("combobox", name="Find a page").fill("south")
    panel.page.get_by_role("option", name="South station").click()
    expect(panel.heading("Site South station")).to_be_focused()
    panel.open(f"#/points/{ONLY}")
    panel.page.get_by_role("link", name=SOUTH, exact=True).click()
    expect(panel.heading("Site South station")).to_be_focused()


def test_a_session_leads_to_its_point_and_its_site(panel: PanelPage, central: Central) -> None:
    (session,) = central.http.get("/api/v1/sessions", params={"q": "alice"}).json()["items"]
    panel.open(f"#/sessions/{session['session_id']}")
    expect(panel.page.get_by_role("link", name=ONLY, exact=True)).to_have_attribute("href", f"#/points/{ONLY}")
    expect(panel.page.get_by_role("link", name=SOUTH, exact=True)).to_have_attribute("href", f"#/sites/{SOUTH}")


def test_the_queue_fits_a_phone(panel: PanelPage, central: Central) -> None:
    with drivers(central, "dave", "erin") as (first, second):
        panel.page.set_viewport_size({"width": 360, "height": 740})
        panel.open(f"#/sites/{SOUTH}")
        expect(waiting(panel)).to_have_count(1)
        assert panel.fits_the_width()
        second.leave()
        first.stop()
