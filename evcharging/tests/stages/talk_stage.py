"""Talks for tests: open ones, and the bytes that are said in them."""

from evcharging.protocols.control import Opened, Talk, Timing
from evcharging.protocols.framing import encode_frame

ENQ, ACK, NAK, EOT = b"\x05", b"\x06", b"\x15", b"\x04"


def frame(n: int, body: str) -> bytes:
    return encode_frame(b'{"n":%d,"body":%b}' % (n, body.encode()))


def opened_server(*, auto_acknowledge: bool = True, timing: Timing | None = None) -> Talk:
    talk = Talk.server(0.0, timing, auto_acknowledge=auto_acknowledge)
    assert talk.receive_data(ENQ, 0.0) == [Opened()]
    assert talk.data_to_send() == ACK
    return talk


def opened_client(timing: Timing | None = None) -> Talk:
    talk = Talk.client(0.0, timing)
    assert talk.data_to_send() == ENQ
    assert talk.receive_data(ACK, 0.0) == [Opened()]
    return talk
