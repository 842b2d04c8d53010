"""What can be known of a charging request that cannot be read, so that its driver hears of it. Pure."""

from datetime import datetime
from hashlib import sha256

from evcharging.common.messages import DriverRequest, UnreadableRequest
from evcharging.common.utils import BadJson, Pairs, from_fields, json_pairs

UNKNOWN_POINT = "unknown"
"""Stands in for the ID of a charging point that cannot be read."""


def unreadable_request(text: bytes, reason: str, at: datetime) -> UnreadableRequest | None:
    """The request with what is known of it; None where it is not known which driver sent it. `at` is when it came.
    The same text always has the same `request_id`."""
    try:
        found = json_pairs(text)
    except BadJson:
        return None
    if not isinstance(found, Pairs) or (driver_id := _only(found, "driver_id")) is None:
        return None
    request_id = _only(found, "request_id") or f"unreadable-{sha256(text).hexdigest()[:16]}"
    cp_id = _only(found, "cp_id") or UNKNOWN_POINT
    return UnreadableRequest(ts=at, request_id=request_id, driver_id=driver_id, cp_id=cp_id, reason=reason)


def _only(pairs: Pairs, name: str) -> str | None:
    """The one value of a field of a request, if it is one that a request may have."""
    values = [value for key, value in pairs if key == name]
    if not values or values.count(values[0]) != len(values):
        return None
    fields = {"ts": _ANY, "request_id": "R", "driver_id": "D", "cp_id": "C", name: values[0]}
    try:
        return str(getattr(from_fields(DriverRequest, fields), name))
    except BadJson:
        return None


_ANY = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
