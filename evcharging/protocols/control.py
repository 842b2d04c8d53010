"""The talk over frames: how it opens, carries payloads both ways, and ends. Knows no socket, no clock and no topic.

The client sends ENQ and the server answers ACK or NAK; then frames, each answered by ACK or NAK; EOT ends the talk.
Moments are monotonic seconds, given by the caller.
"""

from collections.abc import Callable
from enum import Enum
from math import inf
from typing import Final, TypeAlias

from evcharging.common.utils import BadJson, Frozen
from evcharging.protocols.framing import ACK, ENQ, EOT, NAK, Event, FrameDecoder, StreamEvent
from evcharging.protocols.patience import Patience
from evcharging.protocols.stop_and_wait import MAX_TRIES, Outbox, OutOfOrder, ReceivingHalf

MAX_AT_ONCE: Final = 16
"""How many frames and signals may be in the bytes of one call. Who waits for answers never has more than ten under way:
one frame and the answer to one, each in three copies, and the beginning and the end of the talk."""


class Timing(Frozen):
    """How long each wait may last, in seconds; `math.inf` for ever."""

    handshake: float = 5.0
    answer: float = 2.0
    frame: float = 10.0
    idle: float = 30.0
    drain: float = 5.0


class Opened(Frozen):
    """Both sides agreed to talk."""


class Received(Frozen):
    """The peer's next payload, one JSON text; delivered once and in order."""

    payload: bytes


class Closed(Frozen):
    """The talk is over, for a reason in one sentence; nothing follows."""

    reason: str


TalkEvent: TypeAlias = Opened | Received | Closed


class TalkClosed(Exception):
    """The talk is over: nothing can be sent."""


class NothingToAcknowledge(Exception):
    """No received payload waits to be acknowledged."""


class State(Enum):
    """Where a talk stands."""

    CALLING = "waiting for the answer to ENQ"
    WAITING = "waiting for ENQ"
    OPEN = "open"
    CLOSED = "closed"


_ENQ, _ACK, _NAK, _EOT = (bytes([byte]) for byte in (ENQ, ACK, NAK, EOT))


