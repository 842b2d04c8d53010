"""Registration of points over HTTP, at whichever Central answers, again and again until one does."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from evcharging.adapters.link import address
from evcharging.apps.ev_cp_m.central_http import PATIENCE_TO_LOOK, CentralHttp
from evcharging.apps.shell.asking import Unanswered, asking, sentence
from evcharging.apps.shell.point_keys import TokenOf, no_token
from evcharging.common.config import MonitorSettings
from evcharging.common.setting_values import Address, addresses
from evcharging.common.utils import BadJson, Frozen, iso, json_decoder

SAID = ("location", "station_id", "site_id", "euros_per_kwh")
"""Settings of which Central hears when a point is registered."""

AT_ONCE = 16
"""How many requests of a fleet are under way at the same time."""

IN_ONE = 64
"""How many points go into one request, which Central reads up to 64 KiB of."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0
LONGEST_REASON = 300
UNAUTHENTICATED = 401
ABOUT_CLOCKS = frozenset({"wrong_clock", "expired"})
NO_KEY = (
    "it wants to know who that is, and there is no key here: start its monitor once with --enrol TOKEN,"
    " which `evcharging points enrol {cp_id}` gives where Central is"
)


class NotDone(Frozen):
    """A point that was not registered."""

    cp_id: str
    reason: str


class DoorSaid(Frozen):
    """What Central answers, as far as it matters here."""

    tcp_port: int
    failed: tuple[NotDone, ...] = ()


class Doors(Frozen):
    """What Central says of itself, as far as it matters here: where its links are, once it has begun."""

    tcp_port: int | None = None
    reason: str | None = None


class RegistrationRefused(Frozen):
    """Why Central does not do it."""

    detail: str
    code: str | None = None


read_answer = json_decoder(DoorSaid)
read_doors = json_decoder(Doors)
read_refusal = json_decoder(RegistrationRefused)


class _Wanted(NamedTuple):
    """A point that is to be registered, and who waits for that."""

    body: dict[str, object]
    done: asyncio.Future[Address]

    @property
    def cp_id(self) -> str:
        """The point."""
        return str(self.body["cp_id"])


