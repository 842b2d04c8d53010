"""What a page of another site gets from Central, in a real browser: one that lets its own name lead to this machine,
and one that asks across sites."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import CHROMIUM, QUIET, Central

TO_THIS_MACHINE = "--host-resolver-rules=MAP evil.example 127.0.0.1"
BY_ITSELF = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
"""What newer browsers would refuse on their own is let through, so that it is Central that refuses."""

ASK = """async ([address, method]) => {
  try {
    const answer = await fetch(address, { method, mode: address.startsWith('/') ? 'same-origin' : 'no-cors' })
    return answer.status
  } catch { return 'refused' }
}"""
LOOK = """address => new Promise((resolve) => {
  const socket = new WebSocket(address)
  socket.onmessage = () => resolve('told')
  socket.onclose = () => resolve('refused')
})"""


@pytest.fixture
def evil(browser: Browser, central: Central) -> Iterator[Page]:
    """A page of evil.example, whose name leads to this machine by now; it came from elsewhere before."""
    deceived = browser.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, TO_THIS_MACHINE, BY_ITSELF])
    page = deceived.new_page()
    here = central.address.replace("127.0.0.1", "localhost")

    def fulfill(route: Route) -> None:
        route.fulfill(body=f"<!doctype html><a href='{here}/'>look</a>", content_type="text/html")

    page.route("**/evil", fulfill)
    page.goto(f"{named(central)}/evil")
    yield page
    deceived.close()


def named(central: Central) -> str:
    return central.address.replace("127.0.0.1", "evil.example")


def test_a_name_that_was_made_to_lead_here_opens_no_page(evil: Page, central: Central) -> None:
    answer = evil.goto(f"{named(central)}/")
    assert answer is not None
    assert answer.status == 421
    expect(evil.locator("body")).to_contain_text("This is not an address of this server")


def test_a_page_under_such_a_name_can_neither_read_nor_order_nor_look_on(evil: Page, central: Central) -> None:
    for method, path in (("GET", "/cp"), ("GET", "/health"), ("POST", "/cp/stop"), ("DELETE", "/cp/CP-001")):
        assert evil.evaluate(ASK, [path, method]) == 421, path
    assert evil.evaluate(LOOK, f"{named(central)}/ws".replace("http", "ws")) == "refused"
    assert_untouched(central)


def test_a_page_of_another_site_can_neither_order_nor_look_on(evil: Page, central: Central) -> None:
    for host in ("localhost", "127.0.0.1"):
        address = central.address.replace("127.0.0.1", host)
        for method in ("POST", "GET"):
            assert evil.evaluate(ASK, [f"{address}/cp/stop", method]) in (0, "refused")
        assert evil.evaluate(LOOK, f"{address}/ws".replace("http", "ws")) == "refused"
    assert_untouched(central)


def test_a_link_on_another_sites_page_may_be_followed(evil: Page) -> None:
    evil.get_by_role("link", name="look").click()
    expect(evil).to_have_title("Charging points · EV Charging")
    expect(evil.locator("[data-link]")).to_contain_text("Live")


def assert_untouched(central: Central) -> None:
    assert [point["cp_id"] for point in central.points() if point["stopped"]] == []
