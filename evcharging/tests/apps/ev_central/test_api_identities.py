"""Keys of points over HTTP: a token that counts once, renewal, and what is revoked."""

from datetime import timedelta

from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.keys import OVERLAP, KeyKind, derived_key
from evcharging.domain.access.people import ENROLMENT_LASTS
from evcharging.tests.stages.central_world import MASTER, World, in_world

POINT = Actor(kind=ActorKind.POINT, id="CP-001", via="http")
USED = (
    "This token was used before, has expired, or never was one: `evcharging points enrol`, or the point's page,"
    " makes another"
)


async def enrolled(world: World, cp_id: str = "CP-001") -> dict[str, object]:
    invited = await world.post(f"/api/v1/points/{cp_id}/enrolment", 201)
    given: dict[str, object] = await world.post("/api/v1/points/enrol", json={"token": invited["token"]})
    return given


@in_world()
async def test_a_token_gives_a_point_its_key(world: World) -> None:
    key = derived_key(MASTER, KeyKind.POINT, "CP-001", 1).hex()
    assert await enrolled(world) == {"cp_id": "CP-001", "version": 1, "key": key}


@in_world()
async def test_a_token_comes_with_the_command_that_uses_it_and_as_a_picture(world: World) -> None:
    invited = await world.post("/api/v1/points/CP-001/enrolment", 201)
    token = invited["token"]
    assert token.startswith("eve_")
    assert invited["command"] == (
        f"CP_MONITOR_ENROL={token} evcharging monitor --cp-id CP-001 --central-host central.test --central-port 8000"
    )
    assert invited["qr"].startswith("<svg")
    assert invited["expires_at"] == "2026-01-02T12:00:00Z"


@in_world()
async def test_a_token_counts_once(world: World) -> None:
    token = (await world.post("/api/v1/points/CP-001/enrolment", 201))["token"]
    await world.post("/api/v1/points/enrol", json={"token": token})
    refused = await world.post("/api/v1/points/enrol", 409, json={"token": token})
    assert (refused["code"], refused["detail"]) == ("not_enrolled", USED)


@in_world()
async def test_a_newer_token_is_counted_instead_of_the_one_before(world: World) -> None:
    older = (await world.post("/api/v1/points/CP-001/enrolment", 201))["token"]
    newer = (await world.post("/api/v1/points/CP-001/enrolment", 201))["token"]
    assert (await world.post("/api/v1/points/enrol", 409, json={"token": older}))["detail"] == USED
    await world.post("/api/v1/points/enrol", json={"token": newer})


@in_world()
async def test_a_token_counts_for_a_day_and_no_longer(world: World) -> None:
    token = (await world.post("/api/v1/points/CP-001/enrolment", 201))["token"]
    world.clock.step(ENROLMENT_LASTS - timedelta(seconds=1))
    await world.settle()
    await world.post("/api/v1/points/enrol", json={"token": token})
    late = (await world.post("/api/v1/points/CP-001/enrolment", 201))["token"]
    world.clock.step(ENROLMENT_LASTS)
    await world.settle()
    assert (await world.post("/api/v1/points/enrol", 409, json={"token": late}))["detail"] == USED


@in_world()
async def test_what_is_no_token_is_told_the_same(world: World) -> None:
    for token in ("eve_nothing", "x", "evk_a_b"):
        assert (await world.post("/api/v1/points/enrol", 409, json={"token": token}))["detail"] == USED


@in_world()
async def test_a_point_that_is_enrolled_again_has_a_new_key_and_the_old_one_counts_no_more(world: World) -> None:
    first, second = await enrolled(world), await enrolled(world)
    assert (first["version"], second["version"]) == (1, 2)
    assert first["key"] != second["key"]
    (identity,) = world.desk.all(KeyKind.POINT)
    assert not identity.accepts(1, world.clock.now())
    assert identity.accepts(2, world.clock.now())


@in_world()
async def test_a_key_is_renewed_and_the_one_before_counts_for_a_day_more(world: World) -> None:
    await enrolled(world)
    renewed = await world.post("/api/v1/points/CP-001/key")
    assert renewed["version"] == 2
    (identity,) = world.desk.all(KeyKind.POINT)
    now = world.clock.now()
    assert (identity.accepts(1, now), identity.accepts(2, now)) == (True, True)
    assert not identity.accepts(1, now + OVERLAP)
    assert identity.in_use == 1


@in_world()
async def test_who_renews_with_the_key_before_is_given_the_newest_again(world: World) -> None:
    await enrolled(world)
    renewed = await world.post("/api/v1/points/CP-001/key")
    before = world.desk.all(None)
    again = world.desk.rotate("CP-001", 1, POINT)
    assert (again.identity.version, again.key.hex()) == (2, renewed["key"])
    assert world.desk.all(None) == before


@in_world()
async def test_a_point_without_a_key_has_none_to_renew_or_revoke(world: World) -> None:
    refused = await world.post("/api/v1/points/CP-001/key", 409)
    assert refused["detail"] == "CP-001 has no key that counts: evcharging points enrol CP-001"
    assert (await world.http.delete("/api/v1/points/CP-001/key")).status_code == 409


@in_world()
async def test_a_key_that_is_revoked_is_not_renewed(world: World) -> None:
    await enrolled(world)
    for _ in range(2):
        await world.delete("/api/v1/points/CP-001/key")
    assert (await world.post("/api/v1/points/CP-001/key", 409))["code"] == "not_enrolled"
    assert (await enrolled(world))["version"] == 2


@in_world("CP-001")
async def test_a_point_that_is_retired_has_no_key_that_counts(world: World) -> None:
    await enrolled(world)
    await world.delete("/cp/CP-001")
    (identity,) = await world.get("/api/v1/identities?kind=point")
    assert identity["revoked_at"] == "2026-01-01T12:00:00Z"


@in_world("CP-001")
async def test_a_point_without_a_key_is_retired_all_the_same(world: World) -> None:
    await world.delete("/cp/CP-001")
    assert await world.get("/api/v1/identities") == []


@in_world()
async def test_identities_are_listed_without_their_keys(world: World) -> None:
    await enrolled(world)
    shown = {"kind": "point", "id": "CP-001", "version": 1, "in_use": 1, "older_until": None, "revoked_at": None}
    assert await world.get("/api/v1/identities") == [shown]
    assert await world.get("/api/v1/identities?kind=driver") == []


@in_world()
async def test_what_no_point_may_be_called_is_not_enrolled(world: World) -> None:
    for cp_id in ("free", "-x", "a b"):
        assert (await world.post(f"/api/v1/points/{cp_id}/enrolment", 422))["detail"].startswith("cp_id: ")


@in_world()
async def test_each_step_is_noted_with_who_did_it_and_without_a_secret(world: World) -> None:
    given = await enrolled(world)
    await world.post("/api/v1/points/CP-001/key")
    await world.delete("/api/v1/points/CP-001/key")
    actions = world.noted()
    assert [(each.action, each.actor_kind) for each in actions] == [
        ("invite_point", "local"),
        ("enrol_point", "point"),
        ("rotate_key", "local"),
        ("revoke_key", "local"),
    ]
    assert {each.subject for each in actions} == {"CP-001"}
    assert str(given["key"]) not in repr(actions)
    assert actions[-1].before == f'{{"version":2,"older_until":"{_iso(world, OVERLAP)}","revoked_at":null}}'


def _iso(world: World, later: timedelta) -> str:
    return (world.clock.now() + later).isoformat().replace("+00:00", "Z")
