"""People and machine keys over HTTP: who looks after them, and what nobody may do to the last administrator."""

import pytest

from evcharging.domain.access.permissions import AccountRole
from evcharging.tests.stages.central_world import ORIGIN
from evcharging.tests.stages.guests import ADMIN, AUTH, PASSWORD, Guests, with_guests

USERS, KEYS = "/api/v1/users", "/api/v1/keys"


@with_guests("CP-001")
async def test_somebody_is_added_sets_a_password_by_the_link_and_is_disabled(guests: Guests) -> None:
    admin = await guests.sign_in()
    made = await guests.ask("POST", USERS, 201, who=admin, json={"name": "Otto", "role": "operator"})
    account, link = made["account"], made["link"]["link"]
    assert (account["has_password"], account["disabled_at"]) == (False, None)
    assert link.startswith(f"{ORIGIN}/setup#")
    body = {"token": link.partition("#")[2], "name": "Otto", "password": PASSWORD}
    await guests.ask("POST", f"{AUTH}/setup", 201, json=body)
    otto, browser = await guests.sign_in("otto"), await guests.browser("OTTO")
    await guests.ask("POST", "/cp/CP-001/stop", who=otto)
    one = f"{USERS}/{account['account_id']}"
    assert (await guests.ask("GET", one, who=admin))["has_password"]
    assert (await guests.ask("PATCH", one, who=admin, json={"disabled": True}))["disabled_at"]
    await guests.ask("GET", "/cp", 401, who=otto)
    await guests.ask("GET", "/cp", 401, headers=browser)
    await guests.ask("POST", f"{AUTH}/login", 401, json={"name": "Otto", "password": PASSWORD})


@with_guests()
async def test_a_new_role_counts_at_once(guests: Guests) -> None:
    admin = await guests.sign_in()
    vera = await guests.add("Vera", AccountRole.VIEWER)
    account_id = (await guests.ask("GET", "/api/v1/me", who=vera))["account"]["account_id"]
    await guests.ask("GET", USERS, 403, who=vera)
    await guests.ask("PATCH", f"{USERS}/{account_id}", who=admin, json={"role": "auditor"})
    assert len(await guests.ask("GET", USERS, who=vera)) == 2
    assert [user["name"] for user in await guests.ask("GET", f"{USERS}?role=auditor", who=vera)] == ["Vera"]


@with_guests()
async def test_a_link_sets_a_new_password_and_ends_what_was_signed_in_by_the_old_one(guests: Guests) -> None:
    admin = await guests.sign_in()
    vera = await guests.add("Vera", AccountRole.VIEWER)
    account_id = (await guests.ask("GET", "/api/v1/me", who=vera))["account"]["account_id"]
    link = await guests.ask("POST", f"{USERS}/{account_id}/link", who=admin)
    await guests.world.pass_time(1)
    body = {"token": link["link"].partition("#")[2], "name": "whatever", "password": "another fine long password"}
    await guests.ask("POST", f"{AUTH}/setup", 201, json=body)
    guests.world.http.cookies.clear()
    await guests.ask("GET", "/cp", 401, who=vera)
    await guests.ask("POST", f"{AUTH}/login", 401, json={"name": "Vera", "password": PASSWORD})
    await guests.sign_in("Vera", "another fine long password")


@with_guests()
async def test_who_is_erased_has_no_name_any_more(guests: Guests) -> None:
    admin = await guests.sign_in()
    vera = await guests.add("Vera", AccountRole.VIEWER)
    account_id = (await guests.ask("GET", "/api/v1/me", who=vera))["account"]["account_id"]
    await guests.ask("DELETE", f"{USERS}/{account_id}", 204, who=admin)
    await guests.ask("GET", "/cp", 401, who=vera)
    assert (await guests.ask("GET", f"{USERS}/{account_id}", 404, who=admin))["code"] == "unknown_account"
    assert [user["name"] for user in await guests.ask("GET", USERS, who=admin)] == [ADMIN]


@with_guests()
async def test_the_last_administrator_stays(guests: Guests) -> None:
    admin = await guests.sign_in()
    me = await guests.ask("GET", "/api/v1/me", who=admin)
    one = f"{USERS}/{me['account']['account_id']}"
    for change in ({"disabled": True}, {"role": "viewer"}):
        assert (await guests.ask("PATCH", one, 409, who=admin, json=change))["code"] == "last_administrator"
    assert (await guests.ask("DELETE", one, 409, who=admin))["code"] == "last_administrator"
    await guests.add("Bea", AccountRole.ADMIN)
    await guests.ask("PATCH", one, who=admin, json={"role": "viewer"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ADMIN.upper(), "role": "viewer"}, 409),
        ({"name": "X", "role": "king"}, 422),
        ({"name": "X", "role": "viewer", "driver_id": "driver-x"}, 422),
        ({"name": " X", "role": "viewer"}, 422),
        ({"role": "viewer"}, 422),
    ],
    ids=str,
)
@with_guests()
async def test_who_cannot_be_added_is_told_why(guests: Guests, body: dict[str, str], status: int) -> None:
    problem = await guests.ask("POST", USERS, status, who=await guests.sign_in(), json=body)
    assert problem["detail"]


# Machine keys


@with_guests("CP-001")
async def test_a_machine_key_does_what_its_scopes_say_until_it_is_revoked(guests: Guests) -> None:
    admin = await guests.sign_in()
    body = {"label": "billing export", "scopes": ["network:read", "offer:read"]}
    answer = await guests.world.http.post(KEYS, json=body, headers={"Authorization": f"Bearer {admin}"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    secret, key = answer.json()["secret"], answer.json()["key"]
    assert secret.startswith(f"evk_{key['key_id']}_")
    assert len(await guests.ask("GET", "/cp", who=secret)) == 1
    refused = await guests.ask("POST", "/cp/CP-001/stop", 403, who=secret)
    assert "orders:write, which this machine key does not have" in refused["detail"]
    me = await guests.ask("GET", "/api/v1/me", who=secret)
    assert (me["actor"]["kind"], me["account"], me["permissions"]) == ("machine", None, ["network:read", "offer:read"])
    [listed] = await guests.ask("GET", KEYS, who=admin)
    assert listed["last_used_at"]
    assert secret.rpartition("_")[2] not in str(listed)
    await guests.ask("DELETE", f"{KEYS}/{key['key_id']}", 204, who=admin)
    assert (await guests.ask("GET", "/cp", 401, who=secret))["code"] == "revoked"
    assert (await guests.ask("DELETE", f"{KEYS}/k-404", 404, who=admin))["code"] == "unknown_key"


@with_guests()
async def test_a_machine_key_ends_when_it_was_to(guests: Guests) -> None:
    admin = await guests.sign_in()
    body = {"label": "x", "scopes": ["network:read"], "expires_at": "2026-01-01T13:00:00Z"}
    made = await guests.ask("POST", KEYS, 201, who=admin, json=body)
    await guests.ask("GET", "/cp", who=made["secret"])
    await guests.world.pass_time(3600)
    assert (await guests.ask("GET", "/cp", 401, who=made["secret"]))["code"] == "expired"


@pytest.mark.parametrize("scopes", [[], ["people:write"], ["own:write"], ["point:report"], ["everything"]], ids=str)
@with_guests()
async def test_no_machine_key_makes_people_or_speaks_for_others(guests: Guests, scopes: list[str]) -> None:
    body = {"label": "x", "scopes": scopes}
    await guests.ask("POST", KEYS, 422, who=await guests.sign_in(), json=body)
