"""What tests of seals are made of: a ring that somebody may read again, and everybody's seals."""

from datetime import UTC, datetime, timedelta

from evcharging.adapters.central_seals import CentralSeals
from evcharging.adapters.key_ring import KeyRing
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import Seals
from evcharging.common.kafka import TOPIC_OF
from evcharging.common.messages import CPTelemetry, DriverRequest, DriverUpdate, Message, StopSupply, UpdateStatus
from evcharging.common.utils import to_json
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.proof.identities import Registry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MASTER = bytes(range(32))
POINT, OTHER_POINT, DRIVER = "CP-1", "CP-2", "driver-1"

READING = CPTelemetry(ts=NOW, cp_id=POINT, kw=22, euros=0.1, driver_id=DRIVER, session_id="S-1")
ORDER = StopSupply(ts=NOW, cp_id=POINT, session_id="S-1")
REQUEST = DriverRequest(ts=NOW, request_id="R-1", driver_id=DRIVER, cp_id=POINT)
UPDATE = DriverUpdate(ts=NOW, request_id="R-1", driver_id=DRIVER, cp_id=POINT, status=UpdateStatus.ACCEPTED)


class SealWorld:
    """Two points, a driver and Central, with a clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW
        self.is_secure = True
        self.registry = Registry(
            MASTER,
            [
                Identity(kind=KeyKind.POINT, id=POINT),
                Identity(kind=KeyKind.POINT, id=OTHER_POINT),
                Identity(kind=KeyKind.DRIVER, id=DRIVER),
            ],
        )
        self.seconds = 0.0
        self.ring = KeyRing(lambda: self.now, lambda: self.seconds)
        self.central = CentralSeals(self.ring, self.registry.key_of, lambda: self.is_secure)
        self.look()

    def look(self) -> None:
        """Let Central read again whose keys count."""
        self.ring.look(self.registry)

    def pass_time(self, by: timedelta) -> None:
        """Let time pass, and Central look."""
        self.now += by
        self.look()

    def own(self, kind: KeyKind, owner: str) -> OwnSeals:
        """The seals of a program with this key, as it is now."""
        return OwnSeals([self.registry.own_key(kind, owner)])

    def point(self, cp_id: str = POINT) -> OwnSeals:
        """The seals of a point's engine."""
        return self.own(KeyKind.POINT, cp_id)

    def driver(self) -> OwnSeals:
        """The seals of the driver's program."""
        return self.own(KeyKind.DRIVER, DRIVER)


def sealed(seals: Seals, message: Message) -> bytes | None:
    """The seal that a message leaves with."""
    return seals.seal(TOPIC_OF[type(message)], message, to_json(message))


def doubt(seals: Seals, message: Message, seal: bytes | None) -> str | None:
    """Why a message with this seal is not believed."""
    return seals.why_not(TOPIC_OF[type(message)], message, to_json(message), seal)
