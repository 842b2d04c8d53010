"""The points that a driver may ask for now, as the HTTP API of whichever Central answers lists them."""

from collections.abc import Iterable
from typing import Any

import httpx

from evcharging.adapters.link import address
from evcharging.apps.shell.asking import Unanswered, asking, sentence
from evcharging.apps.shell.options import UserError
from evcharging.common.setting_values import Address


class CannotList(UserError):
    """The free points cannot be listed; the text says why."""


def free_points(centrals: Iterable[Address]) -> list[str]:
    """A line for each free point: its ID, place, price and power; raises CannotList where no Central answers."""
    troubles = []
    for central in centrals:
        where = address(*central)
        try:
            with asking(where):
                answer = httpx.get(f"http://{where}/cp/free", timeout=5, trust_env=False)
                return [_line(point) for point in answer.raise_for_status().json()]
        except Unanswered as trouble:
            troubles.append(trouble)
    raise CannotList(sentence(troubles))


def _line(point: dict[str, Any]) -> str:
    return f"{point['cp_id']}  {point['location']}  €{point['euros_per_kwh']:.4f}/kWh  {point['kw_rate']:.1f} kW"
