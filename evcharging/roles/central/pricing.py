"""Published tariffs at the points of a shard: who names which, and that what is shown follows them. What the ledger has
of them is looked up whenever it counts, so that no word of another role need have arrived."""

from collections.abc import Sequence
from datetime import datetime

from evcharging.common.messages import Message
from evcharging.common.messages_catalogue import TariffNews
from evcharging.common.messages_operators import NameTariff, RegisterPoint
from evcharging.common.utils import changed
from evcharging.domain.catalogue import why_not_named
from evcharging.domain.record import Record
from evcharging.roles.central.operators import answer
from evcharging.roles.central.point_view import show
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE
from evcharging.roles.role import Effect

CHANGE = "tariff change"
"""The moment at which another version of some tariff begins to count."""


def to_look_up(shard: Shard, cp_id: str) -> Sequence[tuple[type[Record], str]]:
    """What the ledger may have of the tariff by which a session is billed that is authorised at a point."""
    live = shard.points.get(cp_id)
    if live is None:
        return ()
    return shard.catalogue.look_up(live.point.tariff_id, live.point.site_id)


def news_of(shard: Shard, message: Message) -> Sequence[tuple[type[Record], str]]:
    """What the ledger may have of the tariff and the site that a message names."""
    if not isinstance(message, NameTariff | TariffNews | RegisterPoint):
        return ()
    tariff_id = None if isinstance(message, RegisterPoint) else message.tariff_id
    site_id = None if isinstance(message, NameTariff) else message.site_id
    return shard.catalogue.look_up(tariff_id, site_id)


def on_name(shard: Shard, message: NameTariff, now: datetime) -> list[Effect]:
    """The point names this tariff from now on; a session that runs keeps the one that it began with."""
    live = shard.known(message.cp_id)
    if live is None:
        return [answer(shard, message, f"{message.cp_id} is not a known charging point", now)]
    is_late = now - message.ts > DECIDE_WITHIN
    fault = TOO_LATE if is_late else why_not_named(message.tariff_id, shard.catalogue)
    if fault is not None:
        return [answer(shard, message, fault, now)]
    live.point = changed(live.point, tariff=None, tariff_id=message.tariff_id, actor=message.actor)
    return [live.point, *show(shard, live, now), answer(shard, message, None, now)]


def on_news(shard: Shard, _: TariffNews, now: datetime) -> list[Effect]:
    """Show what has become of it."""
    return on_change(shard, "", now)


def on_change(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Another version may count from now on: show points as they cost now."""
    plan(shard, now)
    return [effect for live in _shown(shard) for effect in show(shard, live, now)]


def on_clock_set(shard: Shard, now: datetime) -> list[Effect]:
    """The clock may have passed a moment from which on another version counts."""
    return on_change(shard, "", now) if shard.catalogue.versions else []


def _shown(shard: Shard) -> list[LivePoint]:
    return [live for live in shard.points.values() if live.shown is not None and live.point.retired_at is None]


def plan(shard: Shard, now: datetime) -> None:
    """Set when a version begins to count next. It is a moment that people have named: no clock that is set moves it."""
    at = shard.catalogue.next_change(now)
    if at is None:
        shard.timers.cancel(CHANGE, "")
    else:
        shard.timers.set(CHANGE, "", at)


HANDLERS: Handlers = {
    NameTariff: on_name,
    TariffNews: on_news,
}
