"""A Central that people sign in to, and those people: each with an account, and a session as a browser keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser

from tests.browser.conftest import ANSWER_S, Central, network
from tests.browser.panel_page import PanelPage
from tests.people import PHRASE, use
from tests.people import invite as invited

ADMIN = "ann"


@contextmanager
def secure_network(folder: Path, *options: str) -> Iterator[Central]:
    """A network whose first administrator is made before anybody looks at it, and in which everything that this brings
    about is done; the test asks as that one."""
    with network(folder, *options) as central:
        central.http.headers["Origin"] = central.address
        use(central.http, invite(central, ADMIN, "admin"), ADMIN)
        central.wait_until(lambda each: each.http.get("/api/v1/access").json()["who"]["name"] == ADMIN)
        central.wait_until(has_claimed_its_keys)
        yield central


def has_claimed_its_keys(central: Central) -> bool:
    """An action of Central's own, soon after it is secure."""
    return bool(central.http.get("/api/v1/audit", params={"action": "use_key"}).json()["items"])


def invite(central: Central, name: str, role: str) -> str:
    """An account that has no password yet; the token of its link."""
    return invited(central.http, name, role)


def account_id(central: Central, name: str) -> str:
    found: str = next(each["account_id"] for each in central.http.get("/api/v1/users").json() if each["name"] == name)
    return found


def panel_of(browser: Browser, central: Central, cookies: httpx.Cookies | None = None) -> PanelPage:
    """A panel in a browser of its own, of whoever has these cookies; not opened yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for cookie in (cookies or httpx.Cookies()).jar:
        context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": central.address}])
    return PanelPage(context.new_page(), central.address)


def signed_in(browser: Browser, central: Central, name: str, role: str) -> PanelPage:
    """The panel of somebody new."""
    with httpx.Client(base_url=central.address, timeout=ANSWER_S, trust_env=False) as http:
        use(http, invite(central, name, role), name)
        return panel_of(browser, central, http.cookies)


def end(panel: PanelPage) -> None:
    """Nothing was complained of, and nobody but Central was asked for anything."""
    panel.page.context.close()
    assert panel.complaints == []
    assert {address for address in panel.asked if not address.startswith(panel.address)} == set()


def fill_sign_in(panel: PanelPage, name: str, password: str = PHRASE) -> None:
    form = panel.page.get_by_role("form", name="Sign in")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Password").fill(password)
    form.get_by_role("button", name="Sign in").click()
