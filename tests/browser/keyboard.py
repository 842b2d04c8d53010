"""A person who has only a keyboard: goes on with Tab until what they want has the focus, and sees at each step where
they are."""

from playwright.sync_api import Locator, Page, expect

MOST_STEPS = 150

UNSEEN = """() => {
  const focused = document.activeElement
  if (focused === null || focused === document.body) return null
  const box = focused.getBoundingClientRect()
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)]
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)]
  if (left >= right || top >= bottom) return 'is outside of the window'
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
  const isSeen = focused.contains(at) || at?.contains(focused) || focused.labels?.[0]?.contains(at)
  if (!isSeen) return `is covered by ${at?.outerHTML.slice(0, 200)}`
  const { outlineStyle, outlineWidth } = getComputedStyle(focused)
  const after = getComputedStyle(focused, '::after')
  const isOutlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
  return isOutlined || after.outlineStyle !== 'none' ? null : 'is not outlined'
}"""
"""Why a person does not see what has the focus; null where they do, or where the browser's own parts have it."""

SCROLLS = "() => { window.scrolled = new Promise((done) => addEventListener('scrollend', done, { once: true })) }"

WHAT = "() => document.activeElement?.outerHTML.slice(0, 300)"


class Keyboard:
    """Keys that are pressed on a page, and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def scroll(self, key: str) -> None:
        """A key by which the page scrolls, until it rests: the browser drops another one shortly before."""
        self.page.evaluate(SCROLLS)
        self.press(key)
        self.page.evaluate("() => window.scrolled")

    def type(self, text: str) -> None:
        """Type instead of what stands in the field."""
        self.press("Control+a")
        self.page.keyboard.type(text)

    def to(self, wanted: Locator, key: str = "Tab") -> None:
        """Go on until this has the focus; what has it on the way is seen each time."""
        expect(wanted.first).to_be_visible()
        for _ in range(MOST_STEPS):
            self.press(key)
            self.sees_the_focus()
            if self.is_at(wanted):
                return
        raise AssertionError(f"{wanted} is not reached by {key}; the focus is at {self.page.evaluate(WHAT)}")

    def take(self, wanted: Locator, key: str = "Enter") -> None:
        """Go there, and press it once it may be pressed."""
        self.to(wanted)
        expect(wanted).to_be_enabled()
        self.press(key)

    def is_at(self, wanted: Locator) -> bool:
        found: bool = wanted.evaluate_all("all => all.includes(document.activeElement)")
        return found

    def sees_the_focus(self) -> None:
        why = self.page.evaluate(UNSEEN)
        assert why is None, f"{self.page.evaluate(WHAT)} {why}"
