"""The points that a driver may ask for now, as Central's HTTP API lists them."""

from typing import Any

import httpx

from evcharging.adapters.link import address
from evcharging.apps.options import Refusal


class CannotList(Refusal):
    """The free points cannot be listed; the text says why."""


def free_points(host: str, port: int) -> list[str]:
    """A line for each free point: its ID, place, price and power; raises CannotList."""
    where = address(host, port)
    try:
        answer = httpx.get(f"http://{where}/cp/free", timeout=5, trust_env=False)
        answer.raise_for_status()
        return [_line(point) for point in answer.json()]
    except httpx.InvalidURL:
        raise CannotList(f"{where!r} is no address that Central could be at") from None
    except httpx.HTTPError:
        raise CannotList(f"Cannot reach Central at {where}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CannotList(f"What answers at {where} is not Central") from None


def _line(point: dict[str, Any]) -> str:
    return f"{point['cp_id']}  {point['location']}  €{point['euros_per_kwh']:.4f}/kWh  {point['kw_rate']:.1f} kW"
