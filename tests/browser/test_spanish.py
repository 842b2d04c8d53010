"""The console as somebody sees it whose browser asks for Spanish."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Central, network
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, keep, past

NARROW = ViewportSize(width=360, height=740)

PAGES = {
    "#/overview": "Resumen",
    "#/points": "Puntos de carga",
    "#/points?view=table": "Puntos de carga",
    "#/points/CP-001": "Punto de carga CP-001",
    "#/sessions": "Sesiones",
    "#/sessions/past-1": "Sesión past-1",
    "#/sessions/past-1/receipt": "Recibo",
    "#/tariffs": "Tarifas",
    "#/people": "Personas",
    "#/keys": "Claves de máquina",
    "#/audit": "Auditoría",
}

ENGLISH = re.compile(
    r"\b(the|of|and|with|charging|session|point|points|driver|price|energy|stopped|offline|free|ago|nothing|more|all|add)\b",
    re.IGNORECASE,
)
"""Words that no Spanish sentence has."""

NAMES = re.compile(
    r"EV Charging|(driver|session)-[\w-]+|\w+@\w+|[a-z]+:[a-z]+|evcharging [a-z ]+"
    r"|SUPPLYING|ACTIVATED|STOPPED|FAULT|DISCONNECTED"
)
"""What stays as it is in every language."""

SEEN = """() => {
  const names = ['aria-label', 'title', 'placeholder']
  const said = [...document.querySelectorAll('body *')].flatMap((each) => names.map((name) => each.getAttribute(name)))
  return [document.body.innerText, ...said.filter((text) => text !== null)].join(' | ')
}"""
"""All that is read or said of a page."""


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central with a session that was billed, one whose bill is held, and a stopped point."""
    folder = tmp_path_factory.mktemp("spanish")
    keep(folder, past(1, NOW, 20), past(2, NOW, 20_000, held=True))
    with network(folder, "--drivers", "1") as central:
        central.order("/cp/CP-003/stop")
        yield central


@pytest.fixture
def panel(browser: Browser, central: Central) -> Iterator[PanelPage]:
    context = browser.new_context(locale="es-ES", viewport={"width": 1280, "height": 900})
    panel = PanelPage(context.new_page(), central.address)
    yield panel
    context.close()
    assert panel.complaints == []


def english_in(page: Page) -> set[str]:
    seen = NAMES.sub("", page.evaluate(SEEN))
    return {f"{found[0]}: {seen[max(0, found.start() - 30) : found.end() + 30]!r}" for found in ENGLISH.finditer(seen)}


def test_the_page_says_in_which_language_it_is(panel: PanelPage) -> None:
    panel.open()
    expect(panel.page.locator("html")).to_have_attribute("lang", "es")
    expect(panel.page).to_have_title("Puntos de carga · EV Charging")
    expect(panel.link()).to_contain_text("En directo")
    expect(panel.page.get_by_role("link", name="Sesiones", exact=True)).to_be_visible()


@pytest.mark.parametrize(("route", "heading"), PAGES.items())
def test_no_english_is_left_on_a_page(panel: PanelPage, route: str, heading: str) -> None:
    panel.open(route)
    expect(panel.heading(heading)).to_be_visible()
    panel.page.wait_for_load_state("networkidle")
    assert english_in(panel.page) == set()


@pytest.mark.parametrize("route", PAGES)
def test_spanish_fits_a_narrow_phone(panel: PanelPage, route: str) -> None:
    panel.page.set_viewport_size(NARROW)
    panel.open(route)
    expect(panel.heading(PAGES[route])).to_be_visible()
    panel.page.wait_for_load_state("networkidle")
    assert panel.fits_the_width()


def test_a_session_reads_in_spanish_its_figures_too(panel: PanelPage) -> None:
    panel.open("#/sessions/past-1")
    expect(panel.heading("Sesión past-1")).to_be_visible()
    sheet = panel.page.get_by_role("main")
    for said in ("Completada", "20\u202fkWh", "6,000\u202f€", "0,30\u202f€/kWh", "Carga completa"):
        expect(sheet).to_contain_text(said)


def test_a_notice_is_said_by_its_code(panel: PanelPage) -> None:
    panel.open()
    expect(panel.messages()).to_contain_text("El operador ha detenido CP-003")
    expect(panel.page.get_by_role("heading", name="Mensajes del sistema")).to_be_visible()


def test_a_held_bill_says_why_in_spanish(panel: PanelPage) -> None:
    panel.open()
    bill = panel.page.get_by_role("listitem", name="Cobro retenido de past-2", exact=True)
    expect(bill).to_contain_text("más energía de la que el punto puede dar en ese tiempo; el cobro queda retenido")
    bill.get_by_role("button", name="Resolver").click()
    question = panel.page.get_by_role("dialog", name="¿Resolver past-2?")
    expect(question).to_contain_text("Aceptar los datos del motor: 20.000\u202fkWh")
    assert english_in(panel.page) == set()


def test_a_refused_order_is_told_in_spanish(panel: PanelPage) -> None:
    problem: dict[str, object] = {"code": "refused", "detail": "CP-003 is offline and cannot resume"}
    panel.answer("/cp/CP-003/resume", 409, problem)
    panel.open()
    panel.page.get_by_role("button", name="Reanudar CP-003", exact=True).click()
    expect(panel.page.get_by_text("CP-003 está sin señal y no puede reanudarse.")).to_be_visible()


def test_a_reason_that_is_not_known_is_quoted(panel: PanelPage) -> None:
    panel.answer("/cp/CP-003/resume", 409, {"code": "refused", "detail": "because of rain"})
    panel.open()
    panel.page.get_by_role("button", name="Reanudar CP-003", exact=True).click()
    expect(panel.page.get_by_text("Central lo ha rechazado: «because of rain».")).to_be_visible()


def test_english_that_was_chosen_counts_before_what_the_browser_asks_for(panel: PanelPage) -> None:
    panel.page.add_init_script("localStorage.setItem('evcharging.language', 'en')")
    panel.open()
    expect(panel.heading("Charging points")).to_be_visible()
    expect(panel.page.locator("html")).to_have_attribute("lang", "en")
    expect(panel.messages()).to_contain_text("CP-003 stopped by the operator")
