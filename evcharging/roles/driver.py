"""The driver: asks for one charge after another, and follows each to its end. Knows no transport and no other role."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from evcharging.common.messages import DriverRequest, DriverUpdate, UpdateStatus
from evcharging.common.messages_queue import OfferReply, QueueStatus, QueueUpdate, SiteRequest
from evcharging.common.utils import Frozen
from evcharging.domain.driving import DriverMemory
from evcharging.roles.role import NOTHING, ClockStepped, Effect, Effects, Input, LinkUp, Started
from evcharging.roles.timers import moved

ENDS = frozenset({UpdateStatus.COMPLETED, UpdateStatus.DENIED, UpdateStatus.FAILED})
ENDS_OF_WAITING = frozenset({QueueStatus.DENIED, QueueStatus.LEFT, QueueStatus.EXPIRED})

ANY_POINT_OF = "@"
"""What stands before the ID of a site where any point of it will do."""


class ChargeIntent(Frozen, frozen=True, kw_only=True):
    """The next charge that a driver wants: where (a point, @ and a site for any point of it, or what gives one of these
    when the time has come), how much (None: as much as the point gives), for how many minutes at most, and how long
    after the end of the last one. `payment_method`: which card pays; None for Central's own choice."""

    cp_id: str | Callable[[], str]
    wait: timedelta
    kwh: float | None = None
    minutes: int | None = None
    payment_method: str | None = None


class Driver:
    """One driver. `intents` may be endless; `new_request_id` gives an id that no other request has.
    A request that nobody answers is asked again, with the same id, every `patience`. One that is `linked` hears over a
    link to Central: it begins once that is open, and asks again each time it is opened anew, for what was said
    meanwhile is lost. At a site it takes the first point that is offered.

    With a `plan`, which names the list of wishes, it writes down how far it is in it: given that `memory` again, it
    asks again for what it had asked for, and goes on with the wishes that follow, if they are still the same list."""

    def __init__(
        self,
        driver_id: str,
        intents: Iterator[ChargeIntent],
        new_request_id: Callable[[], str],
        patience: timedelta = timedelta(seconds=30),
        *,
        plan: str | None = None,
        memory: DriverMemory | None = None,
        linked: bool = False,
    ) -> None:
        self.deadline: datetime | None = None
        self.driver_id = driver_id
        self.done = False
        self.ends: dict[UpdateStatus, int] = dict.fromkeys(sorted(ENDS), 0)
        self._wishes = intents
        self._new_request_id = new_request_id
        self._patience = patience
        self._plan = plan
        self._linked = linked
        self._is_waiting = True
        self._begun = 0
        self._next: ChargeIntent | None = None
        self._open: DriverRequest | SiteRequest | None = None
        self._seq = 0
        if memory is not None:
            self._remember(memory)

    @property
    def asks_at(self) -> str | None:
        """The point that is asked for, or @ and the site, while one is."""
        if isinstance(self._open, SiteRequest):
            return f"{ANY_POINT_OF}{self._open.site_id}"
        return self._open.cp_id if self._open is not None else None

    def _remember(self, memory: DriverMemory) -> None:
        self._open = memory.asked
        if memory.plan == self._plan:
            self._begun = memory.begun
            self.ends.update(memory.ends)
            for _ in range(memory.begun):
                next(self._wishes, None)

    def on_message(self, message: Input, now: datetime) -> Effects:
        if isinstance(message, DriverUpdate):
            return self._on_update(message, now)
        if isinstance(message, QueueUpdate):
            return self._on_queue_update(message, now)
        if isinstance(message, LinkUp if self._linked else Started):
            return self._begin(now) if self._is_waiting else self._ask_again(now)
        if isinstance(message, ClockStepped):
            self.deadline = moved(self.deadline, message.by)
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        at = self.deadline or now
        if self._open is not None:
            self.deadline = at + self._patience
            return [self._open]
        intent = self._next
        if intent is None:
            self.deadline = None
            return NOTHING
        self._seq += 1
        self._begun += 1
        self._open = self._request(intent, at)
        self.deadline = at + self._patience
        return [*self._memory(), self._open]

    def _request(self, intent: ChargeIntent, at: datetime) -> DriverRequest | SiteRequest:
        place = intent.cp_id if isinstance(intent.cp_id, str) else intent.cp_id()
        request_id, driver_id = self._new_request_id(), self.driver_id
        if place.startswith(ANY_POINT_OF):
            return SiteRequest(
                ts=at,
                seq=self._seq,
                request_id=request_id,
                driver_id=driver_id,
                site_id=place.removeprefix(ANY_POINT_OF),
                kwh=intent.kwh,
                minutes=intent.minutes,
                payment_method=intent.payment_method,
            )
        return DriverRequest(
            ts=at,
            seq=self._seq,
            request_id=request_id,
            driver_id=driver_id,
            cp_id=place,
            kwh=intent.kwh,
            minutes=intent.minutes,
            payment_method=intent.payment_method,
        )

    def _begin(self, now: datetime) -> Effects:
        self._is_waiting = False
        return self._go_on(now) if self._open is None else self._ask_again(now)

    def _ask_again(self, now: datetime) -> Effects:
        if self._open is None:
            return NOTHING
        self.deadline = now + self._patience
        return [self._open]

    def _on_update(self, update: DriverUpdate, now: datetime) -> Effects:
        mine = self._open
        if mine is None or update.driver_id != self.driver_id or update.request_id != mine.request_id:
            return NOTHING
        self.deadline = None
        return self._end(update.status, now) if update.status in ENDS else NOTHING

    def _on_queue_update(self, update: QueueUpdate, now: datetime) -> Effects:
        mine = self._open
        if mine is None or update.driver_id != self.driver_id or update.request_id != mine.request_id:
            return NOTHING
        # Of its place it is told by words that may be lost: it asks now and then.
        self.deadline = now + self._patience
        if update.status in ENDS_OF_WAITING:
            return self._end(UpdateStatus.DENIED, now)
        if update.status is not QueueStatus.OFFERED:
            return NOTHING
        self._seq += 1
        reply = OfferReply(
            ts=now,
            seq=self._seq,
            request_id=update.request_id,
            driver_id=self.driver_id,
            site_id=update.site_id,
            take=True,
        )
        return [reply]

    def _end(self, status: UpdateStatus, now: datetime) -> Effects:
        self.ends[status] += 1
        self._open = None
        return self._go_on(now)

    def _go_on(self, now: datetime) -> Effects:
        self._next = next(self._wishes, None)
        self.done = self._next is None
        self.deadline = now + self._next.wait if self._next else None
        return self._memory()

    def _memory(self) -> list[Effect]:
        """What it writes down; once it is done, that it would begin anew."""
        if self._plan is None:
            return []
        if self.done:
            return [DriverMemory(driver_id=self.driver_id, plan=self._plan)]
        return [
            DriverMemory(
                driver_id=self.driver_id,
                plan=self._plan,
                begun=self._begun,
                ends=tuple(self.ends.items()),
                asked=self._open,
            )
        ]
