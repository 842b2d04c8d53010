"""Points that register themselves, and programs in Central's own process that register theirs."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.insider import INSIDER, WithInsider
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.apps.web.server import web_server
from evcharging.common.config import MonitorSettings, read
from evcharging.common.setting_values import Address
from evcharging.domain.access.modes import Mode
from evcharging.tests.stages.central_world import START, World, in_world
from evcharging.tests.stages.known_people import EVERYBODY, REVOKED, KnownPeople, bearer


@in_world()
async def test_a_point_registers_itself_and_no_other(world: World) -> None:
    world.let_in(KnownPeople())

    async def status(path: str, *cp_ids: str) -> int:
        points = [{"cp_id": cp_id} for cp_id in cp_ids]
        body = {"points": points} if path.endswith("many") else points[0]
        return (await world.http.post(path, json=body, headers=bearer("CP-001"))).status_code

    assert await status("/cp/register", "CP-001") == 200
    assert await status("/cp/register/many", "CP-001") == 200
    assert await status("/cp/register", "CP-002") == 403
    assert await status("/cp/register/many", "CP-001", "CP-002") == 403
    answer = await world.http.get("/cp", headers=bearer("viewer"))
    assert [point["cp_id"] for point in answer.json()] == ["CP-001"]


@in_world()
async def test_a_point_that_speaks_for_another_is_told_so(world: World) -> None:
    world.let_in(KnownPeople())
    answer = await world.http.post("/cp/register", json={"cp_id": "CP-002"}, headers=bearer("CP-001"))
    problem = answer.json()
    assert (problem["code"], problem["detail"]) == ("forbidden", "CP-001 speaks for itself alone, and not for CP-002")


@in_world()
async def test_who_runs_in_centrals_process_registers_points_where_others_have_to_sign_in(world: World) -> None:
    access = WithInsider(KnownPeople())
    world.let_in(access)
    async with web_server(world.app, "127.0.0.1", 0) as (_, port):
        registrar = Registrar(read(MonitorSettings, {}), Random(1), lambda *_: None)
        registrar.look_at(Address("127.0.0.1", port))
        registrar.credential = access.credential
        async with asyncio.timeout(20):
            door = await registrar.register("CP-007")
        await registrar.close()
    assert door.port == 9999
    assert "CP-007" in world.queries.panel.points


def test_an_insider_is_known_by_one_word_alone_and_all_others_as_before() -> None:
    async def scene() -> None:
        people = KnownPeople()
        access = WithInsider(people)
        assert await access.by_bearer(access.credential) is INSIDER
        assert access.credential != WithInsider(people).credential
        for wrong in ("evi_", access.credential[:-1], f"{access.credential}x", "é"):
            with pytest.raises(BadCredential):
                await access.by_bearer(wrong)
        viewer = EVERYBODY["viewer"]
        assert (await access.by_bearer("viewer"), await access.by_session("viewer")) == (viewer, viewer)
        assert await access.by_ticket(access.ticket_for(viewer)) == viewer
        assert access.mode is Mode.SECURE
        people.revoked.add("viewer")
        await access.still(INSIDER, START)
        with pytest.raises(BadCredential, match=str(REVOKED)):
            await access.still(viewer, START + timedelta(hours=1))

    asyncio.run(scene())
