"""Stations and sites above the charging points: what a site counts of each, and what operators say of it. Knows no bus,
store or clock."""

from datetime import datetime
from math import isfinite
from typing import ClassVar

from evcharging.common.lines import checked_line
from evcharging.common.messages_operators import Actor
from evcharging.common.messages_site import SessionAtSite
from evcharging.common.site_description import MOST_METRES, SiteDescription
from evcharging.common.utils import changed
from evcharging.common.zones import UnknownZone, zone_of
from evcharging.domain.power.circuit import why_not_wired
from evcharging.domain.record import Record


class SitePoint(Record, frozen=True, kw_only=True):
    """What was billed at one point of a site: energy in mWh, money in micro-euro. `place` names both; `epoch` and `seq`
    are those of the newest session that is counted."""

    key_field: ClassVar[str] = "place"
    table: ClassVar[str] = "site_points"
    is_fact: ClassVar[bool] = False

    place: str
    site_id: str
    cp_id: str
    epoch: int = 0
    seq: int = 0
    sessions: int = 0
    energy_mwh: int = 0
    micro_euros: int = 0


class Site(Record, frozen=True, kw_only=True):
    """What operators say of a site, and who said it last."""

    key_field: ClassVar[str] = "site_id"
    table: ClassVar[str] = "sites"

    site_id: str
    description: SiteDescription
    described_at: datetime
    actor: Actor | None = None


def place_of(site_id: str, cp_id: str) -> str:
    """The key of a point at a site; neither ID has a slash."""
    return f"{site_id}/{cp_id}"


def station_of(cp_id: str, station_id: str | None) -> str:
    """The station of a point: the one that it was registered with, or else what stands before the last colon of its ID,
    or else a station of its own."""
    return station_id or cp_id.rpartition(":")[0] or cp_id


def counted(point: SitePoint, session: SessionAtSite) -> SitePoint:
    """The point with one more session, or a fee, unless that is counted already: they come in order, and what a Central
    that died did not know to be sent comes again."""
    if (session.epoch, session.seq) <= (point.epoch, point.seq):
        return point
    return changed(
        point,
        epoch=session.epoch,
        seq=session.seq,
        sessions=point.sessions + session.sessions,
        energy_mwh=point.energy_mwh + session.energy_mwh,
        micro_euros=point.micro_euros + session.micro_euros,
    )


def why_not_described(description: SiteDescription) -> str | None:
    """Why nobody can describe a site so, in one sentence; None where somebody can."""
    return (
        _why_no_line("name", description.name)
        or _why_no_line("address", description.address)
        or _why_no_zone(description.time_zone)
        or _why_nowhere(description)
        or _why_no_plan(description)
        or (None if description.circuits is None else why_not_wired(description.circuits))
    )


def _why_no_line(name: str, text: str) -> str | None:
    try:
        checked_line(text or "-")
    except ValueError as error:
        return f"{name}: {error}"
    return None


def _why_no_zone(name: str | None) -> str | None:
    try:
        if name is not None:
            zone_of(name)
    except UnknownZone as error:
        return str(error)
    return None


def _why_nowhere(description: SiteDescription) -> str | None:
    place = description.coordinates
    if place is None or (isfinite(place.latitude) and isfinite(place.longitude)):
        return None
    return "latitude and longitude are numbers of degrees"


def _why_no_plan(description: SiteDescription) -> str | None:
    """A point stands in one place, which can be drawn."""
    placed = set[str]()
    for point in description.plan.points if description.plan is not None else ():
        if point.cp_id in placed:
            return f"{point.cp_id} is twice in the plan: let it stand in one place"
        if not all(map(isfinite, (point.x_m, point.y_m))):
            return f"{point.cp_id} has no place in the plan: give metres from 0 to {MOST_METRES}"
        placed.add(point.cp_id)
    return None
