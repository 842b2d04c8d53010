"""Who asks is found out before anything else of a request is looked at."""

import httpx
import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.access.denials import SAY_WHERE_FROM, SIGN_IN
from evcharging.common.messages_operators import ActorKind
from evcharging.domain.access.modes import Mode
from evcharging.domain.charging_point import Point
from evcharging.tests.apps.ev_central.test_http_bad_input import assert_is_problem
from evcharging.tests.stages.central_world import ORIGIN, World, in_world
from evcharging.tests.stages.known_people import REVOKED, UNKNOWN, KnownPeople, bearer, cookie

ELSEWHERE = {"X-Forwarded-For": "192.0.2.1"}


def assert_is_unauthenticated(answer: httpx.Response, code: str = "unauthenticated") -> str:
    """A 401 that says how to ask, and may not be kept."""
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["code"] == code
    return assert_is_problem(answer.json(), 401)


# Open


@in_world("CP-001")
async def test_where_nobody_signs_in_everybody_may_do_everything(world: World) -> None:
    world.let_in(KnownPeople(Mode.OPEN))
    assert (await world.post("/cp/CP-001/stop"))["state"] == "STOPPED"
    assert (await world.http.get("/nothing")).status_code == 404


@in_world("CP-001")
async def test_a_right_credential_counts_where_none_is_needed(world: World) -> None:
    world.let_in(KnownPeople(Mode.OPEN))
    for headers in (bearer("viewer"), cookie("viewer")):
        answer = await world.http.post("/cp/CP-001/stop", headers=headers)
        assert answer.status_code == 403
        assert answer.json()["detail"] == (
            "POST /cp/{cp_id}/stop needs the permission orders:write, which a viewer does not have"
        )
        assert answer.json()["code"] == "forbidden"


@in_world("CP-001")
async def test_a_cookie_of_another_program_on_this_machine_hinders_nobody_where_none_is_needed(world: World) -> None:
    world.let_in(KnownPeople(Mode.OPEN))
    assert (await world.http.get("/cp", headers=cookie("of-another-program"))).status_code == 200
    assert_is_unauthenticated(await world.http.get("/cp", headers=bearer("wrong")), "unknown_credential")


# Secure


@in_world("CP-001")
async def test_without_a_credential_neither_path_nor_query_nor_body_is_judged(world: World) -> None:
    world.let_in(KnownPeople())
    paths = ("/cp/CP-001", "/cp/CP-404", "/nothing", "/cp?limit=x", "/cp/register", "/api/v1/sessions/S-1", "/cp/")
    for path in paths:
        for body in (b"", b"{", b'{"a":1,"a":2}'):
            answer = await world.http.post(path, content=body)
            assert assert_is_unauthenticated(answer) == SIGN_IN
        assert assert_is_unauthenticated(await world.http.get(path)) == SIGN_IN


@in_world("CP-001")
async def test_a_thousand_guessed_points_are_answered_alike(world: World) -> None:
    world.let_in(KnownPeople())
    answers = [await world.http.get(f"/cp/CP-{number:03}") for number in range(1, 1001)]
    told = {answer.text.replace(str(answer.url.path), "") for answer in answers}
    assert {answer.status_code for answer in answers} == {401}
    assert len(told) == 1


@pytest.mark.parametrize("headers", [bearer("admin"), cookie("admin")], ids=["bearer", "cookie"])
@in_world("CP-001")
async def test_who_has_a_credential_is_that_one(world: World, headers: dict[str, str]) -> None:
    world.let_in(KnownPeople())
    assert (await world.http.post("/cp/CP-001/stop", headers=headers)).json()["state"] == "STOPPED"
    assert (await world.http.get("/nothing", headers=headers)).status_code == 404
    assert (await world.http.request("BREW", "/cp", headers=headers)).status_code == 405


@in_world("CP-001")
async def test_a_credential_that_does_not_count_says_why(world: World) -> None:
    access = KnownPeople()
    access.revoked.add("admin")
    world.let_in(access)
    for headers in (bearer("admin"), cookie("admin")):
        assert assert_is_unauthenticated(await world.http.get("/cp", headers=headers), "revoked") == str(REVOKED)
    for headers in (bearer("x"), cookie("x")):
        assert assert_is_unauthenticated(await world.http.get("/cp", headers=headers), UNKNOWN.code) == str(UNKNOWN)


@in_world()
async def test_what_is_public_is_answered_whatever_credential_comes_with_it(world: World) -> None:
    world.let_in(KnownPeople())
    for headers in ({}, bearer("x"), cookie("x"), {"Authorization": "Bearer"}, bearer("viewer")):
        for path in ("/health", "/health/live", "/"):
            assert (await world.http.get(path, headers=headers)).status_code in (200, 503), (path, headers)


