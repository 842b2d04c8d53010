"""What the panel does when its live connection, or Central itself, is not there."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import SOCKET, PanelPage


def test_without_a_websocket_the_panel_polls_and_still_works(panel: PanelPage, central: Central) -> None:
    cp_id = sorted(point["cp_id"] for point in central.points())[0]
    panel.refuse_sockets()
    panel.open()
    expect(panel.link()).to_contain_text("Polling")
    panel.stop(cp_id)
    panel.expect_state(cp_id, "STOPPED")
    central.order(f"/cp/{cp_id}/resume")
    expect(panel.card(cp_id)).not_to_contain_text("Stopped", timeout=15_000)


def test_the_panel_goes_back_to_live_when_the_websocket_works_again(panel: PanelPage) -> None:
    panel.page.clock.install()
    panel.refuse_sockets()
    panel.open()
    expect(panel.link()).to_contain_text("Polling")
    panel.refuses_sockets = False
    panel.page.clock.fast_forward(30_000)
    expect(panel.link()).to_contain_text("Live", timeout=15_000)


def test_a_central_that_does_not_answer_is_named_until_it_does(panel: PanelPage) -> None:
    panel.refuse_sockets()
    panel.open()
    expect(panel.link()).to_contain_text("Polling")
    panel.cut_off()
    expect(panel.banner()).to_have_text("Cannot reach Central, retrying")
    panel.reconnect()
    expect(panel.banner()).to_have_count(0)


def test_an_old_state_is_never_shown_as_if_it_were_now(panel: PanelPage) -> None:
    panel.page.clock.install()
    panel.refuse_sockets()
    panel.open()
    expect(panel.cards().first).to_be_visible()
    panel.cut_off()
    panel.page.clock.fast_forward(11_000)
    expect(panel.cards("OLD").first).to_contain_text(re.compile(r"as of \d\d:\d\d:\d\d"))
    for state in ("ACTIVATED", "SUPPLYING"):
        expect(panel.cards(state)).to_have_count(0)
    expect(panel.link()).to_contain_text("as of")


def test_a_lost_link_goes_on_where_it_ended(panel: PanelPage, central: Central) -> None:
    ends: list[Callable[[], None]] = []
    told: list[tuple[str, str]] = []

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def tell(text: str | bytes) -> None:
            told.append((urlsplit(socket.url).query, json.loads(text)["type"]))
            socket.send(text)

        server.on_message(tell)
        ends.append(socket.close)

    panel.page.route_web_socket(SOCKET, connect)
    panel.open()
    expect(panel.link()).to_contain_text("Live")
    ends[0]()
    central.order("/cp/CP-003/stop")
    panel.expect_state("CP-003", "STOPPED")
    expect(panel.link()).to_contain_text("Live")
    marks = [query for query, _ in told if query]
    assert set(marks) == {marks[0]}
    assert marks[0].startswith("after=")
    assert {kind for query, kind in told if query} == {"changes"}
