"""The meter of one charging point: a register that only grows, and the moments at which a running supply is read.
Knows no message."""

from datetime import datetime

from evcharging.common.messages import EndReason
from evcharging.domain.offer import Offer
from evcharging.domain.supply import Reading, Supply
from evcharging.domain.vehicle import Visit
from evcharging.roles.engine.needs import Needs
from evcharging.roles.engine.running import RunningSupply
from evcharging.roles.engine.setup import EngineSetup


class RunningMeter:
    """`register` is in mWh. `read_at` is the last moment at which a running supply was read."""

    def __init__(self, setup: EngineSetup, reading: Reading | None) -> None:
        self.register = reading.register_mwh if reading else 0
        self.read_at: datetime | None = None
        self._setup = setup
        self._running: RunningSupply | None = None

    @property
    def phases(self) -> int:
        """How many phases of its site the supply that runs, or ran last, loads."""
        return 0 if self._running is None else self._running.phases

    @property
    def overdrawn_until(self) -> datetime | None:
        """When a supply ends whose vehicle draws more than it is offered."""
        return None if self._running is None else self._running.overdrawn_until

    def needs(self, offer: Offer, at: datetime) -> Needs | None:
        """What a running supply wants where this is offered."""
        return None if self._running is None else self._running.needs(offer, at)

    def begin(self, supply: Supply, offer: Offer, visit: Visit | None, now: datetime) -> None:
        """Energy flows from now on."""
        self.read_at = now
        self._running = RunningSupply(supply, self._setup, offer, visit, now)

    def read(self, at: datetime) -> None:
        """Let the register be what it is at a moment."""
        if self._running is not None:
            self.register = self.register_at(at)
            self.read_at = at

    def register_at(self, at: datetime) -> int:
        """What the register shows at a moment, without its being read."""
        return self.register if self._running is None else max(self.register, self._running.register_at(at))

    def power_w(self, at: datetime) -> int:
        """The power that flows at a moment."""
        return 0 if self._running is None else self._running.power_w(at)

    def limit(self, offer: Offer, at: datetime) -> bool:
        """From now on something else is offered. Whether that may change the price of the supply."""
        self.read(at)
        return self._running is not None and self._running.offer(offer, at)

    def passes_edge(self, at: datetime) -> bool:
        """Whether the price may change at this moment, or has since the last one that was asked about."""
        running = self._running
        if running is None or running.edge is None or at < running.edge:
            return False
        running.look_ahead(at)
        return True

    def over(self, at: datetime) -> EndReason | None:
        """Why the supply ends by itself at this moment; None if it goes on."""
        return None if self._running is None else self._running.over(at)

    def next_reading(self, last: datetime) -> datetime:
        """When it is read after this moment: after its interval, where its price may change, and at its end."""
        due = last + self._setup.interval
        for other in self._running.moments() if self._running else ():
            if other is not None and other < due:
                due = other
        return due if due > last else last

    def leaves_at(self, ended: datetime) -> datetime | None:
        """When the vehicle of a supply that ends now is unplugged; None where there is none."""
        return None if self._running is None else self._running.leaves_at(ended)

    def extend(self, supply: Supply, at: datetime) -> None:
        """There is money for more of a running supply."""
        self.read(at)
        if self._running is not None:
            self._running.extend(supply, at)

    def follow(self, supply: Supply) -> None:
        """The running supply is to end sooner."""
        if self._running is not None:
            self._running.follow(supply)

    def shift(self, supply: Supply) -> None:
        """The clock was set, and the running supply is dated by the new time: move the moments that are kept here."""
        if self._running is not None and self.read_at is not None and supply.started_at is not None:
            by = supply.started_at - self._running.begun
            self.read_at += by
            self._running.shift(supply, by, self.read_at)

    def reading(self, at: datetime) -> Reading:
        """What the register says, as the journal keeps it."""
        return Reading(cp_id=self._setup.cp_id, register_mwh=self.register, ts=at)
