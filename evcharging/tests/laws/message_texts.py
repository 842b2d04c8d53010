"""Texts of messages, right and wrong, and what becomes of them."""

import json
from typing import Any

import pytest

from evcharging.common.kafka import SCHEMAS, Topic
from evcharging.common.utils import BadJson

REQUEST = b"""{
  "request_id": "req-abc123",
  "driver_id": "driver-alice",
  "cp_id": "CP-001",
  "ts": "2025-10-13T12:00:00Z"
}"""
TELEMETRY = b"""{
  "cp_id": "CP-001",
  "kw": 22.5,
  "euros": 3.75,
  "driver_id": "driver-alice",
  "session_id": "session-xyz",
  "ts": "2025-10-13T12:00:05Z"
}"""


def read(topic: Topic, text: bytes) -> Any:
    return SCHEMAS[topic.name].decode(text)


def with_field(text: bytes, name: str, token: str) -> bytes:
    """An object's text with one field set to a JSON token, last and once."""
    fields = json.loads(text)
    fields.pop(name, None)
    return (json.dumps(fields)[:-1] + f', "{name}": {token}}}').encode("utf-8", "surrogatepass")


def refusal(topic: Topic, text: bytes) -> str:
    """The sentence with which a text is refused."""
    with pytest.raises(BadJson) as caught:
        read(topic, text)
    sentence = str(caught.value)
    assert sentence
    assert len(sentence) <= 200
    assert sentence.isprintable()
    return sentence


HOSTILE_IDS = [
    "",
    " ",
    "/",
    ".",
    "..",
    "../../etc/passwd",
    "a/../b",
    "%",
    "%2e%2e",
    "CP-001\n",
    "CP-001\r\n",
    "\nCP-001",
    "CP\n001",
    "CP-001 ",
    " CP-001",
    "CP\t001",
    "'",
    '"',
    "CP'; DROP TABLE points;--",
    "<script>alert(1)</script>",
    "CP-001\0",
    "-CP",
    "CP-",
    "_",
    "É",
    "CP-００１",
    "E\u0301",
    "\u202eCP",
    "CP\u200b",
    "ＣＰ",
    "٠١٢",
    "💡",
    "a" * 65,
    "a" * 10_240,
    "a" + "." * 100_000 + "!",
]
