"""The points that a driver may ask for now, as the HTTP API of whichever Central answers lists them."""

import ssl
from collections.abc import Iterable
from typing import Any

import httpx

from evcharging.adapters.link import address
from evcharging.apps.shell.asking import Unanswered, asking, sentence
from evcharging.apps.shell.options import UserError
from evcharging.common.setting_values import Address


class CannotList(UserError):
    """The free points cannot be listed; the text says why."""


def free_points(centrals: Iterable[Address], tls: ssl.SSLContext | None = None) -> list[str]:
    """A line for each free point: its ID, place, price and power; `tls` is how Centrals are spoken to, if over TLS.
    Raises CannotList where no Central answers."""
    troubles = []
    for central in centrals:
        where = address(*central)
        try:
            with asking(where):
                return [_line(point) for point in _asked(where, tls).json()]
        except Unanswered as trouble:
            troubles.append(trouble)
    raise CannotList(sentence(troubles))


def _asked(where: str, tls: ssl.SSLContext | None) -> httpx.Response:
    if tls is None:
        answer = httpx.get(f"http://{where}/cp/free", timeout=5, trust_env=False)
    else:
        answer = httpx.get(f"https://{where}/cp/free", timeout=5, trust_env=False, verify=tls)
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise Unanswered(where, "unauthenticated", f"Central at {where} shows nothing to who has not signed in")
    return answer.raise_for_status()


def _line(point: dict[str, Any]) -> str:
    return f"{point['cp_id']}  {point['location']}  €{point['euros_per_kwh']:.4f}/kWh  {point['kw_rate']:.1f} kW"
