"""A text as a QR code, to be shown on a page. The one home of what draws it."""

import segno

MODULE = 4
"""The side of the smallest square, in pixels."""


def qr_svg(text: str) -> str:
    """The code as an SVG element, dark on white, so that it is read in a dark page as well."""
    code = segno.make(text, error="m", micro=False)
    drawn: str = code.svg_inline(scale=MODULE, border=2, light="#fff")
    return drawn
