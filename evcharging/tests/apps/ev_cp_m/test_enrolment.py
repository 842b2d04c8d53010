"""A monitor gets its point's key by a token, registers as its point, and renews the key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from evcharging.adapters.tokens import read_by_key, signer_of
from evcharging.apps.ev_central.access.contract import BadCredential, Who
from evcharging.apps.ev_cp_m.central_http import CentralHttp
from evcharging.apps.ev_cp_m.enrolment import NotGiven, enrol, renew
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.apps.shell.point_keys import KeyFiles
from evcharging.apps.web.server import web_server
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.setting_values import Address
from evcharging.domain.access.keys import KeyKind, derived_key
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.permissions import OF_POINT
from evcharging.tests.stages.central_world import MASTER, World, living
from evcharging.tests.stages.known_people import EVERYBODY, KnownPeople
from evcharging.tests.stages.monitor_stage import settings_for
from evcharging.tests.stages.tcp_stage import HOST, soon

LOCAL = Actor(kind=ActorKind.LOCAL, id="local", via="http")
Said = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Points(KnownPeople):
    """Whom Central knows, and points by their keys."""

    def __init__(self, world: World) -> None:
        super().__init__(Mode.SECURE)
        self._world = world

    async def by_bearer(self, token: str) -> Who:
        if token in EVERYBODY:
            return EVERYBODY[token]
        named = signer_of(token)
        known = {
            (each.kind, each.id, each.version) for each in self._world.desk.all(KeyKind.POINT) if not each.revoked_at
        }
        if named is None or named not in known:
            raise BadCredential("The key of this point was revoked: enrol it again", "revoked")
        read_by_key(token, derived_key(MASTER, *named), self._world.clock.now())
        return Who(Actor(kind=ActorKind.POINT, id=named.id, via="http"), OF_POINT)


class Scene:
    """Central over HTTP, and a monitor's files."""

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        self.centrals = [Address(HOST, port)]
        self.port = port
        self.said: Said = []
        self.keys = KeyFiles(None, self.log)
        self.http = CentralHttp()

    def log(self, level: str, text: str) -> None:
        self.said.append((level, text))

    def invite(self, cp_id: str = "CP-001") -> str:
        return self.world.desk.invite(cp_id, LOCAL).token

    async def enrol(self, token: str, cp_id: str = "CP-001") -> None:
        await soon(enrol(self.http, self.centrals, cp_id, token, self.keys, self.log))

    async def register(self, cp_id: str = "CP-001", **settings: object) -> str:
        """What is said of a registration that does not come about, or nothing."""
        now = self.world.clock.now
        registrar = Registrar(
            settings_for(self.port, **settings), Random(1), self.log, lambda each: self.keys.token(each, now())
        )
        asked = asyncio.create_task(registrar.register(cp_id))
        try:
            while not asked.done() and not self.said:
                await asyncio.sleep(0.01)
            return self.said[-1][1] if self.said else ""
        finally:
            asked.cancel()
            await registrar.close()


@asynccontextmanager
async def scene(*, is_secure: bool = True) -> AsyncIterator[Scene]:
    async with living() as world:
        if is_secure:
            world.let_in(Points(world))
        async with web_server(world.app, HOST, 0) as (_, port):
            there = Scene(world, port)
            try:
                yield there
            finally:
                await there.http.close()


def test_a_token_becomes_a_key_in_a_file_once() -> None:
    async def play() -> None:
        async with scene() as there:
            token = there.invite()
            await there.enrol(token)
            held = there.keys.read("CP-001")
            assert held is not None
            assert held.secret == derived_key(MASTER, KeyKind.POINT, "CP-001", 1)
            assert there.said == [("info", "CP-001 is enrolled; its key is in data/CP-001.key")]
            await there.enrol(token)
            assert there.said[-1][1].startswith("CP-001 has its key in data/CP-001.key and goes on with that: ")
            assert token not in repr(there.said)

    asyncio.run(play())


def test_a_token_that_counts_no_more_ends_a_monitor_that_has_no_key() -> None:
    async def play() -> None:
        async with scene() as there:
            with pytest.raises(NotGiven, match="This token was used before, has expired, or never was one"):
                await there.enrol("eve_nothing")

    asyncio.run(play())


