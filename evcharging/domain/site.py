"""Stations and sites above the charging points, and what a site counts of each. Knows no bus, store or clock."""

from typing import ClassVar

from evcharging.common.messages_site import SessionAtSite
from evcharging.common.utils import changed
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


def place_of(site_id: str, cp_id: str) -> str:
    """The key of a point at a site; neither ID has a slash."""
    return f"{site_id}/{cp_id}"


def station_of(cp_id: str, station_id: str | None) -> str:
    """The station of a point: the one that it was registered with, or else what stands before the last colon of its ID,
    or else a station of its own."""
    return station_id or cp_id.rpartition(":")[0] or cp_id


def counted(point: SitePoint, session: SessionAtSite) -> SitePoint:
    """The point with one more session, unless that is counted already: sessions of a point come in order, and what a
    Central that died did not know to be sent comes again."""
    if (session.epoch, session.seq) <= (point.epoch, point.seq):
        return point
    return changed(
        point,
        epoch=session.epoch,
        seq=session.seq,
        sessions=point.sessions + 1,
        energy_mwh=point.energy_mwh + session.energy_mwh,
        micro_euros=point.micro_euros + session.micro_euros,
    )
