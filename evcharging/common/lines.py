"""What people may write into one line that others read: text that is seen, and nothing that changes how the rest of the
line is read."""

import re

# General categories Cc, Cf, Co, Zl and Zp: control, format, private use, line and paragraph ends.
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
    "\U000e0020-\U000e007f\U000f0000-\U000ffffd\U00100000-\U0010fffd"
)
_BLANK = r"\s\u034f\u115f\u1160\u2800\u3164\uffa0"
"""Characters that leave nothing to be seen, although they are letters, marks or symbols to Unicode."""

LINE_PATTERN = rf"^[^{_UNSEEN}]*[^{_UNSEEN}{_BLANK}][^{_UNSEEN}]*$"
# Half a character (Cs) is in no text that is sent; not every reader of a pattern knows it.
_UNSEEN_CHARACTER = re.compile(rf"[{_UNSEEN}\ud800-\udfff]")
_SEEN_CHARACTER = re.compile(f"[^{_UNSEEN}{_BLANK}]")


def checked_line(text: str) -> str:
    """The text, if it is one line that can be seen; raises ValueError in one sentence."""
    if _UNSEEN_CHARACTER.search(text):
        raise ValueError("this is one line of text, without control or format characters")
    if not _SEEN_CHARACTER.search(text):
        raise ValueError("this is text that can be seen, not blank")
    return text