class Talk:
    """One side of one talk: bytes and moments in, events and bytes out."""

    __slots__ = (
        "_answer_due",
        "_auto_acknowledge",
        "_decoder",
        "_draining",
        "_events",
        "_frame_due",
        "_inbox",
        "_out",
        "_outbox",
        "_patience",
        "_quiet_due",
        "_timing",
        "flooded",
        "heard",
        "refused",
        "state",
    )

    def __init__(self, state: State, now: float, timing: Timing, auto_acknowledge: bool) -> None:
        self.state = state
        self.refused = 0
        """How often the peer was answered with NAK."""
        self.heard = 0
        """How many frames and signals the peer has sent."""
        self.flooded = False
        """Whether the talk ended because the peer sent what nobody had any use for."""
        self._timing = timing
        self._auto_acknowledge = auto_acknowledge
        self._decoder = FrameDecoder()
        self._inbox = ReceivingHalf()
        self._outbox = Outbox()
        self._events: list[TalkEvent] = []
        self._out: list[bytes] = []
        self._patience: Patience | None = None  # nearly no peer ever needs any
        self._draining = False
        self._answer_due = inf
        self._frame_due = inf
        self._quiet_due = now + timing.handshake

    @classmethod
    def client(cls, now: float, timing: Timing | None = None, *, auto_acknowledge: bool = True) -> "Talk":
        """The side that calls: its ENQ is ready to be sent."""
        talk = cls(State.CALLING, now, timing or Timing(), auto_acknowledge)
        talk._out.append(_ENQ)
        return talk

    @classmethod
    def server(cls, now: float, timing: Timing | None = None, *, auto_acknowledge: bool = True) -> "Talk":
        """The side that is called: it waits for ENQ."""
        return cls(State.WAITING, now, timing or Timing(), auto_acknowledge)

    @property
    def deadline(self) -> float | None:
        """The moment at which `on_deadline` is due, if nothing happens before."""
        due = min(self._answer_due, self._frame_due, self._quiet_due)
        return None if due == inf else due

    def receive_data(self, data: bytes, now: float) -> list[TalkEvent]:
        """What these bytes from the peer mean; once closed, every byte is ignored."""
        if self.state is State.WAITING and data[:1] not in (b"", _ENQ):
            self._refuse("The peer does not speak this protocol: its first byte was not ENQ.")
        if self.state is State.CLOSED:
            return self._take_events()
        heard = self._decoder.feed(data, MAX_AT_ONCE + 1)
        self.heard += len(heard)
        for event in heard:
            self._on_event(event, now)
        if len(heard) > MAX_AT_ONCE:
            self._refuse_flood(f"The peer sent more than {MAX_AT_ONCE} frames and answers at once.")
        if self._decoder.inside:
            if heard or self._frame_due == inf:
                self._frame_due = now + self._timing.frame
        else:
            self._frame_due = inf
        return self._take_events()

    def send(self, payload: bytes, now: float) -> None:
        """Queues one JSON text; raises TalkClosed, QueueFull, or FrameError if it fits no frame."""
        if self.state is State.CLOSED or self._draining:
            raise TalkClosed("The talk is over: nothing can be sent.")
        self._outbox.put(payload)
        if self.state is State.OPEN and self._outbox.ready:
            self._transmit(now)

    def acknowledge(self) -> None:
        """Tells the peer that the last Received payload is safe; until then the peer sends nothing new."""
        if self.state is State.CLOSED:
            return
        if not self._inbox.pending:
            raise NothingToAcknowledge("No received payload waits to be acknowledged.")
        self._out.append(self._inbox.answer())

    def data_to_send(self) -> bytes:
        """The bytes that are due to the peer, given out once."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def close(self, now: float) -> list[TalkEvent]:
        """Ends the talk politely: with EOT, once what was queued is answered or `drain` seconds have passed."""
        if self.state is State.OPEN and self._outbox:
            self._draining = True
            self._quiet_due = min(self._quiet_due, now + self._timing.drain)
        elif self.state is not State.CLOSED:
            self._hang_up("This side ended the talk.")
        return self._take_events()

    def on_deadline(self, now: float) -> list[TalkEvent]:
        """What the passing of time means; to be called when `deadline` has come."""
        if self._frame_due <= now:
            self._refuse(f"The peer took more than {self._timing.frame:g} s over one frame.")
        elif self._quiet_due <= now:
            self._hang_up(self._why_quiet())
        elif self._answer_due <= now:
            self._transmit(now)
        return self._take_events()

    def _why_quiet(self) -> str:
        if self._draining:
            return "This side ended the talk before the peer had answered everything."
        if self.state is State.OPEN:
            return f"The peer was silent for {self._timing.idle:g} s."
        return f"The peer did not open the talk within {self._timing.handshake:g} s."

    def _take_events(self) -> list[TalkEvent]:
        events, self._events = self._events, []
        return events

    def _on_event(self, event: Event, now: float) -> None:
        if self.state is State.OPEN and isinstance(event, bytes):
            self._on_frame(event, now)
        elif self.state is not State.CLOSED:
            self._on_signal(event, now)

    def _on_frame(self, data: bytes, now: float) -> None:
        try:
            payload = self._inbox.take(data)
        except BadJson:
            self._ask_again(now)
            return
        except OutOfOrder as breach:
            self._refuse(str(breach))
            return
        if payload is not None:
            if self._patience:
                self._patience.on_news()
            self._progress(now)
            self._events.append(Received(payload=payload))
        elif too_much := self._patient().on_copy():
            self._refuse_flood(too_much)
            return
        if self._auto_acknowledge or not self._inbox.pending:
            self._out.append(self._inbox.answer())

    def _on_signal(self, event: Event, now: float) -> None:
        signal = event if isinstance(event, StreamEvent) else None
        step = _STEPS.get((self.state, signal)) if signal else None
        if step:
            step(self, now)
        else:
            what = signal.value if signal else "a frame"
            self._refuse(f"The peer broke the protocol: {what} came while {self.state.value}.")

    def _accept(self, now: float) -> None:
        self._out.append(_ACK)
        self._open(now)

    def _open(self, now: float) -> None:
        self.state = State.OPEN
        self._events.append(Opened())
        self._progress(now)
        if self._outbox:
            self._transmit(now)

    def _on_ack(self, now: float) -> None:
        if not self._outbox.owed:
            self._on_stray()
            return
        if not self._outbox.on_ack():
            return
        self._answer_due = inf
        if self._patience:
            self._patience.on_progress()
        self._progress(now)
        if self._outbox:
            self._transmit(now)
        elif self._draining:
            self._hang_up("This side ended the talk.")

    def _on_nak(self, now: float) -> None:
        if not self._outbox.owed:
            self._on_stray()
        elif self._outbox.on_nak():
            self._transmit(now)

    def _on_stray(self) -> None:
        if too_much := self._patient().on_stray():
            self._refuse_flood(too_much)

    def _ask_again(self, now: float) -> None:
        if too_much := self._patient().on_bad_frame():
            self._refuse(too_much)
        else:
            self.refused += 1
            self._out.append(_NAK)

    def _patient(self) -> Patience:
        self._patience = self._patience or Patience()
        return self._patience

    def _transmit(self, now: float) -> None:
        frame = self._outbox.copy()
        if frame is None:
            self._hang_up(f"The peer did not accept a frame that was sent {MAX_TRIES} times.")
        else:
            self._out.append(frame)
            self._answer_due = now + self._timing.answer

    def _progress(self, now: float) -> None:
        if not self._draining:
            self._quiet_due = now + self._timing.idle

    def _refuse_flood(self, reason: str) -> None:
        if self.state is not State.CLOSED:
            self.flooded = True
            self._refuse(reason)

    def _refuse(self, reason: str) -> None:
        self.refused += 1
        self._out.append(_NAK)
        self._hang_up(reason)

    def _hang_up(self, reason: str) -> None:
        if self.state is not State.WAITING:
            self._out.append(_EOT)
        self._end(reason)

    def _end(self, reason: str) -> None:
        self.state = State.CLOSED
        self._decoder = FrameDecoder()
        self._outbox = Outbox()
        self._answer_due = self._frame_due = self._quiet_due = inf
        self._events.append(Closed(reason=reason))


_STEPS: Final[dict[tuple[State, StreamEvent], Callable[[Talk, float], None]]] = {
    (State.WAITING, StreamEvent.ENQ): Talk._accept,
    (State.CALLING, StreamEvent.ACK): Talk._open,
    (State.CALLING, StreamEvent.NAK): lambda talk, _: talk._end("The peer refused the talk."),
    (State.CALLING, StreamEvent.EOT): lambda talk, _: talk._end("The peer ended the talk."),
    (State.OPEN, StreamEvent.ACK): Talk._on_ack,
    (State.OPEN, StreamEvent.NAK): Talk._on_nak,
    (State.OPEN, StreamEvent.EOT): lambda talk, _: talk._end("The peer ended the talk."),
    (State.OPEN, StreamEvent.BAD_FRAME): Talk._ask_again,
    (State.OPEN, StreamEvent.OVER_LONG): lambda talk, _: talk._refuse("The peer sent a frame of more than 64 KiB."),
    (State.OPEN, StreamEvent.NOISE): lambda talk, _: talk._refuse("The peer sent 1 KiB outside any frame."),
}
"""What each signal does in each state; any other is a breach of the protocol, which ends the talk."""
