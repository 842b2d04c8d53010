"""What people had decided of a point at a moment: how it is now, with what was done since then undone. Knows no store
or clock."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from evcharging.common.messages import Limit
from evcharging.common.messages_tariff import Tariff
from evcharging.common.utils import BadJson, changed, of_json
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.charging_point import Point

FIELDS: dict[str, Any] = {
    "location": str,
    "station_id": str | None,
    "site_id": str | None,
    "own_micro_euros_per_kwh": int | None,
    "tariff": Tariff | None,
    "tariff_id": str | None,
    "limit": Limit | None,
}
"""What is told of the past of a point, and what it is."""

ACTIONS = ("register_point", "limit_point", "assign_tariff", "name_tariff")
"""The actions that change any of it."""


def undone(point: Point, actions: Sequence[OperatorAction], at: datetime) -> Point:
    """The point as it was at a moment; of `actions`, oldest first, those after it are undone."""
    for action in reversed(actions):
        if action.at <= at:
            break
        point = changed(point, **_before(action))
    return point


def _before(action: OperatorAction) -> dict[str, Any]:
    """What the fields were that an action changed; what cannot be read is left as it is."""
    if action.before is None:
        return {}
    try:
        before = json.loads(action.before)
        return {name: of_json(FIELDS[name], value) for name, value in before.items() if name in FIELDS}
    except (BadJson, ValueError, AttributeError):
        return {}
