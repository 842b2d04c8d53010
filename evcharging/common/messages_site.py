"""The messages about sites: what Central says of the points of a site, and what the site counts."""

from evcharging.common.messages import Count, EurosPerKilowattHour, Id, Kilowatts, Message, Moment, Reference
from evcharging.common.states import CPState


class PointAtSite(Message, frozen=True, kw_only=True):
    """How a charging point of a site stands. `free`: a driver may ask for it now; `ends_at`: when its session is
    expected to end, where that is known."""

    site_id: Id
    cp_id: Id
    state: CPState
    free: bool = False
    kw_rate: Kilowatts = 0.0
    euros_per_kwh: EurosPerKilowattHour = 0.0
    ends_at: Moment | None = None


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
    """A site as it is shown: its points by their state, what was billed there, in mWh and micro-euro, and how many
    requests wait in its queue."""

    site_id: Id
    activated: Count = 0
    supplying: Count = 0
    stopped: Count = 0
    fault: Count = 0
    disconnected: Count = 0
    sessions: Count = 0
    energy_mwh: Count = 0
    micro_euros: Count = 0
    waiting: Count = 0
