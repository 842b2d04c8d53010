"""The messages about sites: what Central says of the points of a site, what the site counts, and what operators say of
it."""

from evcharging.common.messages import (
    Count,
    EurosPerKilowattHour,
    Id,
    Kilowatts,
    Message,
    Moment,
    Reference,
    Text,
)
from evcharging.common.messages_operators import Actor
from evcharging.common.site_description import SiteAbout, SiteDescription
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
    """A session at a point of a site was billed, or the fee of a reservation, which is none of the `sessions`: energy
    in mWh, money in micro-euro."""

    site_id: Id
    cp_id: Id
    session_id: Reference
    energy_mwh: Count
    micro_euros: Count
    sessions: Count = 1


class SiteShown(Message, frozen=True, kw_only=True):
    """A site as it is shown: its points by their state, what was billed there, in mWh and micro-euro, how many requests
    wait in its queue, and what it is called and where it is, once an operator has said so."""

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
    about: SiteAbout | None = None


class SiteOrder(Message, frozen=True, kw_only=True):
    """What is asked about a site; `actor` is who asks, where that is known."""

    request_id: Reference
    actor: Actor | None = None


class DescribeSite(SiteOrder, frozen=True, kw_only=True):
    """An operator says all that there is to say of a site, in place of what was said before."""

    site_id: Id
    description: SiteDescription


class RemoveFromQueue(SiteOrder, frozen=True, kw_only=True):
    """An operator takes a request out of the queue of a site; its driver hears why it is over."""

    site_id: Id
    queued_id: Reference


class SiteAnswer(Message, frozen=True, kw_only=True):
    """The decision on such an order, after it was made to last. `asked_at`: when that was asked, so that who asks again
    with the same ID is not given the answer of before."""

    request_id: Reference
    site_id: Id
    refusal: Text | None = None
    asked_at: Moment | None = None