class Registrar:
    """Registers points of one fleet, at the Central that answered last and else at the next one. What cannot be done
    it says once, until it can again. `credential` is what Central knows it by, in a process that both run in; a point
    that has a key speaks for itself, alone."""

    def __init__(
        self,
        settings: MonitorSettings,
        chance: Random,
        log: Callable[[str, str], None],
        token_of: TokenOf = no_token,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.credential: str | None = None
        self._settings = settings
        self._centrals = addresses(settings.central_host, settings.central_port)
        self._chance = chance
        self._say = log
        self._token_of = token_of
        self._http = CentralHttp(tls)
        self._waiting: deque[_Wanted] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._central_of: dict[Address, Address] = {}
        self._door: Address | None = None
        self._only_door: Address | None = None
        self._search: asyncio.Task[None] | None = None
        self._complaint: list[str] = []

    def look_at(self, central: Address, door: Address | None = None) -> None:
        """Central is here, and not where the settings say; and so, if it is given, is the door."""
        self._centrals, self._only_door = [central], door

    async def register(self, cp_id: str, own: Mapping[str, object] | None = None) -> Address:
        """Make the point known, as the settings say and with what is its `own`; gives the door at which Central takes
        framed TCP links."""
        settings = {name: value for name in SAID if (value := getattr(self._settings, name)) is not None}
        wanted = _Wanted({"cp_id": cp_id, **settings, **(own or {})}, asyncio.get_running_loop().create_future())
        self._waiting.append(wanted)
        if len(self._workers) < AT_ONCE:
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await wanted.done

    async def locate(self, door: Address, *, shut: bool) -> Address:
        """Where a Central takes links, for a point that is registered and had its link at this door. One that is `shut`
        is tried no more by anybody before Central has answered; its Central is asked after all others. Many points may
        ask at the same time, and one is sent to look."""
        if shut and door == self._door:
            self._door = None
            if self._central_of.get(door) == self._centrals[0]:
                self._centrals.append(self._centrals.pop(0))
        if self._door is None:
            if self._search is None or self._search.done():
                self._search = asyncio.create_task(self._look())
            await asyncio.wait([self._search])
        return self._door or door

    async def close(self) -> None:
        """Register no more, and let go of connections."""
        tasks = [*self._workers, *([self._search] if self._search else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.close()

    async def _work(self) -> None:
        """Register all who wait, as many at a time as go into one request."""
        while self._waiting:
            batch = self._next()
            pause = FIRST_PAUSE
            while batch := [wanted for wanted in batch if not wanted.done.done()]:
                await self._round(batch)
                if any(not wanted.done.done() for wanted in batch):
                    pause = await self._pause(pause)

    def _next(self) -> list[_Wanted]:
        """As many as go into one request."""
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < IN_ONE and not any(map(self._speaks, (batch[0], self._waiting[0]))):
            batch.append(self._waiting.popleft())
        return batch

    def _speaks(self, wanted: _Wanted) -> bool:
        return self.credential is None and self._token_of(wanted.cp_id) is not None

    async def _round(self, batch: list[_Wanted]) -> None:
        """Ask each Central in turn until one answers."""
        troubles: list[Unanswered] = []
        for central in tuple(self._centrals):
            try:
                port, reasons = await self._ask(central, [wanted.body for wanted in batch])
            except Unanswered as trouble:
                troubles.append(trouble)
                continue
            door = self._found(central, port)
            for body, done in batch:
                if body["cp_id"] not in reasons and not done.done():
                    done.set_result(door)
            troubles = [_refusal(central, cp_id, reason) for cp_id, reason in reasons.items()][:1]
            break
        self._complain(troubles)

    async def _look(self) -> None:
        """Ask each Central in turn where its links are, until one answers."""
        pause = FIRST_PAUSE
        while self._door is None:
            troubles: list[Unanswered] = []
            for central in tuple(self._centrals):
                try:
                    self._found(central, await self._ask_for_door(central))
                    break
                except Unanswered as trouble:
                    troubles.append(trouble)
            else:
                self._complain(troubles)
                pause = await self._pause(pause)

    async def _pause(self, longest: float) -> float:
        """Wait for a while; gives how long the next while may be."""
        await asyncio.sleep(self._chance.uniform(0.5, 1) * longest)
        return min(LONGEST_PAUSE, longest * 2)

    def _found(self, central: Address, port: int) -> Address:
        """This Central answers, and takes links at this port: it is asked first from now on."""
        self._centrals.sort(key=lambda other: other != central)
        self._door = self._only_door or Address(central.host, self._settings.central_tcp_port or port)
        self._central_of[self._door] = central
        return self._door

    def _complain(self, troubles: list[Unanswered]) -> None:
        """Say what is wrong, if anything is and that is new."""
        complaint = [trouble.why for trouble in troubles]
        if complaint and complaint != self._complaint:
            self._say("warning", f"{sentence(troubles)}, retrying")
        self._complaint = complaint

    async def _ask(self, central: Address, bodies: list[dict[str, object]]) -> tuple[int, dict[str, str]]:
        """Central's TCP port, and why it did not register some of the points; raises Unanswered."""
        where, cp_id = address(*central), str(bodies[0]["cp_id"])
        path, body = ("/many", {"points": bodies}) if len(bodies) > 1 else ("", bodies[0])
        with asking(where):
            status, text = await self._ask_as(central, f"/cp/register{path}", body, cp_id)
            if not 200 <= status < 300:
                raise _refusal(central, cp_id, _why(status, text, cp_id, self._token_of(cp_id) is not None))
            said: DoorSaid = read_answer(text)
            return _checked(said.tcp_port), {each.cp_id: each.reason for each in said.failed}

    async def _ask_as(self, central: Address, path: str, body: object, cp_id: str) -> tuple[int, bytes]:
        """As the point itself, where it has a key; and as anybody, where Central does not know that key, since one that
        asks nobody for a key takes it all the same."""
        if self.credential is not None:
            return await self._http.say("POST", central, path, body=body, token=self.credential)
        token = self._token_of(cp_id)
        answer = await self._http.say("POST", central, path, body=body, token=token)
        if answer[0] != UNAUTHENTICATED or token is None:
            return answer
        as_anybody = await self._http.say("POST", central, path, body=body)
        return answer if as_anybody[0] == UNAUTHENTICATED else as_anybody

    async def _ask_for_door(self, central: Address) -> int:
        """Central's TCP port, whatever its health; raises Unanswered."""
        where = address(*central)
        with asking(where):
            _, text = await self._http.say("GET", central, "/health", patience=PATIENCE_TO_LOOK)
            doors: Doors = read_doors(text)
            if doors.tcp_port is None and doors.reason is not None:
                raise Unanswered(where, "starting", f"Central at {where} is starting: {doors.reason[:LONGEST_REASON]}")
            return _checked(doors.tcp_port or 0)


def _checked(port: int) -> int:
    if not 0 < port < 65_536:
        raise BadJson("That is no port")
    return port


def _refusal(central: Address, cp_id: str, reason: str) -> Unanswered:
    where = address(*central)
    return Unanswered(where, reason, f"Central at {where} does not register {cp_id}: {reason[:LONGEST_REASON]}")


def _why(status: int, answer: bytes, cp_id: str, has_key: bool) -> str:
    """Why Central does not do it, and what to do where that is about keys."""
    try:
        refusal: RegistrationRefused = read_refusal(answer)
    except BadJson:
        return f"status {status}"
    if status == UNAUTHENTICATED and not has_key:
        return NO_KEY.format(cp_id=cp_id)
    if refusal.code in ABOUT_CLOCKS:
        return f"{refusal.detail} (it is {iso(datetime.now(UTC))} here)"
    return refusal.detail
