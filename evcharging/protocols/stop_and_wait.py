"""Numbered payloads, one frame in flight: the sending and the receiving half. Knows no time, and no opening or end.

A frame's DATA is the JSON `{"n": 1, "body": ...}`. An answer is one byte and names no frame, so every copy that arrives
is answered once and the sender counts copies: a late answer to an old copy never passes for the answer to the next.
"""

from typing import Final

from evcharging.common.utils import BadJson, Frozen, Raw, json_decoder, to_json
from evcharging.protocols.framing import ACK, encode_frame

MAX_TRIES: Final = 3
"""How often one frame is sent, and how many bad frames in a row are forgiven."""
MAX_QUEUE: Final = 64
"""How many payloads may wait to be sent or answered."""


class Envelope(Frozen):
    """What DATA says: the number of the frame in its direction, from 1, and the payload, any JSON text."""

    n: int
    body: Raw


_read_json: Final = json_decoder(Envelope)


def read_envelope(data: bytes) -> Envelope:
    """DATA as an envelope; raises BadJson if it is not UTF-8, not JSON, or not an envelope."""
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            raise BadJson("The text is not UTF-8") from None
    envelope: Envelope = _read_json(data)
    return envelope


class QueueFull(Exception):
    """Too many payloads already wait for the peer."""


class OutOfOrder(Exception):
    """The peer sent a frame that was not due."""


class Outbox:
    """The sending half: what waits, what is in flight, and which answers are due to which copies."""

    __slots__ = ("_copies", "_frames", "_last", "_stale", "_tries")

    def __init__(self) -> None:
        self._frames: list[bytes] = []  # the first is in flight, or is the next to be
        self._last = 0  # the number of the last frame put in
        self._tries = 0  # how often the first frame was sent
        self._copies = 0  # how many of those copies are not answered yet
        self._stale = 0  # answers still due to copies of the frames before it

    def __bool__(self) -> bool:
        """Whether anything waits to be sent or answered."""
        return bool(self._frames)

    @property
    def ready(self) -> bool:
        """Whether a frame waits that was not sent yet."""
        return bool(self._frames) and not self._tries

    @property
    def owed(self) -> int:
        """How many answers the peer still owes."""
        return self._stale + self._copies

    def put(self, payload: bytes) -> None:
        """Queues one JSON text; raises QueueFull, or FrameError if it fits no frame."""
        if len(self._frames) >= MAX_QUEUE:
            raise QueueFull(f"{MAX_QUEUE} payloads already wait for the peer.")
        self._frames.append(encode_frame(to_json(Envelope(n=self._last + 1, body=Raw(payload)))))
        self._last += 1

    def copy(self) -> bytes | None:
        """One more copy of the first frame to send; None when it was sent MAX_TRIES times."""
        if self._tries == MAX_TRIES:
            return None
        self._tries += 1
        self._copies += 1
        return self._frames[0]

    def on_ack(self) -> bool:
        """Counts an ACK that is owed; true if it answers the frame in flight, which is then done."""
        if self._stale:
            self._stale -= 1
            return False
        del self._frames[0]
        self._stale, self._copies, self._tries = self._copies - 1, 0, 0
        return True

    def on_nak(self) -> bool:
        """Counts a NAK that is owed; true if every copy of the frame in flight was refused, so that another is due."""
        if self._stale:
            self._stale -= 1
            return False
        self._copies -= 1
        return not self._copies


class ReceivingHalf:
    """The receiving half: which frame is due, and how many copies wait for their answer."""

    __slots__ = ("_taken", "_unanswered", "pending")

    def __init__(self) -> None:
        self.pending = False
        """Whether the last payload taken still waits for `answer`."""
        self._taken = 0
        self._unanswered = 0

    def take(self, data: bytes) -> bytes | None:
        """The payload if it is new, None if it is a copy; raises BadJson, or OutOfOrder if it was not due."""
        envelope = read_envelope(data)
        n, due = envelope.n, self._taken + 1
        if n == due and not self.pending:
            self._taken = n
            self._unanswered = 1
            self.pending = True
            return bytes(envelope.body)
        if 1 <= n < due:
            self._unanswered = min(self._unanswered + 1, MAX_TRIES)
            return None
        if n == due:
            raise OutOfOrder(f"The peer sent frame {n} before frame {n - 1} was answered.")
        raise OutOfOrder(f"The peer sent frame {n} where frame {due} was due.")

    def answer(self) -> bytes:
        """An ACK for every copy that waits: all that arrived is safe."""
        answers = bytes([ACK]) * self._unanswered
        self._unanswered = 0
        self.pending = False
        return answers
