"""Central's web side, real as it is, with the live view of a large network. `python -m tests.browser.crowd POINTS
SUPPLYING` serves its console, prints the address, and ends with its standard input. Nobody runs these points: what
their Central would say of them is said here, each second a reading of all that supply, and that some change."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.dashboard import Entrance, create_app
from evcharging.apps.ev_central.health import CentralHealth
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.shell.key_desk import KeyDesk
from evcharging.apps.web.server import web_server
from evcharging.common.kafka import SHOWN
from evcharging.common.messages_view import OngoingSession, PointShown, ReadingShown, ReadingsShown, ShardAlive
from evcharging.common.states import CPState
from evcharging.common.utils import changed, numbered
from evcharging.domain.access.keys import derived_key
from evcharging.roles.live_view import LiveView
from evcharging.runtime.addresses import to_one
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost

PANEL, SHARD = "panel", "0"
CHANGES = 10
"""Points that change each second."""

READINGS_AT_ONCE = 1_000
KW, SITES = 22.0, 20


class Crowd:
    """What the Central of these points says: of the first of them, `supplying`, that somebody charges there."""

    def __init__(self, bus: MemoryBus, points: int, supplying: int) -> None:
        self._bus = bus
        self._began = datetime.now(UTC)
        self._said = 0
        self._seconds = 0
        ids = numbered("CP", points)
        self._views = {cp_id: self._view(cp_id, number, supplying) for number, cp_id in enumerate(ids)}
        self._changing = ids[supplying:]

    def _view(self, cp_id: str, number: int, supplying: int) -> PointShown:
        session = OngoingSession(
            session_id=f"session-{number}",
            request_id=f"request-{number}",
            driver_id=f"driver-{number}",
            status="SUPPLYING",
            requested_at=self._began,
            started_at=self._began,
        )
        is_supplying = number < supplying
        return PointShown(
            ts=self._began,
            epoch=1,
            seq=1,
            cp_id=cp_id,
            state=CPState.SUPPLYING if is_supplying else CPState.ACTIVATED,
            since=self._began,
            location=f"Bay {number}",
            site_id=f"SITE-{number % SITES}",
            euros_per_kwh=0.3,
            kw_rate=KW,
            stopped=False,
            last_seen=self._began,
            session=session if is_supplying else None,
            shard=SHARD,
        )

    def say_all(self) -> None:
        """How every point stands."""
        for view in self._views.values():
            self._say(view)

    def _say(self, view: PointShown) -> None:
        self._said += 1
        told = changed(view, seq=view.seq + 1, number=self._said, ts=datetime.now(UTC))
        self._views[view.cp_id] = told
        self._bus.publish(told)

    def pass_second(self) -> None:
        """Some points stop or come back, and every supply is read."""
        first = self._seconds * CHANGES % max(1, len(self._changing))
        self._seconds += 1
        for cp_id in self._changing[first : first + CHANGES]:
            view = self._views[cp_id]
            state = CPState.STOPPED if view.state is CPState.ACTIVATED else CPState.ACTIVATED
            self._say(changed(view, state=state, stopped=state is CPState.STOPPED, since=datetime.now(UTC)))
        self._say_readings(datetime.now(UTC))
        first_id = next(iter(self._views))
        alive = ShardAlive(ts=datetime.now(UTC), epoch=1, cp_id=first_id, shard=SHARD, shown=self._said, since=1)
        self._bus.publish(alive)

    def _say_readings(self, now: datetime) -> None:
        hours = (now - self._began) / timedelta(hours=1)
        readings = [
            ReadingShown(
                ts=now,
                cp_id=view.cp_id,
                driver_id=view.session.driver_id,
                session_id=view.session.session_id,
                kw=KW,
                kwh=KW * hours,
                euros=KW * hours * view.euros_per_kwh,
                register_mwh=int(KW * hours * 10**6),
                heard_at=now,
            )
            for view in self._views.values()
            if view.session is not None
        ]
        for first in range(0, len(readings), READINGS_AT_ONCE):
            some = tuple(readings[first : first + READINGS_AT_ONCE])
            self._bus.publish(ReadingsShown(ts=now, cp_id=some[0].cp_id, readings=some))


async def main(points: int, supplying: int) -> None:
    """Serve until nobody holds the standard input any more."""
    bus, clock = MemoryBus(1), WallClock()
    queries = Queries(LiveView(), MemoryStore(), clock.now)
    commands = Commands(queries, bus, lambda: None)
    live = LiveHost(clock, lambda text: None, inline=True)
    panel = Host(MemoryStore(), bus, address=to_one(PANEL), observer=commands, on_ready=live.wake)
    panel.watch(queries)
    panel.subscribe(SHOWN, group=PANEL, partitions=range(1))
    panel.add(PANEL, queries.panel, shard=PANEL, epoch=0)
    desk = KeyDesk(MemoryStore().accounts, partial(derived_key, bytes(32)), clock.now)
    app = create_app(commands, queries, CentralHealth(lambda: None), entrance=Entrance(desk=desk))
    crowd = Crowd(bus, points, supplying)
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    async with web_server(app, "127.0.0.1", 0) as (url, _):
        turning = asyncio.create_task(live.run(panel))
        crowd.say_all()
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        while not ended.done():
            crowd.pass_second()
            await asyncio.wait([ended], timeout=1)
        await live.stop(panel)
        await turning


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
