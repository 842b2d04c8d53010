"""The simulated hand: what somebody at a point does, done from afar. No operator of real points needs it."""

from datetime import datetime

from evcharging.common.messages import Action
from evcharging.roles.central.orders import command
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import Effect


def why_no_hand(live: LivePoint, action: Action) -> str | None:
    """Why nobody can do that at a point now, in one sentence; None where somebody can."""
    if live.linked and not live.deaf:
        return None
    why = live.why if live.linked else "is offline"
    return f"{live.point.cp_id} {why} and cannot {action}"


def by_hand(shard: Shard, live: LivePoint, action: Action, now: datetime) -> list[Effect]:
    """Have the engine do it."""
    return [command(shard, live, action, now)]
