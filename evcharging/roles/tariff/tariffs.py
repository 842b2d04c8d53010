"""The published tariffs of one partition: decides what is published, numbers versions, and keeps what sites name."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from itertools import count

from evcharging.common.messages import Message
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff, TariffAnswer, TariffNews, TariffOrder
from evcharging.common.utils import changed
from evcharging.domain.access.noting import FieldChanges
from evcharging.domain.catalogue import (
    Catalogue,
    SiteTariff,
    TariffVersion,
    is_published_by,
    published,
    why_not_named,
    why_not_published,
)
from evcharging.domain.record import Record
from evcharging.roles.actions import Actions
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE, USED
from evcharging.roles.role import NOTHING, ClockStepped, Effects, Input
from evcharging.roles.voice import Voice

REMEMBERED = 10_000
"""How many orders that sites name a tariff are kept in mind; publications are all kept."""


class Tariffs:
    """All tariffs of a partition, and what the sites of that partition name, in one run of the shard with this `name`.
    The `catalogue` is what the store has of them; `places` is a key in each partition, where the news are said."""

    def __init__(self, name: str, epoch: int, catalogue: Catalogue, places: Sequence[str]) -> None:
        self.deadline: datetime | None = None
        self.catalogue = catalogue
        numbers = count(1)
        self._actions = Actions(lambda: f"action-{name}-{epoch}-{next(numbers)}")
        self._places = places
        self._voice = Voice(epoch)
        self._done: OrderedDict[str, NameSiteTariff] = OrderedDict()
        known = (version for versions in catalogue.versions.values() for version in versions)
        self._published = {version.request_id: version for version in known}

    def on_message(self, message: Input, now: datetime) -> Effects:
        if isinstance(message, PublishTariff):
            return self._publish(message, now)
        if isinstance(message, ClockStepped):
            self._actions.shift()
        return self._name(message, now) if isinstance(message, NameSiteTariff) else NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        return NOTHING

    def forgotten(self, message: Message) -> Sequence[tuple[type[Record], str]]:
        """The tariff that a site is to name: most are of other partitions."""
        tariff_id = message.tariff_id if isinstance(message, NameSiteTariff) else None
        return [] if tariff_id is None else [self.catalogue.next_version(tariff_id)]

    def remember(self, record: Record) -> None:
        """Take in what was published."""
        self.catalogue.learn(record)

    def _publish(self, order: PublishTariff, now: datetime) -> Effects:
        before = self._published.get(order.request_id)
        if before is not None:
            is_same = before.tariff_id == order.tariff_id and is_published_by(before, order)
            return [self._answer(order, now, None, before)] if is_same else self._refused(order, USED, now)
        versions = self.catalogue.versions.get(order.tariff_id, ())
        refusal = self._why_late(order, now) or why_not_published(order, versions, now)
        if refusal is not None:
            return self._refused(order, refusal, now)
        version = self._published[order.request_id] = published(order, len(versions) + 1, now)
        self.catalogue.learn(version)
        done = self._actions.done(order, FieldChanges(before={}, after={"version_id": version.version_id}), now)
        return [version, *done, *self._news(now, order.tariff_id), self._answer(order, now, None, version)]

    def _name(self, order: NameSiteTariff, now: datetime) -> Effects:
        before = self._done.get(order.request_id)
        if before is not None:
            is_same = changed(before, ts=order.ts) == order
            return [self._answer(order, now, None)] if is_same else self._refused(order, USED, now)
        unknown = None if order.tariff_id is None else why_not_named(order.tariff_id, self.catalogue)
        refusal = self._why_late(order, now) or unknown
        if refusal is not None:
            return self._refused(order, refusal, now)
        changes = FieldChanges(
            before={"tariff_id": self.catalogue.named_at(order.site_id)}, after={"tariff_id": order.tariff_id}
        )
        named = SiteTariff(site_id=order.site_id, tariff_id=order.tariff_id, named_at=now, actor=order.actor)
        self.catalogue.learn(named)
        self._done[order.request_id] = order
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        news = self._news(now, order.tariff_id, order.site_id)
        return [named, *self._actions.done(order, changes, now), *news, self._answer(order, now, None)]

    def _refused(self, order: TariffOrder, refusal: str, now: datetime) -> Effects:
        return [*self._actions.refused(order, refusal, now), self._answer(order, now, refusal)]

    def _why_late(self, order: TariffOrder, now: datetime) -> str | None:
        return TOO_LATE if now - order.ts > DECIDE_WITHIN else None

    def _news(self, now: datetime, tariff_id: str | None, site_id: str | None = None) -> list[TariffNews]:
        return [
            self._voice.say(TariffNews, ts=now, place=place, tariff_id=tariff_id, site_id=site_id)
            for place in self._places
        ]

    def _answer(
        self, order: TariffOrder, now: datetime, refusal: str | None, version: TariffVersion | None = None
    ) -> TariffAnswer:
        return self._voice.say(
            TariffAnswer,
            ts=now,
            request_id=order.request_id,
            refusal=refusal,
            version_id=version.version_id if version is not None else None,
            asked_at=order.ts,
        )
