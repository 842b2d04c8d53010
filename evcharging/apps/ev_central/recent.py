"""What was told to all viewers lately: who was away for a moment is told what came meanwhile instead of everything."""

from collections import deque
from typing import NamedTuple

LASTS = 60.0
"""Seconds for which a frame is kept, and for which frames are made though nobody looks on."""

MOST_CHARACTERS = 8_000_000
MOST_DIGITS = 15


class Told(NamedTuple):
    """A frame, its number in the stream, and when it was told, by a clock that counts seconds."""

    seq: int
    at: float
    text: str


class Recent:
    """The newest frames of a stream, each numbered one higher than the one before."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.seq = 0
        self._frames: deque[Told] = deque()
        self._characters = 0

    def keep(self, text: str, now: float) -> None:
        """The next frame was told; those that are too old, or too many, are let go."""
        self.seq += 1
        self._frames.append(Told(self.seq, now, text))
        self._characters += len(text)
        while self._frames and (self._characters > MOST_CHARACTERS or now - self._frames[0].at > LASTS):
            self._characters -= len(self._frames.popleft().text)

    def break_off(self) -> None:
        """From here on something is missing: nobody can go on from before."""
        self.seq += 1
        self._frames.clear()
        self._characters = 0

    def since(self, seq: int) -> list[str] | None:
        """What was told after the frame of this number, in order; None if not all of it is known any more."""
        if not self.seq - len(self._frames) <= seq <= self.seq:
            return None
        return [told.text for told in self._frames if told.seq > seq]

    def after(self, mark: str) -> list[str] | None:
        """The same for a mark `STREAM.SEQ`, as a viewer gives it; None for one of another stream too."""
        stream, _, seq = mark.rpartition(".")
        is_number = seq.isascii() and seq.isdecimal() and len(seq) <= MOST_DIGITS
        return self.since(int(seq)) if is_number and stream == self.stream else None
