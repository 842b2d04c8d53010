"""What an operator sees and does on the panel of a running network."""

from playwright.sync_api import expect

from tests.browser.conftest import POINTS, Central
from tests.browser.panel_page import PanelPage, tone


def ids(central: Central) -> list[str]:
    return sorted(point["cp_id"] for point in central.points())


def test_there_is_a_card_for_every_charging_point(panel: PanelPage, central: Central) -> None:
    panel.open()
    expect(panel.link()).to_contain_text("Live")
    for point in central.points():
        card = panel.card(point["cp_id"])
        expect(card).to_contain_text(point["location"])
        expect(card).to_contain_text("/kWh")
    expect(panel.counter("Points")).to_contain_text(str(len(central.points())))


def test_a_drivers_supply_is_seen_to_grow_and_stands_among_the_requests(panel: PanelPage) -> None:
    panel.open()
    panel.wait_for_growing_figures()
    expect(panel.requests().nth(1)).to_contain_text("CP-", timeout=30_000)
    supplying = panel.cards("SUPPLYING").first
    expect(supplying.locator("[data-figure=driver]")).not_to_be_empty(timeout=30_000)
    assert tone(supplying.locator("[data-badge]")) == "green"


def test_stop_takes_a_point_out_of_order_and_resume_brings_it_back(panel: PanelPage, central: Central) -> None:
    cp_id = ids(central)[0]
    panel.open()
    panel.stop(cp_id)
    card = panel.expect_state(cp_id, "STOPPED")
    expect(card).to_contain_text("Stopped")
    assert tone(card.locator("[data-badge]")) == "orange"
    expect(panel.messages()).to_contain_text(cp_id)
    panel.press("Resume", cp_id)
    expect(card).not_to_contain_text("Stopped")
    assert tone(card.locator("[data-badge]")) == "green"


def test_stop_ends_a_running_supply(panel: PanelPage) -> None:
    panel.open()
    supplying = panel.cards("SUPPLYING").first
    cp_id = supplying.get_attribute("data-point", timeout=40_000)
    assert cp_id
    panel.stop(cp_id)
    card = panel.expect_state(cp_id, "STOPPED")
    expect(card.locator("[data-figure]")).to_have_count(0)


def test_a_fault_is_red_with_its_reason_until_it_clears(panel: PanelPage, central: Central) -> None:
    cp_id = ids(central)[1]
    panel.open()
    panel.choose("Cause a fault", cp_id)
    card = panel.expect_state(cp_id, "FAULT")
    reason = next(point["reason"] for point in central.points() if point["cp_id"] == cp_id)
    expect(card).to_contain_text(reason, ignore_case=True)
    expect(card).to_contain_text("Since")
    assert tone(card.locator("[data-badge]")) == "red"
    expect(panel.counter("Faulty")).to_contain_text("1")
    panel.choose("Recover", cp_id)
    expect(card.locator("[data-badge]")).to_contain_text("ACTIVATED", timeout=15_000)


def test_stop_all_asks_first_and_resume_all_brings_every_point_back(panel: PanelPage, central: Central) -> None:
    panel.open()
    expect(panel.cards()).to_have_count(len(ids(central)))
    panel.page.get_by_role("button", name="Stop all").click()
    panel.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(panel.cards("STOPPED")).to_have_count(0)
    panel.stop_all()
    expect(panel.cards("STOPPED")).to_have_count(POINTS, timeout=15_000)
    panel.resume_all()
    expect(panel.cards("STOPPED")).to_have_count(0, timeout=15_000)


def test_a_point_that_never_connected_is_grey_and_its_words_are_only_words(panel: PanelPage, central: Central) -> None:
    location = "<img src=x onerror=document.title='broken'>"
    central.http.post("/cp/register", json={"cp_id": "CP-900", "location": location}).raise_for_status()
    panel.open()
    card = panel.expect_state("CP-900", "DISCONNECTED")
    expect(card).to_contain_text(location)
    assert tone(card.locator("[data-badge]")) == "grey"
    expect(panel.page).to_have_title("Charging points · EV Charging")


def test_cards_can_be_filtered_by_text_and_by_state(panel: PanelPage, central: Central) -> None:
    cp_id = ids(central)[2]
    panel.open()
    panel.filter(cp_id.lower())
    expect(panel.cards()).to_have_count(1)
    panel.filter("")
    panel.stop(cp_id)
    panel.expect_state(cp_id, "STOPPED")
    panel.counter("Stopped").click()
    expect(panel.cards()).to_have_count(1)
    expect(panel.card(cp_id)).to_be_visible()


def test_a_refused_order_is_told_in_one_sentence(panel: PanelPage, central: Central) -> None:
    cp_id = ids(central)[0]
    sentence = "The database does not answer, so nothing was changed."
    panel.answer(f"/cp/{cp_id}/stop", 503, {"title": "Unavailable", "status": 503, "detail": sentence})
    panel.open()
    panel.press("Stop", cp_id)
    question = panel.page.get_by_role("dialog")
    said = panel.page.get_by_text(sentence)
    expect(question.or_(said).first).to_be_visible()
    if question.is_visible():
        question.get_by_role("button", name=f"Stop {cp_id}").click()
    expect(panel.page.get_by_text(sentence)).to_be_visible()


def test_in_manual_mode_a_supply_runs_from_plug_to_unplug(manual_panel: PanelPage) -> None:
    panel = manual_panel.open()
    panel.press("Plug in", "CP-001")
    panel.expect_state("CP-001", "SUPPLYING")
    panel.wait_for_growing_figures()
    panel.press("Unplug", "CP-001")
    expect(panel.expect_state("CP-001", "ACTIVATED")).to_contain_text("Free")


def test_a_keyboard_alone_can_stop_a_point_and_resume_it(manual_panel: PanelPage) -> None:
    panel, cp_id = manual_panel, "CP-001"
    panel.open()
    panel.card(cp_id).get_by_role("button", name=f"Stop {cp_id}").focus()
    panel.page.keyboard.press("Enter")
    panel.expect_state(cp_id, "STOPPED")
    resume = panel.card(cp_id).get_by_role("button", name=f"Resume {cp_id}")
    expect(resume).to_be_focused()
    expect(resume).to_be_enabled()
    panel.page.keyboard.press("Enter")
    expect(panel.card(cp_id)).not_to_contain_text("Stopped", timeout=15_000)


def test_the_page_fits_a_phone(panel: PanelPage) -> None:
    panel.page.set_viewport_size({"width": 360, "height": 740})
    panel.open()
    expect(panel.cards().first).to_be_visible()
    assert panel.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
