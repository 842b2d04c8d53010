"""What a driver must remember over a crash: what it has asked for, and how far it has come. Knows no journal."""

from typing import ClassVar

from evcharging.common.messages import DriverRequest, UpdateStatus
from evcharging.common.messages_queue import SiteRequest
from evcharging.domain.record import Record


class DriverMemory(Record, frozen=True, kw_only=True):
    """`plan` names the list of wishes of which `begun` were asked for; `ends` counts how they ended. `asked` is the
    request whose end is not known yet."""

    key_field: ClassVar[str] = "driver_id"

    driver_id: str
    plan: str
    begun: int = 0
    ends: tuple[tuple[UpdateStatus, int], ...] = ()
    asked: DriverRequest | SiteRequest | None = None
