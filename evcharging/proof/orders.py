"""What somebody who watches from outside has seen of orders: who gave which, what the ledger notes of them, and what
operators have changed there. By its own arithmetic; it trusts nothing that the roles keep in mind."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evcharging.common.messages import Message
from evcharging.common.messages_alerts import WebhookOrder
from evcharging.common.messages_catalogue import TariffOrder
from evcharging.common.messages_operators import Actor, OperatorOrder
from evcharging.common.messages_site import SiteOrder
from evcharging.common.utils import field_names, from_json, to_json, without_defaults
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.catalogue import SiteTariff, TariffVersion
from evcharging.domain.charging_point import Point
from evcharging.domain.record import Record
from evcharging.domain.session import Session
from evcharging.domain.site import Site

Order = OperatorOrder | TariffOrder | WebhookOrder | SiteOrder

DECIDED = tuple(name for name in field_names(Point) if name not in ("cp_id", "actor"))
"""All of a point is decided by operators, who register it too."""

SETTLED = ("settled_mwh", "settled_at", "settled_by", "settled_note")
"""What of a session is."""

LATELY = timedelta(seconds=61)


@dataclass(frozen=True, slots=True)
class Change:
    """What of a subject changed, by its fields: how it was and how it is; `actor` is who did it, by the record."""

    subject: str
    actor: Actor | None
    before: dict[str, Any]
    after: dict[str, Any]


class Ordered:
    """`given`: orders by their ID. `noted`: their actions. `changes` and `done`: what operators changed by the newest
    commit, and the actions without a refusal that it has, in order. `refused_at`: when refusals lasted, lately."""

    def __init__(self) -> None:
        self.given: dict[str, Order] = {}
        self.noted: defaultdict[str, list[OperatorAction]] = defaultdict(list)
        self.changes: list[Change] = []
        self.done: list[OperatorAction] = []
        self.refused_at: deque[datetime] = deque()
        self._sites: dict[str, str | None] = {}

    def said(self, message: Message) -> None:
        """A message reached the bus."""
        if isinstance(message, Order):
            self.given.setdefault(message.request_id, message)

    def committed(
        self,
        now: datetime,
        records: Iterable[Record],
        points: Mapping[str, Point],
        sessions: Mapping[str, Session],
    ) -> None:
        """Something lasts in the ledger, where points and sessions stood so before."""
        self.changes, self.done = [], []
        stood: dict[str, Record] = {}
        for record in records:
            if isinstance(record, OperatorAction):
                self._note(now, record)
            elif isinstance(record, Point):
                before = stood.get(record.cp_id) or points.get(record.cp_id) or Point(cp_id=record.cp_id)
                self._compare(before, record, record.actor, DECIDED)
                stood[record.cp_id] = record
            elif isinstance(record, Session):
                known = stood.get(record.session_id) or sessions.get(record.session_id)
                self._compare(known or record, record, record.settled_actor, SETTLED)
                stood[record.session_id] = record
            elif isinstance(record, TariffVersion):
                self.changes.append(Change(record.tariff_id, record.actor, {}, {"version_id": record.version_id}))
            elif isinstance(record, SiteTariff):
                named, self._sites[record.site_id] = self._sites.get(record.site_id), record.tariff_id
                before_after = {"tariff_id": named}, {"tariff_id": record.tariff_id}
                self.changes.append(Change(record.site_id, record.actor, *before_after))
            elif isinstance(record, Site):
                self.changes.append(Change(record.site_id, record.actor, {}, {}))

    def refused_lately(self, now: datetime) -> int:
        """How many refusals were noted in the last minute."""
        while self.refused_at and now - self.refused_at[0] > LATELY:
            self.refused_at.popleft()
        return len(self.refused_at)

    def _note(self, now: datetime, action: OperatorAction) -> None:
        self.noted[action.request_id or ""].append(action)
        if action.refusal is None:
            self.done.append(action)
        else:
            self.refused_at.append(now)

    def _compare(self, before: Record, after: Record, actor: Actor | None, names: Iterable[str]) -> None:
        changed = [name for name in names if getattr(before, name) != getattr(after, name)]
        if changed:
            self.changes.append(Change(after.key, actor, _fields(before, changed), _fields(after, changed)))


def said_in(text: str | None) -> dict[str, Any]:
    """What an action says of what was asked, or of how something stood."""
    return {} if text is None else from_json(dict[str, Any], text.encode())


def _fields(record: Record, names: Iterable[str]) -> dict[str, Any]:
    fields = {name: without_defaults(getattr(record, name)) for name in names}
    return from_json(dict[str, Any], to_json(fields))
