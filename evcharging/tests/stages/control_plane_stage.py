"""A control plane on real loopback links and a bus in memory, and what monitors say to it."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.link_proofs import PointKeys
from evcharging.adapters.tcp import LinkServer, serve
from evcharging.apps.ev_central.bounded_notes import noting
from evcharging.apps.ev_central.link_notes import LinkNotes
from evcharging.apps.ev_central.tcp_server import ControlPlane
from evcharging.common.kafka import CP_HEALTH
from evcharging.common.messages import HealthReport, Message
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import to_json
from evcharging.domain.access.action import OperatorAction
from evcharging.tests.stages.tcp_stage import HOST, Ear, soon

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
OVER = "closed: The peer ended the talk."


class Door:
    """A control plane on a bus, with a reader of what reaches it."""

    def __init__(self, keys: PointKeys | None = None, keep: Callable[[OperatorAction], None] | None = None) -> None:
        self.now = NOW
        self.set_by = timedelta(0)
        self.said: list[tuple[str, str]] = []
        self._woken = asyncio.Event()
        self._come: deque[Message] = deque()
        bus = MemoryBus(1)
        self._reader = bus.subscribe((CP_HEALTH,), group="test", partitions=[0], on_ready=self._woken.set)
        known = {"CP-001", "CP-002"}
        self.retired: set[str] = set()
        self.kept: list[OperatorAction] = []
        self.notes = LinkNotes(keep or self.kept.append, lambda: self.now, lambda: self.now)
        self.plane = ControlPlane(
            bus.publish,
            known.__contains__,
            self.retired.__contains__,
            lambda: self.now + self.set_by,
            lambda level, text: self.said.append((level, text)),
            steady=lambda: self.now,
            keys=keys,
            notes=self.notes,
        )

    async def next(self) -> Message:
        """The next message that reaches the bus."""
        while self.quiet:
            await soon(self._woken.wait())
            self._woken.clear()
        return self._come.popleft()

    @property
    def quiet(self) -> bool:
        """Whether all that has reached the bus was taken."""
        for fetched in self._reader.poll(100):
            self._come.extend(fetched.messages)
        return not self._come


@asynccontextmanager
async def opened(
    keys: PointKeys | None = None, keep: Callable[[OperatorAction], None] | None = None
) -> AsyncIterator[tuple[Door, LinkServer]]:
    """A door that monitors can call; what it notes of them is kept by the end of the block."""
    door = Door(keys, keep)
    async with noting(door.notes):
        server = await serve(HOST, 0, lambda link: door.plane)
        try:
            yield door, server
        finally:
            await soon(server.close())


def shown(cp_id: str, state: CPState) -> PointShown:
    return PointShown(
        ts=NOW, cp_id=cp_id, state=state, since=NOW, location="", euros_per_kwh=0.3, kw_rate=22.0, stopped=False
    )


def report(cp_id: str, *, well: bool = True, link: int = 0) -> bytes:
    return to_json(HealthReport(ts=NOW, cp_id=cp_id, well=well, reason=None if well else "smoke", link=link))


async def call(ear: Ear, payload: bytes) -> None:
    """Open a link and say something over it."""
    assert await ear.next() == "opened"
    ear.links[-1].send(payload)


async def refusal(ear: Ear) -> str:
    """Why the link was refused; it is hung up after that."""
    answer = await ear.next()
    assert isinstance(answer, bytes)
    told = json.loads(answer)
    assert told["type"] == "LinkRefused"
    assert await ear.next() == OVER
    reason: str = told["reason"]
    return reason
