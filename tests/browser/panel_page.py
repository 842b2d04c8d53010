"""The panel as a person sees and uses it. Knows where things are on the page, not what they should be."""

import colorsys
import json
import re
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, Route, WebSocketRoute, expect

BIGGER_FIGURES = """() => {
  const before = (window.figuresBefore ??= {})
  return [...document.querySelectorAll('[data-state="SUPPLYING"]')].some((card) => {
    const read = (name) => Number(card.querySelector(`[data-figure="${name}"]`).textContent.replace(/[^0-9.]/g, ''))
    const now = { kwh: read('kwh'), euros: read('euros') }
    const first = (before[card.dataset.point] ??= now)
    return read('kw') > 0 && now.kwh > first.kwh && now.euros > first.euros
  })
}"""
"""True once some supplying card shows power, and more energy and money than when it was first looked at."""


SOCKET = re.compile(r"/ws(\?|$)")
"""The address of the WebSocket, from the beginning or after a mark."""


class PanelPage:
    """A page on the panel; `complaints` and `asked` gather what its console said and which addresses it used. What is
    refused at `may_refuse` is no complaint."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.may_refuse: set[str] = set()
        self.refuses_sockets = False
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("websocket", lambda socket: self.asked.append(re.sub("^ws", "http", socket.url)))

    def open(self, route: str = "") -> "PanelPage":
        """The panel, at a route such as `#/sessions`."""
        self.page.goto(f"{self.address}/{route}")
        return self

    # What is seen

    def card(self, cp_id: str) -> Locator:
        return self.page.get_by_role("listitem", name=f"Charging point {cp_id}", exact=True)

    def cards(self, state: str | None = None) -> Locator:
        return self.page.locator(f'[data-state="{state}"]' if state else "[data-point]")

    def link(self) -> Locator:
        return self.page.locator("[data-link]")

    def banner(self) -> Locator:
        return self.page.get_by_role("alert")

    def counter(self, name: str) -> Locator:
        return self.page.get_by_role("group", name="Summary").get_by_role("button", name=name)

    def requests(self) -> Locator:
        return self.page.get_by_role("region", name="On-going requests").get_by_role("row")

    def held_bill(self, session_id: str) -> Locator:
        return self.page.get_by_role("listitem", name=f"Held bill of {session_id}", exact=True)

    def messages(self) -> Locator:
        return self.page.get_by_role("log")

    def rail(self) -> Locator:
        return self.page.get_by_role("navigation", name="Pages")

    def bar(self) -> Locator:
        """All that stands in the rail, the pages' entries among it."""
        return self.rail().locator("xpath=..")

    def entry(self, name: str) -> Locator:
        """A page's entry in the rail."""
        return self.rail().get_by_role("link", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", level=2, name=name, exact=True)

    def theme(self) -> Locator:
        return self.page.get_by_role("combobox", name="Theme")

    def sessions(self) -> Locator:
        return self.page.locator("[data-session]")

    def session(self, session_id: str) -> Locator:
        return self.page.locator(f'[data-session="{session_id}"]')

    def ground(self) -> str:
        """The colour of the page's ground."""
        colour: str = self.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        return colour

    def fits_the_width(self) -> bool:
        fits: bool = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return fits

    def expect_state(self, cp_id: str, state: str) -> Locator:
        card = self.card(cp_id)
        expect(card).to_have_attribute("data-state", state, timeout=15_000)
        return card

    def wait_for_growing_figures(self) -> None:
        self.page.wait_for_function(BIGGER_FIGURES, timeout=40_000)

    # What is done

    def press(self, verb: str, cp_id: str) -> None:
        self.card(cp_id).get_by_role("button", name=f"{verb} {cp_id}").click()

    def stop(self, cp_id: str) -> None:
        """Whatever runs there: a driver may have come a moment ago."""
        self.press("Stop", cp_id)
        question = self.page.get_by_role("dialog", name=f"Stop {cp_id}?")
        stopped = self.card(cp_id).get_by_role("button", name=f"Resume {cp_id}")
        expect(question.or_(stopped).first).to_be_visible()
        if question.is_visible():
            question.get_by_role("button", name=f"Stop {cp_id}").click()

    def choose(self, verb: str, cp_id: str) -> None:
        """An order from the point's menu."""
        self.press("More orders for", cp_id)
        self.page.get_by_role("menuitem", name=verb).click()

    def filter(self, text: str) -> None:
        self.page.get_by_role("searchbox").fill(text)

    def stop_all(self) -> None:
        self.page.get_by_role("button", name="Stop all").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Stop all").click()

    def resume_all(self) -> None:
        self.page.get_by_role("button", name="Resume all").click()

    def begin_to_resolve(self, session_id: str) -> Locator:
        """The form in which a held bill is resolved."""
        self.held_bill(session_id).get_by_role("button", name="Resolve").click()
        return self.page.get_by_role("dialog", name=f"Resolve {session_id}?")

    # What goes wrong

    def refuse_sockets(self) -> None:
        """From the next time that the panel opens its WebSocket until `refuses_sockets` is false again."""
        self.refuses_sockets = True
        self.page.route_web_socket(SOCKET, self._on_socket)

    def lose_readings(self) -> None:
        """Points change as before, and what their meters say does not come any more."""

        def connect(socket: WebSocketRoute) -> None:
            central = socket.connect_to_server()
            central.on_message(lambda text: socket.send(json.dumps({**json.loads(text), "telemetry": []})))

        self.page.route_web_socket(SOCKET, connect)

    def cut_off(self) -> None:
        """Nothing answers any more; what the browser itself says of that is not a complaint."""
        self.page.route("**/*", lambda route: route.abort("connectionrefused"))

    def reconnect(self) -> None:
        self.page.unroute("**/*")

    def answer(self, path: str, status: int, problem: dict[str, object]) -> None:
        """Let an address answer with a problem, as Central would in a trouble that is hard to cause."""

        def fulfill(route: Route) -> None:
            route.fulfill(status=status, json=problem, content_type="application/problem+json")

        self.may_refuse.add(path)
        self.page.route(lambda address: urlsplit(address).path == path, fulfill)

    def _on_socket(self, socket: WebSocketRoute) -> None:
        if self.refuses_sockets:
            socket.close()
        else:
            socket.connect_to_server()

    def _on_console(self, message: ConsoleMessage) -> None:
        is_browsers_own = message.text.startswith("Failed to load resource")  # seen below, with its address
        if message.type in ("error", "warning") and not is_browsers_own:
            self.complaints.append(message.text)

    def _on_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _on_response(self, response: Response) -> None:
        is_expected = urlsplit(response.url).path in self.may_refuse
        if response.status >= 400 and response.request.method == "GET" and not is_expected:
            self.complaints.append(f"{response.url} answered {response.status}")


def tone(badge: Locator) -> str:
    """The name of the colour that a badge is seen in: that of its ground, or of its letters on a pale ground."""
    style = "badge => [getComputedStyle(badge).backgroundColor, getComputedStyle(badge).color]"
    ground, letters = (_hls(colour) for colour in badge.evaluate(style))
    hue, lightness, saturation = letters if ground[1] > 0.85 else ground
    if saturation < 0.2 or lightness > 0.95:
        return "grey"
    names = ((15, "red"), (50, "orange"), (90, "yellow"), (170, "green"), (260, "blue"), (330, "violet"))
    return next((name for limit, name in names if hue * 360 < limit), "red")


def _hls(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
    return colorsys.rgb_to_hls(red, green, blue)