def test_a_token_for_another_point_is_said_and_its_key_is_not_lost() -> None:
    async def play() -> None:
        async with scene() as there:
            with pytest.raises(NotGiven, match=r"for CP-002, whose key is in data/CP-002\.key now, and not for CP-001"):
                await there.enrol(there.invite("CP-002"))
            assert there.keys.read("CP-002") is not None
            assert there.keys.read("CP-001") is None

    asyncio.run(play())


def test_a_monitor_waits_for_a_central_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evcharging.apps.ev_cp_m.enrolment.ASK_EVERY", 0.01)

    async def play() -> None:
        async with scene() as there:
            centrals = there.centrals
            there.centrals = [Address(HOST, 1)]
            asked = asyncio.create_task(there.enrol(there.invite()))
            while not there.said:
                await asyncio.sleep(0.01)
            assert there.said == [("warning", "Cannot reach Central at 127.0.0.1:1, retrying")]
            there.centrals[:] = centrals
            await asked

    asyncio.run(play())


def test_a_point_with_its_key_registers_and_what_it_says_of_itself_changes_nothing() -> None:
    async def play() -> None:
        async with scene() as there:
            await there.enrol(there.invite())
            there.said.clear()
            assert await there.register(location="A better place", euros_per_kwh=0.01) == ""
            point = there.world.queries.panel.points["CP-001"]
            assert (point.location, point.euros_per_kwh) != ("A better place", 0.01)
            assert point.euros_per_kwh != 0.01

    asyncio.run(play())


def test_a_point_without_a_key_is_told_how_it_gets_one() -> None:
    async def play() -> None:
        async with scene() as there:
            said = await there.register()
            assert "start its monitor once with --enrol TOKEN, which `evcharging points enrol CP-001` gives" in said
            assert "CP-001" not in there.world.queries.panel.points

    asyncio.run(play())


def test_a_point_whose_key_was_revoked_is_told_so() -> None:
    async def play() -> None:
        async with scene() as there:
            await there.enrol(there.invite())
            there.world.desk.revoke("CP-001", LOCAL)
            there.said.clear()
            assert "The key of this point was revoked: enrol it again" in await there.register()

    asyncio.run(play())


def test_a_point_with_a_key_registers_where_nobody_asks_for_it() -> None:
    async def play() -> None:
        async with scene(is_secure=False) as there:
            there.keys.put("CP-001", 7, "33" * 32)
            assert await there.register() == ""
            assert "CP-001" in there.world.queries.panel.points

    asyncio.run(play())


def test_a_key_is_renewed_by_the_point_itself() -> None:
    async def play() -> None:
        async with scene() as there:
            await there.enrol(there.invite())
            token = there.keys.token("CP-001", there.world.clock.now())
            version = await soon(renew(there.http, there.centrals, "CP-001", there.keys, token, there.log))
            held = there.keys.read("CP-001")
            assert held is not None
            assert held.older is not None
            assert (version, held.version, held.older.version) == (2, 2, 1)
            assert held.secret == derived_key(MASTER, KeyKind.POINT, "CP-001", 2)

    asyncio.run(play())


def test_no_point_renews_the_key_of_another() -> None:
    async def play() -> None:
        async with scene() as there:
            await there.enrol(there.invite())
            await there.enrol(there.invite("CP-002"), "CP-002")
            token = there.keys.token("CP-001", there.world.clock.now())
            with pytest.raises(NotGiven, match="CP-001 may renew its own key, and not that of CP-002"):
                await soon(renew(there.http, there.centrals, "CP-002", there.keys, token, there.log))

    asyncio.run(play())


def test_a_point_without_a_key_has_none_to_renew() -> None:
    async def play() -> None:
        async with scene() as there:
            with pytest.raises(NotGiven, match=r"There is no key of CP-001 in data/CP-001\.key: enrol the point first"):
                await renew(there.http, there.centrals, "CP-001", there.keys, None, there.log)

    asyncio.run(play())
