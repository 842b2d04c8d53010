"""What is noted of somebody's action: who did what to what, what was asked in particular, and what it changed; of an
order, by the order itself. Knows no role and no store."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from evcharging.common.messages_alerts import WebhookOrder
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff, TariffOrder
from evcharging.common.messages_operators import AckAlert, Actor, OperatorOrder, OperatorRequest
from evcharging.common.messages_site import SiteOrder
from evcharging.common.utils import Frozen, changed, field_names, to_json, without_defaults
from evcharging.domain.access.action import OperatorAction

Order = OperatorOrder | TariffOrder | WebhookOrder | SiteOrder

UNKNOWN = "unknown"
"""Of whom it is not known who did it: orders of Centrals of earlier versions do not say it."""

NOTHING: Mapping[str, Any] = {}

WHO = frozenset({"actor", "settled_actor", "acknowledged_by"})
"""Fields of records that say who did it, as the action itself does."""


class FieldChanges(Frozen, frozen=True, kw_only=True):
    """What of a subject changed, by the names of its fields: how it was and how it is."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


UNCHANGED = FieldChanges(before=NOTHING, after=NOTHING)


def between(before: Frozen, after: Frozen) -> FieldChanges:
    """What an order made of a record, or of a structure in one."""
    names = [name for name in field_names(type(after)) if name not in WHO]
    different = [name for name in names if getattr(before, name) != getattr(after, name)]
    return FieldChanges(before=_fields(before, different), after=_fields(after, different))


def name_of(order: Order) -> str:
    """What an order is called: `stop`, `limit_point`."""
    return order.action.value if isinstance(order, OperatorRequest) else _snake(type(order).__name__)


def subject_of(order: Order) -> str:
    """What it is about: a session, a reservation, a tariff, a site, an alert, a webhook, or else a point."""
    subject: str = getattr(order, _subject_field(type(order)))
    return subject


def asked_in(order: Order) -> Mapping[str, Any]:
    """What it asks beyond its name and its subject."""
    return _fields(order, [name for name in own_fields(type(order)) if name in without_defaults(order)])


def action_of(
    order: Order, action_id: str, at: datetime, changes: FieldChanges, refusal: str | None = None, left_out: int = 0
) -> OperatorAction:
    """The action that an order is, or would have been."""
    action, subject, asked = name_of(order), subject_of(order), asked_in(order)
    done = action_by(order.actor, action_id, at, action, subject, asked=asked, changes=changes, refusal=refusal)
    return changed(done, request_id=order.request_id, left_out=left_out)


def action_by(
    actor: Actor | None,
    action_id: str,
    at: datetime,
    action: str,
    subject: str,
    *,
    asked: Mapping[str, Any] = NOTHING,
    changes: FieldChanges = UNCHANGED,
    refusal: str | None = None,
) -> OperatorAction:
    """An action of an actor, or of whom nobody knows who it was."""
    return OperatorAction(
        action_id=action_id,
        at=at,
        **_who(actor),
        action=action,
        subject=subject,
        asked=_json(asked),
        before=_json(changes.before),
        after=_json(changes.after),
        refusal=refusal,
    )


def _who(actor: Actor | None) -> dict[str, Any]:
    if actor is None:
        return {"actor_kind": UNKNOWN, "actor_id": UNKNOWN, "via": UNKNOWN}
    return {"actor_kind": actor.kind.value, "actor_id": actor.id, "via": actor.via, "role": actor.role}


@cache
def own_fields(kind: type[Order]) -> tuple[str, ...]:
    """The fields of an order of this kind that others do not have, without that of its subject."""
    orders = (OperatorOrder, TariffOrder, WebhookOrder, SiteOrder)
    others = {_subject_field(kind), *(name for order in orders for name in field_names(order))}
    if kind is OperatorRequest:
        others.add("action")
    return tuple(name for name in field_names(kind) if name not in others)


def _subject_field(kind: type[Order]) -> str:
    if "session_id" in field_names(kind):
        return "session_id"
    if "reservation_id" in field_names(kind):
        return "reservation_id"
    if issubclass(kind, WebhookOrder):
        return "webhook_id"
    if issubclass(kind, SiteOrder):
        return "site_id"
    others = {PublishTariff: "tariff_id", NameSiteTariff: "site_id", AckAlert: "alert_id"}
    return others.get(kind, "cp_id")


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _fields(value: Frozen, names: list[str]) -> dict[str, Any]:
    return {name: _told(name, without_defaults(getattr(value, name))) for name in names}


def _told(name: str, value: Any) -> Any:
    """Who has the whole address of a webhook may post there: of that is noted where it leads. Of a plan is noted how
    many points it has, of circuits their limits; all of it is in the history of the site."""
    if name == "description":
        return {each: _told(each, said) for each, said in value.items()}
    if name == "plan" and value is not None:
        return {"points": len(value.get("points", ()))}
    if name == "circuits" and value is not None:
        return {each["circuit_id"]: each["limit_ma"] for each in value["circuits"][:100]}
    if name != "url" or not isinstance(value, str):
        return value
    place = re.match(r"[a-z]+://[^/?#\s]*", value)
    return f"{place[0] if place else ''}/…"


def _json(fields: Mapping[str, Any]) -> str | None:
    return to_json(fields).decode() if fields else None
