"""The published vectors of the framed TCP link."""

import json
from typing import Any

from evcharging.tests.places import ROOT

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (ROOT / "docs" / "protocol-vectors.json").read_text(encoding="utf-8")
)


def unpack(parts: Any) -> bytes:
    """Bytes of a vector: hexadecimal, or `{repeat, times}`, or a list of them."""
    if isinstance(parts, str):
        return bytes.fromhex(parts)
    if isinstance(parts, dict):
        return bytes.fromhex(parts["repeat"]) * int(parts["times"])
    return b"".join(unpack(part) for part in parts)