@pytest.mark.parametrize(
    "values",
    [["Bearer"], ["Bearer "], ["Bearer admin admin"], ["Bearer admin", "Bearer admin"], ["Bearer " + "x" * 5000]],
    ids=["none", "empty", "two words", "two", "long"],
)
@in_world()
async def test_a_header_that_is_none_is_refused(world: World, values: list[str]) -> None:
    world.let_in(KnownPeople())
    answer = await world.http.get("/cp", headers=[("Authorization", value) for value in values])
    assert_is_unauthenticated(answer, "malformed")


@in_world("CP-001")
async def test_what_was_given_on_purpose_counts_before_what_a_browser_adds(world: World) -> None:
    world.let_in(KnownPeople())
    answer = await world.http.post("/cp/CP-001/stop", headers={**cookie("admin"), **bearer("viewer")})
    assert answer.status_code == 403
    proxied = {**cookie("admin"), "Authorization": "Basic dXNlcjpwYXNz"}
    assert (await world.http.post("/cp/CP-001/stop", headers=proxied)).status_code == 200


@in_world("CP-001")
async def test_nobody_on_the_way_keeps_what_somebody_is_told_who_has_signed_in(world: World) -> None:
    world.let_in(KnownPeople())
    for path in ("/cp", "/cp/CP-001", "/sessions", "/api/v1/me", "/nothing"):
        assert (await world.http.get(path, headers=cookie("admin"))).headers["Cache-Control"] == "no-store", path
    assert (await world.http.get("/health", headers=cookie("admin"))).headers.get("Cache-Control") is None
    world.let_in(KnownPeople(Mode.OPEN))
    assert (await world.http.get("/cp")).headers.get("Cache-Control") is None


# A cookie, which browsers send whichever page asks


@in_world("CP-001")
async def test_what_changes_something_by_a_cookie_must_say_which_page_asks(world: World) -> None:
    world.let_in(KnownPeople())
    session = {"Cookie": "session=admin"}
    answer = await world.http.post("/cp/CP-001/stop", headers=session)
    assert (answer.status_code, answer.json()["detail"]) == (403, SAY_WHERE_FROM)
    for other in ("same-site", "none", "cross-site"):
        assert (await world.http.post("/cp/stop", headers={**session, "Sec-Fetch-Site": other})).status_code == 403
    assert (await world.http.post("/cp/stop", headers={**session, "Origin": "http://evil.example"})).status_code == 403
    assert (await world.http.get("/cp", headers=session)).status_code == 200
    assert (await world.http.post("/cp/CP-001/stop", headers={**session, "Origin": ORIGIN})).status_code == 200
    assert (await world.http.post("/cp/CP-001/resume", headers=bearer("admin"))).status_code == 200


@in_world()
async def test_under_tls_the_cookie_is_one_that_other_hosts_cannot_set(world: World) -> None:
    world.let_in(KnownPeople())
    https = f"https{ORIGIN.removeprefix('http')}/cp"
    assert (await world.http.get(https, headers={"Cookie": "__Host-session=viewer"})).status_code == 200
    assert (await world.http.get(https, headers={"Cookie": "session=viewer"})).status_code == 401
    assert (await world.http.get("/cp", headers={"Cookie": "__Host-session=viewer"})).status_code == 401


# The numbers


@in_world()
async def test_numbers_are_for_programs_of_this_machine_and_those_that_may_read_them(world: World) -> None:
    world.let_in(KnownPeople())
    assert (await world.http.get("/metrics")).status_code == 200
    assert (await world.http.get("/cp")).status_code == 401
    assert (await world.http.get("/metrics", headers=ELSEWHERE)).status_code == 401
    assert (await world.http.get("/metrics", headers={**ELSEWHERE, **bearer("auditor")})).status_code == 200
    assert (await world.http.get("/metrics", headers={**ELSEWHERE, **bearer("machine")})).status_code == 200
    assert (await world.http.get("/metrics", headers={**ELSEWHERE, **bearer("viewer")})).status_code == 403


# Trouble


@in_world("CP-001")
async def test_while_nobody_can_be_known_only_what_is_public_is_answered(world: World) -> None:
    class Lost(KnownPeople):
        async def by_bearer(self, token: str) -> Who:
            raise StoreUnavailable("The ledger cannot be read")

    world.let_in(Lost())
    answer = await world.http.get("/cp", headers=bearer("admin"))
    assert (answer.status_code, answer.json()["detail"]) == (503, "The ledger cannot be read")
    assert (await world.http.get("/health/live", headers=bearer("admin"))).status_code == 200


@in_world("CP-001")
async def test_who_asks_is_who_is_written_down(world: World) -> None:
    world.let_in(KnownPeople())
    body = {"cp_id": "CP-009"}
    await world.http.post("/cp/register", json=body, headers=bearer("admin"))
    await world.settle()
    [point] = world.store.fetch(Point, ["CP-009"])
    assert point.actor is not None
    assert (point.actor.kind, point.actor.id) == (ActorKind.PERSON, "a-admin")
