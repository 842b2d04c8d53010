"""The messages about sites: what Central says of the points of a site, and what the site counts."""

from evcharging.common.messages import Count, Id, Message, Reference
from evcharging.common.states import CPState


class PointAtSite(Message, frozen=True, kw_only=True):
    """How a charging point of a site stands."""

    site_id: Id
    cp_id: Id
    state: CPState


class PointLeftSite(Message, frozen=True, kw_only=True):
    """A charging point belongs to a site no more."""

    site_id: Id
    cp_id: Id


class SessionAtSite(Message, frozen=True, kw_only=True):
    """A session at a point of a site was billed: energy in mWh, money in micro-euro."""

    site_id: Id
    cp_id: Id
    session_id: Reference
    energy_mwh: Count
    micro_euros: Count


class SiteShown(Message, frozen=True, kw_only=True):
    """A site as it is shown: its points by their state, and what was billed there, in mWh and micro-euro."""

    site_id: Id
    activated: Count = 0
    supplying: Count = 0
    stopped: Count = 0
    fault: Count = 0
    disconnected: Count = 0
    sessions: Count = 0
    energy_mwh: Count = 0
    micro_euros: Count = 0
