"""The WebSocket at which somebody looks on at the bus. Knows no message."""

import asyncio
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from evcharging.apps.ev_central.access.credentials import ticket_protocol
from evcharging.apps.ev_central.access.staying import Stays
from evcharging.apps.ev_central.access.who import who_asks
from evcharging.apps.ev_central.bus_watch import BusWatch
from evcharging.apps.ev_central.bus_watcher import BusWatcher, watch_wish
from evcharging.apps.ev_central.views_live import RefusedFrame
from evcharging.common.utils import to_json

AT_ONCE: Final = 20
FULL: Final = "As many look on at the bus as Central has room for; connect again later"


class BusStreams:
    """All who look on at the bus of one Central, `room` of them at most."""

    def __init__(self, watch: BusWatch, stays: Stays, room: int = AT_ONCE) -> None:
        self._watch = watch
        self._stays = stays
        self._room = room

    async def serve(self, socket: WebSocket) -> None:
        """One who looks on, until they go."""
        await socket.accept(ticket_protocol(socket.scope))
        if len(self._watch) >= self._room:
            await socket.close(1013, FULL)
            return
        watcher = BusWatcher()
        with self._stays.of(who_asks(socket.scope), watcher.turn_out), self._watch.watching(watcher):
            listening = asyncio.create_task(_listen(socket, watcher))
            try:
                while (frame := await watcher.frames.get()) is not None:
                    await socket.send_text(frame)
                await socket.close(*watcher.farewell)
            except (WebSocketDisconnect, RuntimeError):
                pass
            finally:
                listening.cancel()


async def _listen(socket: WebSocket, watcher: BusWatcher) -> None:
    """Hear what somebody wants to see, until they are gone."""
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        wish = watch_wish(message.get("text") or "")
        if isinstance(wish, RefusedFrame):
            watcher.put(to_json(wish).decode())
        elif wish is not None:
            watcher.want(wish)
    watcher.frames.put_nowait(None)
