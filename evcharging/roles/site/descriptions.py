"""What operators say of the sites of one partition: decides on it, and has it noted."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from itertools import count

from evcharging.common.messages_site import DescribeSite, RemoveFromQueue, SiteAnswer, SiteOrder
from evcharging.common.site_description import SiteDescription
from evcharging.common.utils import changed
from evcharging.domain.access.noting import UNCHANGED, between, subject_of
from evcharging.domain.site import Site, why_not_described
from evcharging.roles.actions import Actions
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE, USED
from evcharging.roles.role import Effects
from evcharging.roles.site.queues import Queues

REMEMBERED = 1_000
"""How many orders are kept in mind, so that what is asked again is done once."""


class Descriptions:
    """All `sites` of a partition that are described, in one run of the shard with this `name`."""

    def __init__(self, name: str, epoch: int, sites: Iterable[Site] = ()) -> None:
        self.sites = {site.site_id: site for site in sites}
        numbers = count(1)
        self._actions = Actions(lambda: f"action-{name}-{epoch}-{next(numbers)}")
        self._epoch = epoch
        self._answers = count(1)
        self._done: OrderedDict[str, SiteOrder] = OrderedDict()

    def shift(self) -> None:
        """The clock was set."""
        self._actions.shift()

    def decide(self, order: DescribeSite, now: datetime) -> Effects:
        """The record and the action, where there are any, and the answer, which is the last."""
        if order.request_id in self._done:
            return self._again(order, now)
        refusal = self._late(order, now) or why_not_described(order.description)
        return self._described(order, now) if refusal is None else self._refused(order, refusal, now)

    def remove(self, order: RemoveFromQueue, queues: Queues, now: datetime) -> Effects:
        """Take a request out of its queue, note that, and answer."""
        if order.request_id in self._done:
            return self._again(order, now)
        refusal = self._late(order, now) or queues.why_not_removed(order)
        if refusal is not None:
            return self._refused(order, refusal, now)
        self._remember(order)
        before = queues.entries.known(order.queued_id)
        ended = queues.remove(order, now)
        after = queues.entries.known(order.queued_id)
        made = UNCHANGED if before is None or after is None else between(before, after)
        return [*ended, *self._actions.done(order, made, now), self._answer(order, None, now)]

    def _again(self, order: SiteOrder, now: datetime) -> Effects:
        before = self._done[order.request_id]
        is_same = changed(before, ts=order.ts, epoch=order.epoch, seq=order.seq) == order
        return [self._answer(order, None, now)] if is_same else self._refused(order, USED, now)

    def _late(self, order: SiteOrder, now: datetime) -> str | None:
        return TOO_LATE if now - order.ts > DECIDE_WITHIN else None

    def _remember(self, order: SiteOrder) -> None:
        self._done[order.request_id] = order
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)

    def _described(self, order: DescribeSite, now: datetime) -> Effects:
        self._remember(order)
        known = self.sites.get(order.site_id)
        before = known.description if known is not None else SiteDescription()
        if before == order.description:
            return [self._answer(order, None, now)]
        site = Site(site_id=order.site_id, description=order.description, described_at=now, actor=order.actor)
        self.sites[order.site_id] = site
        return [
            site,
            *self._actions.done(order, between(before, order.description), now),
            self._answer(order, None, now),
        ]

    def _refused(self, order: SiteOrder, refusal: str, now: datetime) -> Effects:
        return [*self._actions.refused(order, refusal, now), self._answer(order, refusal, now)]

    def _answer(self, order: SiteOrder, refusal: str | None, now: datetime) -> SiteAnswer:
        return SiteAnswer(
            ts=now,
            epoch=self._epoch,
            seq=next(self._answers),
            request_id=order.request_id,
            site_id=subject_of(order),
            refusal=refusal,
            asked_at=order.ts,
        )
