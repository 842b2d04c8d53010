"""Messages that travel together: one alone is the payload itself, several are a JSON array. Knows no message."""

from collections.abc import Iterable, Iterator
from typing import Final

from evcharging.common.utils import BadJson, Raw, json_decoder

MAX_BUNDLE: Final = 32 * 1024
"""Bytes of messages that are put into one payload, so that it fits a frame with room to spare."""

_read: Final = json_decoder(list[Raw])


def bundles(messages: Iterable[bytes]) -> Iterator[bytes]:
    """Payloads that carry these JSON texts, each of at most a quarter of a frame, in their order."""
    bundle: list[bytes] = []
    size = 0
    for message in messages:
        if bundle and size + len(message) > MAX_BUNDLE:
            yield _payload(bundle)
            bundle, size = [], 0
        bundle.append(message)
        size += len(message) + 1
    if bundle:
        yield _payload(bundle)


def _payload(bundle: list[bytes]) -> bytes:
    return bundle[0] if len(bundle) == 1 else b"[%b]" % b",".join(bundle)


def unbundled(payload: bytes) -> list[bytes]:
    """The messages of a payload, as JSON texts; raises BadJson where it is an array that is empty or cannot be read."""
    if payload[:1] != b"[":
        return [payload]
    messages = [bytes(message) for message in _read(payload)]
    if not messages:
        raise BadJson("The array is empty")
    return messages
