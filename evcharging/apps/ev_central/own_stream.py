"""A driver's WebSocket: how things stand first, then each word that is said to this driver, and every few seconds
something, so that silence is noticed. Nobody hears what is said to another one."""

import asyncio
from collections import Counter
from contextlib import suppress
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.credentials import ticket_protocol
from evcharging.apps.ev_central.access.denials import unauthenticated
from evcharging.apps.ev_central.access.staying import POLICY, SIGN_IN_AGAIN, Stays
from evcharging.apps.ev_central.access.who import who_asks
from evcharging.apps.ev_central.driver_feed import DriverFeed, Said
from evcharging.apps.ev_central.guard import refuse
from evcharging.apps.ev_central.own import driver_asking
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views import View
from evcharging.apps.ev_central.views_own import (
    HeartbeatFrame,
    OwnSession,
    OwnSnapshotFrame,
    own_session,
    own_ticket,
    update_frame,
)
from evcharging.apps.ev_central.views_queue import queue_frame, queue_views
from evcharging.apps.ev_central.views_reservations import reservation_frame
from evcharging.common.messages import DriverUpdate
from evcharging.common.messages_queue import QueueUpdate
from evcharging.common.utils import to_json, utc
from evcharging.domain.queue import OPEN_VALUES, QueueEntry
from evcharging.domain.session import Bill

HEARTBEAT = 5.0
DRIVERS_AT_ONCE = 1_000
OF_ONE_AT_ONCE = 5
WAITING = 64
"""Updates that a slow listener may have waiting before it is sent away; it comes back to a fresh snapshot."""

TRY_AGAIN = 1013
FULL = "There are as many listeners as Central has room for; connect again later"
TOO_SLOW = "Too slow; connect again"
NO_LEDGER = "The ledger cannot be read just now; connect again"


class OwnListener:
    """One socket of a driver."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[Said | None] = asyncio.Queue()
        self.farewell = (TRY_AGAIN, TOO_SLOW)
        self._is_leaving = False

    def hear(self, update: Said) -> None:
        """Something is said to the driver."""
        if self._is_leaving:
            return
        if self.waiting.qsize() >= WAITING:
            self.leave(TRY_AGAIN, TOO_SLOW)
        else:
            self.waiting.put_nowait(update)

    def leave(self, code: int, why: str) -> None:
        """Be sent away, at once."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.farewell = (code, why)
        self._is_leaving = True
        self.waiting.put_nowait(None)


class OwnStreams:
    """All drivers who listen at one Central, `room` of them at most."""

    def __init__(self, queries: Queries, feed: DriverFeed, stays: Stays, room: int = DRIVERS_AT_ONCE) -> None:
        self._queries = queries
        self._feed = feed
        self._stays = stays
        self._room = room
        self._open: Counter[str] = Counter()

    async def serve(self, socket: WebSocket) -> None:
        """One listener, until it goes."""
        try:
            driver = await driver_asking(socket)
        except BadCredential as error:
            await refuse(socket.scope, socket.receive, socket.send, unauthenticated(socket.scope["path"], error))
            return
        await socket.accept(ticket_protocol(socket.scope))
        if self._open.total() >= self._room or self._open[driver.id] >= OF_ONE_AT_ONCE:
            await socket.close(TRY_AGAIN, FULL)
            return
        self._open[driver.id] += 1
        try:
            listener = OwnListener()
            with self._stays.of(who_asks(socket.scope), partial(listener.leave, POLICY, SIGN_IN_AGAIN)):
                await self._tell(socket, driver.id, listener)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._open[driver.id] -= 1
            self._open += Counter()  # forget who has none any more

    async def _tell(self, socket: WebSocket, driver_id: str, listener: OwnListener) -> None:
        # Heard from before the snapshot on, so that nothing falls between them.
        with self._feed.listening(driver_id, listener.hear):
            try:
                await _send(socket, await self._snapshot(driver_id))
            except StoreUnavailable:
                await socket.close(TRY_AGAIN, NO_LEDGER)
                return
            going = asyncio.create_task(_until_gone(socket, listener))
            try:
                await self._go_on(socket, listener)
            finally:
                going.cancel()

    async def _go_on(self, socket: WebSocket, listener: OwnListener) -> None:
        while True:
            update = None
            with suppress(TimeoutError):
                update = await asyncio.wait_for(listener.waiting.get(), HEARTBEAT)
                if update is None:
                    await socket.close(*listener.farewell)
                    return
            await _send(socket, _frame(update) if update else self._heartbeat())

    def _heartbeat(self) -> HeartbeatFrame:
        return HeartbeatFrame(type="heartbeat", ts=utc(self._queries.now()))

    async def _snapshot(self, driver_id: str) -> OwnSnapshotFrame:
        bill = await self._queries.history(lambda store: newest_bill(store, driver_id))
        waiting = await self._queries.history(lambda store: waiting_entries(store, driver_id))
        return OwnSnapshotFrame(
            type="snapshot",
            ts=utc(self._queries.now()),
            sessions=self._sessions(driver_id),
            queue=queue_views(waiting),
            ticket=own_ticket(bill),
        )

    def _sessions(self, driver_id: str) -> list[OwnSession]:
        panel = self._queries.panel
        found = [
            own_session(point.cp_id, point.session, panel.readings.get(point.cp_id))
            for point in panel.points.values()
            if point.session is not None and point.session.driver_id == driver_id
        ]
        return sorted(found, key=lambda session: session.requested_at)


def newest_bill(store: History, driver_id: str) -> Bill | None:
    """The bill of the driver's session that ended last."""
    found = store.search(Bill, Search(limit=1, where={"driver_id": [driver_id]}))
    return next((bill for _, bill in found.records), None)


def waiting_entries(store: History, driver_id: str) -> list[QueueEntry]:
    """The driver's requests that wait at sites."""
    where = {"driver_id": [driver_id], "status": OPEN_VALUES}
    return [entry for _, entry in store.search(QueueEntry, Search(limit=WAITING, where=where)).records]


def _frame(said: Said) -> View:
    match said:
        case DriverUpdate():
            return update_frame(said)
        case QueueUpdate():
            return queue_frame(said)
        case _:
            return reservation_frame(said)


async def _until_gone(socket: WebSocket, listener: OwnListener) -> None:
    """What a listener says is not looked at, until it goes."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    listener.leave(TRY_AGAIN, TOO_SLOW)


async def _send(socket: WebSocket, frame: View) -> None:
    await socket.send_text(to_json(frame).decode())
