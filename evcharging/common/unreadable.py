"""What can be known of a driver's request that cannot be read, so that its driver hears of it. Pure."""

from datetime import datetime
from hashlib import sha256

from evcharging.common.messages import DriverRequest, Message, UnreadableRequest
from evcharging.common.messages_queue import LeaveQueue, UnreadableAtSite
from evcharging.common.utils import BadJson, Pairs, from_fields, json_pairs

UNKNOWN_PLACE = "unknown"
"""Stands in for the ID of a charging point or a site that cannot be read."""


def unreadable_request(text: bytes, reason: str, at: datetime) -> UnreadableRequest | None:
    """The request with what is known of it; None where it is not known which driver sent it. `at` is when it came.
    The same text always has the same `request_id`."""
    known = _known(text, "cp_id")
    if known is None:
        return None
    request_id, driver_id, cp_id = known
    return UnreadableRequest(ts=at, request_id=request_id, driver_id=driver_id, cp_id=cp_id, reason=reason)


def unreadable_at_site(text: bytes, reason: str, at: datetime) -> UnreadableAtSite | None:
    """The same of what is said to a site."""
    known = _known(text, "site_id")
    if known is None:
        return None
    request_id, driver_id, site_id = known
    return UnreadableAtSite(ts=at, request_id=request_id, driver_id=driver_id, site_id=site_id, reason=reason)


def _known(text: bytes, place: str) -> tuple[str, str, str] | None:
    """The request, the driver, and the place, which is in this field."""
    try:
        found = json_pairs(text)
    except BadJson:
        return None
    if not isinstance(found, Pairs) or (driver_id := _only(found, "driver_id")) is None:
        return None
    request_id = _only(found, "request_id") or f"unreadable-{sha256(text).hexdigest()[:16]}"
    return request_id, driver_id, _only(found, place) or UNKNOWN_PLACE


def _only(pairs: Pairs, name: str) -> str | None:
    """The one value of a field of a request, if it is one that a request may have."""
    values = [value for key, value in pairs if key == name]
    if not values or values.count(values[0]) != len(values):
        return None
    kind: type[Message] = LeaveQueue if name == "site_id" else DriverRequest
    place = "S" if name == "site_id" else "C"
    fields = {"ts": _ANY, "request_id": "R", "driver_id": "D", "site_id": place, "cp_id": place, name: values[0]}
    try:
        return str(getattr(from_fields(kind, fields), name))
    except BadJson:
        return None


_ANY = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
