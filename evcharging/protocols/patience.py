"""What a peer may send to no purpose before the talk ends: bad frames, copies, answers to nothing. Knows no bytes.

TCP neither loses nor repeats, so a peer that keeps to the protocol sends none of this but a few copies of a frame whose
answer was late. Each count leaves room for a line that repeats, too.
"""

from typing import Final

from evcharging.protocols.stop_and_wait import MAX_TRIES

MAX_STRAYS: Final = 8
"""How many answers that nothing waits for are forgiven; each frame that gets through earns one of them back."""
MAX_COPIES: Final = 8
"""How many copies of frames that were taken are forgiven in a row."""


class Patience:
    """Counts what was of no use. Each count answers with the sentence that ends the talk, or None while it is
    forgiven."""

    __slots__ = ("_bad", "_copies", "_strays")

    def __init__(self) -> None:
        self._bad = 0
        self._copies = 0
        self._strays = 0

    def on_progress(self) -> None:
        """The peer took a frame."""
        self._bad = 0
        if self._strays:
            self._strays -= 1

    def on_news(self) -> None:
        """The peer sent a new frame."""
        self._bad = self._copies = 0
        if self._strays:
            self._strays -= 1

    def on_bad_frame(self) -> str | None:
        """The peer sent a frame that cannot be read."""
        self._bad += 1
        return f"The peer sent {MAX_TRIES} bad frames in a row." if self._bad == MAX_TRIES else None

    def on_copy(self) -> str | None:
        """The peer sent a frame that was taken already."""
        self._copies += 1
        if self._copies <= MAX_COPIES:
            return None
        return f"The peer sent {self._copies} copies of frames that were taken, and nothing new."

    def on_stray(self) -> str | None:
        """The peer sent an answer that nothing waits for."""
        self._strays += 1
        return None if self._strays <= MAX_STRAYS else f"The peer sent {self._strays} answers that nothing waited for."
