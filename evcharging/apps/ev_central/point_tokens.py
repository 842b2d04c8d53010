"""Which version of its key a point's own token was signed with. Knows not whether it is true: the gate has looked."""

import re
from base64 import urlsafe_b64decode

from starlette.requests import Request

from evcharging.common.utils import BadJson, Frozen, from_json

_kid = re.compile(r"point/[A-Za-z0-9._@:-]{1,64}/([1-9][0-9]{0,8})").fullmatch


class _Header(Frozen, frozen=True, kw_only=True):
    """The header of a JWT, as far as it matters here."""

    kid: str


def key_version_in(request: Request) -> int | None:
    """The version that is named in a request's credential; None where there is none."""
    _, _, token = request.headers.get("authorization", "").partition(" ")
    head = token.strip().partition(".")[0]
    try:
        header = from_json(_Header, urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (BadJson, ValueError):
        return None
    found = _kid(header.kid)
    return int(found[1]) if found else None
