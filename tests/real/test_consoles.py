"""The consoles of two Centrals on one Kafka: each shows all points and gives orders to all, and one goes on when the
other is killed."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from evcharging.common.kafka import partition_of
from evcharging.tests.stages.postgres import Postgres
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.panel_page import PanelPage
from tests.real.network import Network
from tools.broker.broker import Broker

SHARDS = 8
CENTRALS = ("central 1", "central 2")
CHARGING = ["N001", "S001"]
LONG = {"CP_ENGINE_SUPPLY_TICKS": "600"}
"""A supply goes on for longer than any test here."""

IS_WANTED = "CI" in os.environ or shutil.which("chromium") is not None
pytestmark = pytest.mark.skipif(not IS_WANTED, reason="there is no Chromium")


@pytest.fixture(scope="module")
def network(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Two Centrals that share the shards, and two fleets whose points are in all of them."""
    with Network(tmp_path_factory.mktemp("consoles"), running_broker, postgres) as network:
        for name in CENTRALS:
            network.add_central(name)
        network.add_fleet("N", 5, CENTRALS, **LONG)
        network.add_fleet("S", 5, CENTRALS[::-1], **LONG)
        assert {partition_of(cp_id, SHARDS) for cp_id in network.points} == set(range(SHARDS))
        network.restore()
        network.until(lambda: [network.shards_of(name) for name in CENTRALS] == [4, 4], "each has half of the shards")
        yield network


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with this file: whoever comes next in this process may run tasks of their own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def consoles(browser: Browser, network: Network) -> Iterator[list[PanelPage]]:
    """The table of all points as the first Central shows it, and as the second does."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield [PanelPage(context.new_page(), address_of(network, name)).open("#/points?view=table") for name in CENTRALS]
    context.close()


def address_of(network: Network, central: str) -> str:
    network.look_at(central)
    return f"http://localhost:{network.central_port}"


def expect_all(console: PanelPage, network: Network, state: str) -> None:
    """Every point is seen there, and so."""
    expect(console.cards(state)).to_have_count(len(network.points), timeout=30_000)


def order_all(console: PanelPage, verb: str) -> None:
    """An order to each of the points that are listed."""
    console.page.get_by_role("checkbox", name="Choose all that are listed").check()
    console.page.get_by_role("region", name="Chosen points").get_by_role("button", name=verb).click()


def test_an_order_on_either_page_is_done_wherever_the_point_is_and_seen_on_both(
    consoles: list[PanelPage], network: Network
) -> None:
    for console, verb, state in zip(consoles, ("Stop", "Resume"), ("STOPPED", "ACTIVATED"), strict=True):
        order_all(console, verb)
        for each in consoles:
            expect_all(each, network, state)
    assert [console.complaints for console in consoles] == [[], []]


def test_when_a_central_is_killed_its_page_says_so_and_the_other_page_goes_on_with_all_points(
    consoles: list[PanelPage], network: Network
) -> None:
    dead, alive = consoles
    network.drive("d", CHARGING)
    for console in consoles:
        expect(console.cards("SUPPLYING")).to_have_count(len(CHARGING))
    network["central 1"].kill()
    expect(dead.banner()).to_have_text("Cannot reach Central, retrying")
    expect_all(dead, network, "OLD")
    expect(dead.link()).to_contain_text(re.compile(r"as of \d\d:\d\d:\d\d"))
    network.until(lambda: network.shards_of("central 2") == SHARDS, "the other has all shards")
    expect(alive.cards("SUPPLYING")).to_have_count(len(CHARGING))
    expect(alive.cards("ACTIVATED")).to_have_count(len(network.points) - len(CHARGING))
    expect(alive.link()).to_contain_text("Live")
    order_all(alive, "Stop")
    alive.page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect_all(alive, network, "STOPPED")
    assert alive.complaints == []
    network["central 1"].start()
    expect_all(dead, network, "STOPPED")
    expect(dead.banner()).to_have_count(0)
