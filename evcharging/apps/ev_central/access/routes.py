"""What each route of Central needs, one line for each method and path template. What has no line is denied to
everybody. Knows no request."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from evcharging.domain.access.permissions import Permission

P = Permission


class Free(StrEnum):
    """What needs no permission of its own."""

    PUBLIC = "public"
    """For everybody, without a credential."""
    SIGNED_IN = "signed in"
    """For everybody who says who they are."""


Needs = Free | frozenset[Permission]
"""What one may do who may ask a route: `Free`, or one of these permissions."""

PUBLIC, SIGNED_IN = Free.PUBLIC, Free.SIGNED_IN
SOCKET: Final = "WEBSOCKET"
"""What stands for the method of a WebSocket."""


def _one_of(*permissions: Permission) -> frozenset[Permission]:
    return frozenset(permissions)


_OFFER, _NETWORK, _LEDGER = _one_of(P.OFFER_READ), _one_of(P.NETWORK_READ), _one_of(P.LEDGER_READ)
_ORDERS, _POINTS, _PRICES = _one_of(P.ORDERS_WRITE), _one_of(P.POINTS_WRITE), _one_of(P.PRICES_WRITE)
_BILLS, _OWN, _AUDIT = _one_of(P.BILLS_WRITE), _one_of(P.OWN_WRITE), _one_of(P.AUDIT_READ)
_PEOPLE, _PEOPLE_WRITE = _one_of(P.PEOPLE_READ), _one_of(P.PEOPLE_WRITE)
_ALERTS = _one_of(P.ALERTS_WRITE)
_ITSELF = _one_of(P.POINT_REPORT)
_LEDGER_OR_OWN, _ORDERS_OR_OWN = _LEDGER | _OWN, _ORDERS | _OWN
"""Somebody who may look at everybody's, or a driver at that driver's own."""
_POINTS_OR_ITSELF = _POINTS | _ITSELF
"""Somebody who may register points, or a point that registers itself."""

V1: Final = "/api/v1"

PAGES: dict[tuple[str, str], Needs] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/setup"): PUBLIC,
    ("GET", "/favicon.svg"): PUBLIC,
    ("GET", "/assets/{path}"): PUBLIC,
    ("GET", "/app"): PUBLIC,
    ("GET", "/app/{path}"): PUBLIC,
    ("GET", "/openapi.json"): SIGNED_IN,
    ("GET", "/health"): PUBLIC,
    ("GET", "/health/live"): PUBLIC,
    ("GET", "/health/ready"): PUBLIC,
    ("GET", "/metrics"): _one_of(P.METRICS_READ),
}

NOW: dict[tuple[str, str], Needs] = {
    (SOCKET, "/ws"): _NETWORK,
    ("GET", "/cp"): _NETWORK,
    ("GET", "/cp/free"): _OFFER,
    ("GET", "/cp/{cp_id}"): _NETWORK,
    ("GET", "/telemetry"): _NETWORK,
    ("GET", "/requests/ongoing"): _NETWORK,
    ("GET", "/sites"): _NETWORK,
    ("GET", "/sites/{site_id}"): _NETWORK,
    ("GET", f"{V1}/points"): _NETWORK,
    ("GET", f"{V1}/points/{{cp_id}}"): _NETWORK,
    ("GET", f"{V1}/points/{{cp_id}}/limit"): _NETWORK,
    ("GET", f"{V1}/points/{{cp_id}}/tariff"): _OFFER,
    ("GET", f"{V1}/points/{{cp_id}}/estimate"): _OFFER,
    ("GET", f"{V1}/sites"): _NETWORK,
    ("GET", f"{V1}/sites/{{site_id}}"): _NETWORK,
    ("GET", f"{V1}/sites/{{site_id}}/tariff"): _OFFER,
    ("GET", f"{V1}/sites/{{site_id}}/queue"): _NETWORK,
    ("GET", f"{V1}/sites/{{site_id}}/power"): _NETWORK,
    ("GET", f"{V1}/stats"): _NETWORK,
    ("GET", f"{V1}/tariffs"): _OFFER,
    ("GET", f"{V1}/tariffs/{{tariff_id}}"): _OFFER,
    ("GET", f"{V1}/tariffs/{{tariff_id}}/versions/{{number}}"): _OFFER,
}

PAST: dict[tuple[str, str], Needs] = {
    ("GET", "/sessions"): _LEDGER,
    ("GET", "/tickets"): _LEDGER,
    ("GET", "/requests"): _LEDGER,
    ("GET", "/messages"): _LEDGER,
    ("GET", "/drivers"): _LEDGER,
    ("GET", f"{V1}/sessions"): _LEDGER,
    ("GET", f"{V1}/sessions/{{session_id}}"): _LEDGER,
    ("GET", f"{V1}/sessions/{{session_id}}/meter-values"): _LEDGER,
    ("GET", f"{V1}/sessions/{{session_id}}/receipt"): _LEDGER,
    ("GET", f"{V1}/sessions/{{session_id}}/receipt.html"): _LEDGER,
    ("GET", f"{V1}/requests"): _LEDGER,
    ("GET", f"{V1}/requests/{{request_id}}"): _LEDGER,
    ("GET", f"{V1}/tickets"): _LEDGER,
    ("GET", f"{V1}/tickets/{{session_id}}"): _LEDGER,
    ("GET", f"{V1}/notices"): _LEDGER,
    ("GET", f"{V1}/notices/{{notice_id}}"): _LEDGER,
    ("GET", f"{V1}/drivers"): _LEDGER,
    ("GET", f"{V1}/drivers/{{driver_id}}"): _LEDGER,
    ("GET", f"{V1}/series"): _LEDGER,
    ("GET", f"{V1}/points/{{cp_id}}/states"): _LEDGER,
    ("GET", f"{V1}/utilisation"): _LEDGER,
    ("GET", f"{V1}/replay"): _LEDGER,
    ("GET", f"{V1}/replay/changes"): _LEDGER,
    ("GET", f"{V1}/replay/incidents"): _LEDGER,
    ("GET", f"{V1}/alerts"): _LEDGER,
    ("GET", f"{V1}/alerts/{{alert_id}}"): _LEDGER,
    ("GET", f"{V1}/alert-rules"): _LEDGER,
    ("GET", f"{V1}/revenue"): _LEDGER,
    ("GET", f"{V1}/payments"): _LEDGER,
    ("GET", f"{V1}/payments/{{session_id}}"): _LEDGER,
    **{("GET", f"{V1}/exports/{kind}.{form}"): _LEDGER for kind in ("sessions", "tickets") for form in ("csv", "json")},
    ("GET", f"{V1}/exports/entries.csv"): _LEDGER,
    ("GET", f"{V1}/books"): _LEDGER,
    ("GET", f"{V1}/payments/reconcile"): _LEDGER,
    # It shows what drivers were billed.
    ("POST", f"{V1}/tariffs/preview"): _LEDGER,
}

ORDERS: dict[tuple[str, str], Needs] = {
    ("DELETE", f"{V1}/sites/{{site_id}}/queue/{{request_id}}"): _ORDERS,
    ("POST", "/cp/stop"): _ORDERS,
    ("POST", "/cp/resume"): _ORDERS,
    ("POST", "/cp/{cp_id}/stop"): _ORDERS,
    ("POST", "/cp/{cp_id}/resume"): _ORDERS,
    ("POST", "/cp/{cp_id}/plug"): _ORDERS,
    ("POST", "/cp/{cp_id}/unplug"): _ORDERS,
    ("POST", "/cp/{cp_id}/fault"): _ORDERS,
    ("POST", "/cp/{cp_id}/recover"): _ORDERS,
    ("POST", f"{V1}/points/{{cp_id}}/stop-after-supply"): _ORDERS,
    ("POST", f"{V1}/points/{{cp_id}}/{{action}}"): _ORDERS,
    ("POST", f"{V1}/alerts/{{alert_id}}/ack"): _ORDERS,
    ("PUT", f"{V1}/points/{{cp_id}}/limit"): _ORDERS,
    ("DELETE", f"{V1}/points/{{cp_id}}/limit"): _ORDERS,
    ("POST", "/cp/register"): _POINTS_OR_ITSELF,
    ("POST", "/cp/register/many"): _POINTS_OR_ITSELF,
    ("DELETE", "/cp/{cp_id}"): _POINTS,
    ("POST", "/cp/{cp_id}/forget-run"): _POINTS,
    ("PUT", f"{V1}/points/{{cp_id}}/tariff"): _PRICES,
    ("DELETE", f"{V1}/points/{{cp_id}}/tariff"): _PRICES,
    ("PUT", f"{V1}/sites/{{site_id}}"): _POINTS,
    ("PUT", f"{V1}/sites/{{site_id}}/tariff"): _PRICES,
    ("DELETE", f"{V1}/sites/{{site_id}}/tariff"): _PRICES,
    ("POST", f"{V1}/tariffs"): _PRICES,
    ("POST", f"{V1}/tariffs/ocpi"): _PRICES,
    ("POST", "/sessions/{session_id}/settle"): _BILLS,
    ("POST", f"{V1}/payments/reconcile"): _BILLS,
    # The provider's signature says who it is.
    ("POST", "/payments/events"): PUBLIC,
    ("POST", f"{V1}/payments/{{session_id}}/refunds"): _BILLS,
    ("POST", f"{V1}/payments/{{session_id}}/look"): _BILLS,
}

PEOPLE: dict[tuple[str, str], Needs] = {
    ("GET", f"{V1}/access"): PUBLIC,
    ("POST", f"{V1}/auth/register"): PUBLIC,
    ("POST", f"{V1}/auth/login"): PUBLIC,
    ("POST", f"{V1}/auth/refresh"): PUBLIC,
    ("POST", f"{V1}/auth/logout"): PUBLIC,
    ("POST", f"{V1}/auth/session"): PUBLIC,
    ("POST", f"{V1}/auth/setup"): PUBLIC,
    ("DELETE", f"{V1}/auth/session"): SIGNED_IN,
    ("POST", f"{V1}/auth/ticket"): SIGNED_IN,
    ("GET", f"{V1}/me"): SIGNED_IN,
    ("GET", f"{V1}/users"): _PEOPLE,
    ("GET", f"{V1}/users/{{account_id}}"): _PEOPLE,
    ("POST", f"{V1}/users"): _PEOPLE_WRITE,
    ("PATCH", f"{V1}/users/{{account_id}}"): _PEOPLE_WRITE,
    ("DELETE", f"{V1}/users/{{account_id}}"): _PEOPLE_WRITE,
    ("POST", f"{V1}/users/{{account_id}}/link"): _PEOPLE_WRITE,
    ("GET", f"{V1}/keys"): _PEOPLE,
    ("POST", f"{V1}/keys"): _PEOPLE_WRITE,
    ("DELETE", f"{V1}/keys/{{key_id}}"): _PEOPLE_WRITE,
}

IDENTITIES: dict[tuple[str, str], Needs] = {
    ("GET", f"{V1}/identities"): _PEOPLE,
    ("POST", f"{V1}/points/{{cp_id}}/enrolment"): _POINTS,
    ("POST", f"{V1}/points/enrol"): PUBLIC,
    ("POST", f"{V1}/points/{{cp_id}}/key"): _ITSELF,
    ("DELETE", f"{V1}/points/{{cp_id}}/key"): _POINTS,
}

OWN: dict[tuple[str, str], Needs] = {
    ("POST", f"{V1}/me/key"): _OWN,
    ("GET", f"{V1}/me/cards"): _OWN,
    ("POST", f"{V1}/me/cards"): _OWN,
    ("DELETE", f"{V1}/me/cards/{{card_id}}"): _OWN,
    ("POST", f"{V1}/me/cards/{{card_id}}/default"): _OWN,
    ("GET", f"{V1}/me/payments"): _OWN,
    ("DELETE", f"{V1}/me"): _OWN,
    ("GET", f"{V1}/me/vehicles"): _OWN,
    ("PUT", f"{V1}/me/vehicles"): _OWN,
    ("GET", f"{V1}/me/points"): _OWN,
    ("GET", f"{V1}/me/sites"): _OWN,
    ("GET", f"{V1}/me/requests"): _OWN,
    ("GET", f"{V1}/me/requests/{{request_id}}"): _OWN,
    ("GET", f"{V1}/me/queue"): _OWN,
    ("GET", f"{V1}/me/queue/{{request_id}}"): _OWN,
    ("POST", f"{V1}/me/queue/{{request_id}}/take"): _OWN,
    ("DELETE", f"{V1}/me/queue/{{request_id}}"): _OWN,
    ("POST", f"{V1}/sites/{{site_id}}/sessions"): _OWN,
    ("GET", f"{V1}/me/sessions"): _OWN,
    ("GET", f"{V1}/me/tickets"): _OWN,
    ("POST", f"{V1}/me/sessions"): _OWN,
    ("GET", f"{V1}/me/sessions/{{session_id}}"): _OWN,
    ("GET", f"{V1}/me/sessions/{{session_id}}/receipt"): _OWN,
    ("POST", f"{V1}/me/sessions/{{session_id}}/stop"): _OWN,
    (SOCKET, f"{V1}/me/stream"): _OWN,
}

RESERVATIONS: dict[tuple[str, str], Needs] = {
    ("POST", f"{V1}/reservations"): _ORDERS_OR_OWN,
    ("GET", f"{V1}/reservations"): _LEDGER_OR_OWN,
    ("GET", f"{V1}/reservations/{{reservation_id}}"): _LEDGER_OR_OWN,
    ("DELETE", f"{V1}/reservations/{{reservation_id}}"): _ORDERS_OR_OWN,
    ("GET", f"{V1}/reservations/{{reservation_id}}/receipt"): _LEDGER_OR_OWN,
    ("GET", f"{V1}/points/{{cp_id}}/calendar"): _OFFER,
}

WEBHOOKS: dict[tuple[str, str], Needs] = {
    ("GET", f"{V1}/webhooks"): _ALERTS,
    ("POST", f"{V1}/webhooks"): _ALERTS,
    ("PATCH", f"{V1}/webhooks/{{webhook_id}}"): _ALERTS,
    ("DELETE", f"{V1}/webhooks/{{webhook_id}}"): _ALERTS,
    ("POST", f"{V1}/webhooks/{{webhook_id}}/test"): _ALERTS,
    ("GET", f"{V1}/webhooks/{{webhook_id}}/deliveries"): _ALERTS,
}

AUDIT: dict[tuple[str, str], Needs] = {
    (SOCKET, f"{V1}/bus/stream"): _AUDIT,
    ("GET", f"{V1}/bus/topics"): _AUDIT,
    ("GET", f"{V1}/bus/unreadable"): _AUDIT,
    ("GET", f"{V1}/bus/messages"): _AUDIT,
    ("GET", f"{V1}/audit"): _AUDIT,
    ("GET", f"{V1}/ledger-audits"): _AUDIT,
    ("POST", f"{V1}/ledger-audits"): _AUDIT,
}

LAB: dict[tuple[str, str], Needs] = {
    ("GET", f"{V1}/lab"): _ORDERS,
    ("GET", f"{V1}/lab/points"): _ORDERS,
    ("POST", f"{V1}/lab/points"): _ORDERS,
    ("PUT", f"{V1}/lab/points/{{cp_id}}/vehicle"): _ORDERS,
    ("GET", f"{V1}/lab/drivers"): _ORDERS,
    ("POST", f"{V1}/lab/drivers"): _ORDERS,
    ("POST", f"{V1}/lab/central/{{deed}}"): _ORDERS,
    ("POST", f"{V1}/lab/scenarios/{{scenario_id}}"): _ORDERS,
    ("DELETE", f"{V1}/lab/scenarios"): _ORDERS,
    ("POST", f"{V1}/lab/{{kind}}/{{part_id}}/{{deed}}"): _ORDERS,
}

ROUTES: Mapping[tuple[str, str], Needs] = {
    **PAGES,
    **NOW,
    **PAST,
    **ORDERS,
    **PEOPLE,
    **IDENTITIES,
    **OWN,
    **RESERVATIONS,
    **WEBHOOKS,
    **AUDIT,
    **LAB,
}
"""What each route needs."""

FILES: Final = ("/assets/", "/app/")


def is_public(method: str, path: str) -> bool:
    """Whether what is asked needs no credential, by its path alone: public paths have no parts that vary, but for those
    of the pages' files."""
    if path.startswith(FILES):
        return method == "GET"
    return "{" not in path and ROUTES.get((method, path)) is PUBLIC


def permissions_for(needs: Needs | None) -> tuple[Permission, ...]:
    """The permissions of which one is needed, in order."""
    return tuple(sorted(needs)) if isinstance(needs, frozenset) else ()
