"""Two talks on a line that loses, damages, repeats and delays, on virtual time."""

from math import inf
from random import Random
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from evcharging.protocols.control import Closed, Received, Talk, TalkEvent, Timing

Fault = Literal["lose", "repeat", "damage", "delay"]
fault_lists = st.lists(st.sampled_from([None, None, None, "lose", "repeat", "damage", "delay"]), max_size=60)


class Line:
    """Two talks joined by a faulty line, on virtual time; it heals when its faults are used up."""

    def __init__(self, faults: list[Fault | None], seed: int, *, explicit: bool) -> None:
        timing = Timing(idle=inf)
        self.talks = (Talk.client(0.0, timing), Talk.server(0.0, timing, auto_acknowledge=not explicit))
        self.delivered: tuple[list[bytes], list[bytes]] = ([], [])
        self.reasons: list[str] = []
        self._explicit = explicit
        self._faults = faults
        self._chance = Random(seed)
        self._now = 0.0
        self._pipes = (bytearray(), bytearray())

    def send(self, side: int, payload: bytes) -> None:
        if not self.reasons:
            self.talks[side].send(payload, self._now)

    def settle(self) -> None:
        """Runs until nothing moves and nobody waits."""
        for _ in range(10_000):
            self._collect()
            if self.reasons or not (self._deliver() or self._wait()):
                return
        raise AssertionError("the talk never settles")

    def _collect(self) -> None:
        for talk, pipe in zip(self.talks, self._pipes, strict=True):
            for unit in units(talk.data_to_send()):
                pipe.extend(self._spoil(unit))

    def _spoil(self, unit: bytes) -> bytes:
        fault = self._faults.pop() if self._faults else None
        if fault == "lose":
            return b""
        if fault == "damage":
            at = self._chance.randrange(len(unit))
            return unit[:at] + bytes([unit[at] ^ self._chance.randrange(1, 256)]) + unit[at + 1 :]
        if fault == "delay":
            self._wait()
        return unit * 2 if fault == "repeat" else unit

    def _deliver(self) -> bool:
        for side, pipe in enumerate(self._pipes):
            if pipe:
                size = self._chance.randint(1, len(pipe))
                chunk = bytes(pipe[:size])
                del pipe[:size]
                self._take(1 - side, self.talks[1 - side].receive_data(chunk, self._now))
                return True
        return False

    def _wait(self) -> bool:
        moments = [(talk.deadline, side) for side, talk in enumerate(self.talks)]
        due = min(((moment, side) for moment, side in moments if moment is not None), default=None)
        if due is None:
            return False
        self._now = max(self._now, due[0])
        self._take(due[1], self.talks[due[1]].on_deadline(self._now))
        return True

    def _take(self, side: int, events: list[TalkEvent]) -> None:
        for event in events:
            if isinstance(event, Received):
                self.delivered[side].append(event.payload)
                if self._explicit and side == 1:
                    self.talks[side].acknowledge()
            elif isinstance(event, Closed):
                self.reasons.append(event.reason)


def units(data: bytes) -> list[bytes]:
    """The frames and control bytes that a talk sent."""
    found, at = [], 0
    while at < len(data):
        end = data.index(b"\x03", at) + 2 if data[at] == 2 else at + 1
        found.append(data[at:end])
        at = end
    return found


@settings(max_examples=300, deadline=None)
@given(fault_lists, st.integers(0, 2**32), st.integers(0, 8), st.integers(0, 8), st.booleans())
def test_a_faulty_line_delivers_each_payload_once_in_order_or_ends_with_a_reason(
    faults: list[Fault | None], seed: int, to_server: int, to_client: int, explicit: bool
) -> None:
    line = Line(faults, seed, explicit=explicit)
    sent = ([b"%d" % n for n in range(to_client)], [b"%d" % n for n in range(to_server)])
    for payload in sent[1]:
        line.send(0, payload)
    for payload in sent[0]:
        line.send(1, payload)
    line.settle()
    faults.clear()
    for side in (0, 1):  # an answer names no frame, so it is the next frame that shows whether one is missing
        sent[1 - side].append(b'"last"')
        line.send(side, b'"last"')
    line.settle()
    for due, delivered in zip(sent, line.delivered, strict=True):
        assert delivered == due[: len(delivered)]
        assert delivered == due or (line.reasons and all(line.reasons))


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(0, 20))
def test_a_line_without_faults_delivers_everything_at_once_in_any_chunks(seed: int, up: int, down: int) -> None:
    line = Line([], seed, explicit=True)
    for n in range(up):
        line.send(0, b"%d" % n)
    for n in range(down):
        line.send(1, b"%d" % n)
    line.settle()
    assert line.delivered == ([b"%d" % n for n in range(down)], [b"%d" % n for n in range(up)])
    assert line.reasons == []


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 10), st.integers(0, 30), st.sampled_from(["lose", "repeat", "delay"]))
def test_one_lost_repeated_or_delayed_frame_or_answer_is_made_good(seed: int, up: int, at: int, fault: Fault) -> None:
    opening: list[Fault | None] = [None, None]
    line = Line([fault, *[None] * at, *opening], seed, explicit=False)
    for n in range(up):
        line.send(0, b"%d" % n)
    line.settle()
    assert line.delivered[1] == [b"%d" % n for n in range(up)]
    assert line.reasons == []
