"""Whatever happens on the way: a page that is loaded again, a connection that is lost, a Central that begins again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.app.own_network import OwnNetwork, own_network
from tests.app.phone import Phone, a_phone


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNetwork]:
    """One of its own, since a test kills it."""
    with own_network(tmp_path_factory.mktemp("mortal")) as network:
        yield network


def test_a_charge_is_seen_again_after_a_reload(phone: Phone) -> None:
    phone.register()
    phone.charge()
    before = phone.kwh()
    phone.page.reload()
    phone.sees("Charging")
    phone.reads("Hold to stop")
    assert phone.kwh() >= before
    phone.stop()


def test_without_a_connection_the_last_known_figures_stay_with_their_time(phone: Phone) -> None:
    phone.register()
    phone.charge()
    phone.context.set_offline(True)
    phone.reads(re.compile("No connection. What you see is the last that was known."))
    phone.reads(re.compile("^As of "))
    frozen = phone.kwh()
    phone.context.set_offline(False)
    expect(phone.page.get_by_text("No connection")).to_have_count(0)
    expect(phone.page.get_by_text(f"{frozen:g}", exact=True)).to_have_count(0)
    assert phone.kwh() > frozen
    phone.stop()


def test_a_central_that_is_killed_and_begins_again_is_found_again(browser: Browser, network: OwnNetwork) -> None:
    with a_phone(browser, network.address) as phone:
        phone.register()
        phone.charge()
        network.kill()
        phone.reads(re.compile("No connection"))
        network.start()
        expect(phone.page.get_by_text("No connection")).to_have_count(0)
        if phone.page.get_by_role("button", name="Hold to stop").count():
            phone.stop()
        phone.sees("Receipt")
        phone.page.reload()
        phone.sees("Receipt")
        phone.tab("History")
        phone.reads("CP-001")
