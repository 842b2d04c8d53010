"""Where the meters of buildings are read: as it is written in a setting. Knows no HTTP."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from evcharging.common.messages import ID_PATTERN


class MeterPlace(NamedTuple):
    """The meter of what a circuit feeds beside its points, and the address at which it is read."""

    site_id: str
    circuit_id: str
    url: str


def meter_places(text: str) -> tuple[MeterPlace, ...]:
    """Meters as `SITE-1/main=http://10.0.0.7/meter`, with commas between them; raises ValueError in one sentence."""
    places = tuple(_place(each.strip()) for each in text.split(",") if each.strip())
    circuits = [place[:2] for place in places]
    doubled = next((place for place in places if circuits.count(place[:2]) > 1), None)
    if doubled is not None:
        raise ValueError(f"{doubled.site_id}/{doubled.circuit_id} has two meters: give one, of all that it feeds")
    return places


def _place(text: str) -> MeterPlace:
    circuit, _, url = text.partition("=")
    site_id, _, circuit_id = circuit.partition("/")
    if not (_is_id(site_id) and _is_id(circuit_id) and _is_address(url)):
        example = "SITE-1/main=http://10.0.0.7/meter"
        raise ValueError(f"{text[:80]!r} is no meter: write its circuit and its address, such as {example}")
    return MeterPlace(site_id, circuit_id, url)


def _is_id(text: str) -> bool:
    return len(text) <= 64 and re.match(ID_PATTERN, text) is not None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
