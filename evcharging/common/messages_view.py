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
    Limit,
    Message,
    Moment,
    Reference,
    Text,
)
from evcharging.common.messages_tariff import Price
from evcharging.common.states import CPState
from evcharging.common.utils import Frozen


class OngoingSession(Frozen, frozen=True, kw_only=True):
    """The open session of a charging point, as the panel shows it. One that has ended is idle: its vehicle is still
    plugged in."""

    session_id: Reference
    request_id: Reference
    driver_id: Id
    status: Text
    requested_at: Moment
    started_at: Moment | None = None
    ended_at: Moment | None = None


class PointShown(Message, frozen=True, kw_only=True):
    """A charging point as Central shows it from `ts` on; `last_seen` is when its monitor was last heard of. `limit` is
    what it may give at most, and `is_limited` says that its engine keeps to that; `occupied`, that the vehicle of the
    last charge is still plugged in, `held_until`, that it is kept for one driver until then, and `finishing`, that its
    stop waits for the end of the supply that runs. A `retired` one is shown to nobody. `shard` says so, and `number`
    counts what it said of points in this run."""

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
    limit: Limit | None = None
    is_limited: bool = False
    occupied: bool = False
    held_until: Moment | None = None
    reserved_from: Moment | None = None
    is_reserved: bool = False
    finishing: bool = False
    retired: bool = False
    shard: Known = ""
    number: Count = 0


class ReadingShown(Frozen, frozen=True, kw_only=True):
    """A reading as the panel shows it, received by Central at `heard_at`. IDs are not looked at closely, as they count
    only where they are known ones. `price` is what the session costs so far by the lines of its tariff, where it has
    one; of an idle session Central says it again now and then, without power."""

    ts: Moment
    cp_id: Known
    driver_id: Known
    session_id: Known
    kw: Kilowatts
    kwh: KilowattHours
    euros: Euros
    register_mwh: Count
    heard_at: Moment | None = None
    price: Price | None = None


class LateContact(Frozen, frozen=True, kw_only=True):
    """A point that Central has not heard of for some time, and since when."""

    cp_id: Id
    heard_at: Moment


class ShardAlive(Message, frozen=True, kw_only=True):
    """A shard of Central lives, and its points stand as it said; `cp_id` is one of them. `shown` is the number of its
    newest word on a point, `since` that of the first one of when it last told of all; `late` names the points that it
    last heard of more than 2 s ago."""

    cp_id: Id
    shard: Known
    shown: Count
    since: Count
    late: Annotated[tuple[LateContact, ...], Meta(min_length=0, max_length=1000)] = ()


class PointsWanted(Message, frozen=True, kw_only=True):
    """Somebody who looks on has missed words of the shard that this point belongs to: it tells of all its points."""

    cp_id: Id


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
