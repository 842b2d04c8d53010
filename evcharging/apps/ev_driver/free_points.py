"""What drivers learn of Central over HTTP before they ask for a charge, from whichever answers: which points are free,
and whether they have to prove who they are."""

import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpx

from evcharging.adapters.link import address
from evcharging.apps.shell.asking import Unanswered, asking, sentence
from evcharging.apps.shell.options import UserError
from evcharging.common.setting_values import Address


class CannotList(UserError):
    """The free points cannot be listed; the text says why."""


def free_points(centrals: Iterable[Address], tls: ssl.SSLContext | None = None, token: str | None = None) -> list[str]:
    """A line for each free point: its ID, place, price and power; `tls` is how Centrals are spoken to, if over TLS, and
    `token` says who asks. Raises CannotList where no Central answers."""
    troubles = []
    for central in centrals:
        where = address(*central)
        try:
            with asking(where):
                return [_line(point) for point in _asked(where, "/cp/free", tls, token).json()]
        except Unanswered as trouble:
            troubles.append(trouble)
    raise CannotList(sentence(troubles))


def wants_proof(centrals: Iterable[Address], tls: ssl.SSLContext | None = None) -> bool:
    """Whether a Central answers that lets nobody charge who has not signed in."""
    for central in centrals:
        where = address(*central)
        with suppress(Unanswered), asking(where):
            return bool(_asked(where, "/api/v1/access", tls).json()["mode"] == "secure")
    return False


def _asked(where: str, path: str, tls: ssl.SSLContext | None, token: str | None = None) -> httpx.Response:
    scheme, headers = "http" if tls is None else "https", {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{scheme}://{where}{path}"
    answer = httpx.get(url, headers=headers, timeout=5, trust_env=False, verify=True if tls is None else tls)
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        reason = "sign in first: evcharging driver login" if token is None else str(answer.json()["detail"])[:500]
        raise Unanswered(where, "unauthenticated", f"Central at {where} shows nothing: {reason}")
    return answer.raise_for_status()


def _line(point: dict[str, Any]) -> str:
    return f"{point['cp_id']}  {point['location']}  €{point['euros_per_kwh']:.4f}/kWh  {point['kw_rate']:.1f} kW"
