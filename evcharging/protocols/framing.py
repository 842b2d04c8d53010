"""Frames on a byte stream: STX DATA ETX LRC, and the control bytes between them. Knows no socket, nor what DATA means.

There is no escaping: a frame ends at its first ETX, so DATA may hold any byte but ETX. The LRC is the XOR of DATA
alone and may equal any byte, control bytes too.
"""

import re
from enum import Enum
from math import inf
from typing import Final, TypeAlias

STX: Final = 0x02
ETX: Final = 0x03
EOT: Final = 0x04
ENQ: Final = 0x05
ACK: Final = 0x06
NAK: Final = 0x15

MAX_FRAME: Final = 64 * 1024
"""The longest frame, in bytes from STX to LRC."""
MAX_DATA: Final = MAX_FRAME - 3
"""The longest DATA, in bytes."""
MAX_NOISE: Final = 1024
"""How many bytes outside any frame are skipped before they are reported, in bytes."""


class StreamEvent(Enum):
    """What a stream can say besides DATA: the four control bytes, and three kinds of trouble."""

    EOT = "EOT"
    ENQ = "ENQ"
    ACK = "ACK"
    NAK = "NAK"
    BAD_FRAME = "a frame whose LRC does not match"
    OVER_LONG = "a frame of more than 64 KiB"
    NOISE = "1 KiB of bytes outside any frame"


Event: TypeAlias = bytes | StreamEvent
"""The DATA of a valid frame, or a signal."""

_CONTROLS: Final = {EOT: StreamEvent.EOT, ENQ: StreamEvent.ENQ, ACK: StreamEvent.ACK, NAK: StreamEvent.NAK}
_find_meaning: Final = re.compile(rb"[\x02\x04\x05\x06\x15]").search


class FrameError(ValueError):
    """DATA that no frame can carry."""


def lrc(data: bytes) -> int:
    """The XOR of all bytes: `lrc(b"Hello") == 0x42`, and 0 of none. Folded by halves, so linear in the length."""
    folded = int.from_bytes(data, "little")
    bits = 4 << len(data).bit_length()
    while bits > 512:
        folded = (folded >> bits) ^ (folded & ((1 << bits) - 1))
        bits >>= 1
    folded ^= folded >> 512
    folded ^= folded >> 256
    folded ^= folded >> 128
    folded ^= folded >> 64
    folded ^= folded >> 32
    folded ^= folded >> 16
    return (folded ^ folded >> 8) & 0xFF


def encode_frame(data: bytes) -> bytes:
    """DATA as a frame; raises FrameError if it holds an ETX or is longer than MAX_DATA."""
    if len(data) > MAX_DATA:
        raise FrameError(f"DATA of {len(data)} bytes does not fit a frame: {MAX_DATA} bytes is the most.")
    if ETX in data:
        raise FrameError("DATA must not contain the byte ETX (03): the frame would end there.")
    return b"\x02%b\x03%c" % (data, lrc(data))


_OUTSIDE: Final = 0  # between frames
_INSIDE: Final = 1  # after STX, before ETX
_CHECKING: Final = 2  # after ETX, before the LRC
_DISCARDING: Final = 3  # in an over-long frame, before its ETX
_SKIPPING: Final = 4  # after the ETX of an over-long frame, before its LRC


class FrameDecoder:
    """Cuts a stream into events, in one pass over the bytes, however the stream is chunked.

    It keeps at most MAX_DATA bytes, and only of a frame that is not yet complete.
    """

    __slots__ = ("_noise", "_partial", "_state")

    def __init__(self) -> None:
        self._state = _OUTSIDE
        self._partial = bytearray()
        self._noise = 0

    @property
    def inside(self) -> bool:
        """Whether a frame has begun and is not yet complete."""
        return self._state != _OUTSIDE

    def feed(self, chunk: bytes, most: float = inf) -> list[Event]:
        """The events that these bytes complete, in order; no bytes can make it raise. Once there are as many as `most`,
        the rest of the bytes is not looked at: that is for who hangs up then."""
        events: list[Event] = []
        at, end = 0, len(chunk)
        while at < end and len(events) < most:
            state = self._state
            if state == _OUTSIDE:
                at = self._begin(chunk, at, events)
            elif state in (_INSIDE, _DISCARDING):
                at = self._collect(chunk, at, events)
            else:
                self._finish(chunk[at], events)
                at += 1
        return events

    def _begin(self, chunk: bytes, at: int, events: list[Event]) -> int:
        byte = chunk[at]
        if byte == STX:
            self._noise = 0
            etx = chunk.find(ETX, at)
            if at < etx < len(chunk) - 1 and etx - at <= MAX_DATA + 1:
                data = chunk[at + 1 : etx]  # the whole frame is here: nothing to keep
                events.append(data if lrc(data) == chunk[etx + 1] else StreamEvent.BAD_FRAME)
                return etx + 2
            self._state = _INSIDE
            return at + 1
        if byte in _CONTROLS:
            self._noise = 0
            events.append(_CONTROLS[byte])
            return at + 1
        return self._skip(chunk, at, events)

    def _skip(self, chunk: bytes, at: int, events: list[Event]) -> int:
        meaning = _find_meaning(chunk, at)
        stop = meaning.start() if meaning else len(chunk)
        reports, self._noise = divmod(self._noise + stop - at, MAX_NOISE)
        events.extend([StreamEvent.NOISE] * reports)
        return stop

    def _collect(self, chunk: bytes, at: int, events: list[Event]) -> int:
        etx = chunk.find(ETX, at)
        stop = len(chunk) if etx < 0 else etx
        if self._state == _INSIDE:
            if len(self._partial) + stop - at > MAX_DATA:
                self._partial.clear()
                self._state = _DISCARDING
                events.append(StreamEvent.OVER_LONG)
            else:
                self._partial += chunk[at:stop]
        if etx < 0:
            return stop
        self._state = _CHECKING if self._state == _INSIDE else _SKIPPING
        return etx + 1

    def _finish(self, byte: int, events: list[Event]) -> None:
        if self._state == _CHECKING:
            data = bytes(self._partial)
            self._partial.clear()
            events.append(data if lrc(data) == byte else StreamEvent.BAD_FRAME)
        self._state = _OUTSIDE
