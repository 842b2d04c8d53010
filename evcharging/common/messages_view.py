"""The messages of the live view: what Central says of points, readings and notices, for dashboards to show."""

from typing import Annotated

from msgspec import Meta

from evcharging.common.messages import (
    Count,
    Euros,
    EurosPerKilowattHour,
    Id,
    KilowattHours,
    Kilowatts,
    Known,
    Level,
    Message,
    Moment,
    Reference,
    Text,
)
from evcharging.common.states import CPState
from evcharging.common.utils import Frozen


class OngoingSession(Frozen, frozen=True, kw_only=True):
    """The open session of a charging point, as the panel shows it."""

    session_id: Reference
    request_id: Reference
    driver_id: Id
    status: Text
    requested_at: Moment
    started_at: Moment | None = None


class PointShown(Message, frozen=True, kw_only=True):
    """A charging point as Central shows it from `ts` on; `last_seen` is when its monitor was last heard of. A `retired`
    one is shown to nobody."""

    cp_id: Id
    state: CPState
    since: Moment
    location: Text
    euros_per_kwh: EurosPerKilowattHour
    station_id: Id | None = None
    site_id: Id | None = None
    kw_rate: Kilowatts
    stopped: bool
    manual: bool = False
    plugged: bool = False
    reason: Text | None = None
    last_seen: Moment | None = None
    session: OngoingSession | None = None
    retired: bool = False


class ReadingShown(Frozen, frozen=True, kw_only=True):
    """A reading as the panel shows it, received by Central at `heard_at`. IDs are not looked at closely, as they count
    only where they are known ones."""

    ts: Moment
    cp_id: Known
    driver_id: Known
    session_id: Known
    kw: Kilowatts
    kwh: KilowattHours
    euros: Euros
    register_mwh: Count
    heard_at: Moment | None = None


class ReadingsShown(Message, frozen=True, kw_only=True):
    """The newest readings of points in one shard, together, for the panel; `cp_id` is the first one's."""

    cp_id: Id
    readings: Annotated[tuple[ReadingShown, ...], Meta(min_length=1, max_length=1000)]


class NoticeShown(Message, frozen=True, kw_only=True):
    """A line for the panel's system messages; `code`, `session_id` and `detail` are what its text is made of."""

    notice_id: Reference
    level: Level
    text: Text
    cp_id: Id | None = None
    code: Reference | None = None
    session_id: Reference | None = None
    detail: Text | None = None
