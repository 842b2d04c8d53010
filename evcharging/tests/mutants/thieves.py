"""Mutants of seals: who is believed, for whom, and for how long."""

from datetime import datetime

from evcharging.adapters import central_seals
from evcharging.adapters.central_seals import CentralSeals
from evcharging.adapters.key_ring import Identities, KeyRing
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import OTHER_KEY, UNKNOWN_SENDER
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message
from evcharging.common.messages_operators import RegisterPoint
from evcharging.domain.access.keys import Identity
from evcharging.protocols import seal
from evcharging.protocols.seal import Seal, Stamp
from evcharging.roles.central import operators
from evcharging.roles.central.shard import Shard
from evcharging.tests.mutants.mutant import Target, mutant


def _believe(seals: object, topic: Topic, message: Message, body: bytes, by: bytes | None) -> None:
    return None


@mutant("seal-unchecked")
def seal_unchecked() -> list[Target]:
    """Central believes everybody, sealed or not."""
    return [(CentralSeals, "why_not", _believe)]


@mutant("orders-unchecked")
def orders_unchecked() -> list[Target]:
    """An engine or a driver believes everybody, sealed or not."""
    return [(OwnSeals, "why_not", _believe)]


@mutant("mac-unchecked")
def mac_unchecked() -> list[Target]:
    """A seal counts by the name in it, whatever key it was made with."""

    def made(stamp: Stamp, mac: bytes, body: bytes) -> bool:
        return True

    return [(Stamp, "made", made)]


@mutant("topic-unsealed")
def topic_unsealed() -> list[Target]:
    """The topic is not in the MAC: what a point has said is an order to it."""

    def head(topic: str, sealer: str) -> bytes:
        return f"evcharging/1\0{sealer}\0".encode()

    return [(seal, "head_of", head)]


@mutant("body-unsealed")
def body_unsealed() -> list[Target]:
    """The message is not in the MAC: one seal fits all that its sender could say there."""

    def by_name(stamp: Stamp, body: bytes) -> bytes:
        return stamp.name + stamp.key.mac(stamp.head)

    def made(stamp: Stamp, mac: bytes, body: bytes) -> bool:
        return mac == stamp.key.mac(stamp.head)

    return [(Stamp, "seal", by_name), (Stamp, "made", made)]


@mutant("sender-unheld")
def sender_unheld() -> list[Target]:
    """Whoever has a key may speak for everybody."""

    def why_not(stamp: Stamp, topic: Topic, message: Message, body: bytes, mac: bytes) -> str | None:
        return None if stamp.made(mac, body) else OTHER_KEY

    return [(central_seals, "_why_not", why_not)]


@mutant("revoked-counts")
def revoked_counts() -> list[Target]:
    """A key that was revoked counts on."""

    def accepts(identity: Identity, version: int, now: datetime) -> bool:
        return version in (identity.version, identity.version - 1)

    return [(Identity, "accepts", accepts)]


@mutant("ring-unread")
def ring_unread() -> list[Target]:
    """Central looks only once whose keys count."""
    look = KeyRing.look

    def once(ring: KeyRing, accounts: Identities) -> None:
        if not ring.is_fresh:
            look(ring, accounts)

    def fresh(ring: KeyRing) -> bool:
        return ring._version is not None

    return [(KeyRing, "look", once), (KeyRing, "is_fresh", property(fresh))]


@mutant("stale-judge")
def stale_judge() -> list[Target]:
    """A Central that stood still judges by what it knew before."""
    return [(KeyRing, "is_fresh", property(lambda ring: True))]


@mutant("newest-key-unheard")
def newest_key_unheard() -> list[Target]:
    """What is said by a key that was given out a moment ago is set aside for good."""

    def never(seals: CentralSeals, stamps: object, topic: Topic, message: Message, body: bytes, found: Seal) -> str:
        return UNKNOWN_SENDER

    return [(CentralSeals, "_meet_newer", never)]


@mutant("late-registration")
def late_registration() -> list[Target]:
    """A registration that is said again much later changes a point back."""

    def never(shard: Shard, message: RegisterPoint, now: datetime) -> bool:
        return False

    return [(operators, "_is_late_change", never)]
