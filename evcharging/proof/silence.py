"""What shows that live views believe again: once everything is at rest, no shard is heard of for a while. By then every
live view doubts what it shows, and nothing new is said of a point that would make up for that. Knows no invariant."""

from evcharging.proof.world import World

LASTS = 12
"""Seconds after which every live view doubts every point."""

BELIEVED_WITHIN = 4
"""Seconds in which each shard is heard of again: it says every 2 s that it lives."""


def fall_silent(world: World) -> None:
    """All that says that a shard lives is lost from now on, for a while."""
    for shard in range(world.broker.bus.partitions):
        world.broker.mute(str(shard), LASTS)
