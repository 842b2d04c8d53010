"""How people sign in over HTTP: at the console, with apps, and by links that count once."""

import pytest

from evcharging.apps.ev_central.access.denials import SAY_WHERE_FROM
from evcharging.domain.access.modes import Auth
from evcharging.domain.access.permissions import OF_ROLE, AccountRole
from evcharging.tests.stages.central_world import ORIGIN
from evcharging.tests.stages.guests import ADMIN, AUTH, PASSWORD, Guests, with_guests

ME = "/api/v1/me"


# The first administrator


@with_guests("CP-001", empty=True)
async def test_the_first_administrator_comes_by_a_link_and_is_signed_in_with_it(guests: Guests) -> None:
    off = {"lab": False, "payments": False, "simulated_cards": False, "hold_limit_cents": None}
    nobody = {"mode": "secure", "needs_setup": True, **off, "who": None}
    assert await guests.ask("GET", "/api/v1/access") == nobody
    body = {"token": (await guests.setup_link()).token, "name": ADMIN, "password": PASSWORD}
    answer = await guests.world.http.post(f"{AUTH}/setup", json=body)
    assert answer.status_code == 201
    assert answer.json()["account"]["role"] == "admin"
    assert answer.headers["Cache-Control"] == "no-store"
    said = await guests.ask("GET", "/api/v1/access")
    assert (said["needs_setup"], said["who"]["name"], said["who"]["kind"]) == (False, ADMIN, "person")
    assert set(said["who"]["permissions"]) == OF_ROLE[AccountRole.ADMIN]
    guests.world.http.cookies.clear()
    again = await guests.ask("POST", f"{AUTH}/setup", 401, json=body)
    assert again["code"] == "unknown_credential"


@with_guests("CP-001", auth=Auth.AUTO, empty=True)
async def test_with_the_first_administrator_everybody_has_to_sign_in(guests: Guests) -> None:
    assert (await guests.ask("GET", "/health"))["auth"] == "open"
    who = (await guests.ask("GET", "/api/v1/access"))["who"]
    assert (who["kind"], who["name"]) == ("local", None)
    made = await guests.ask("POST", "/api/v1/users", 201, json={"name": ADMIN, "role": "admin"})
    await guests.ask("GET", "/cp")
    link = made["link"]["link"]
    assert link.startswith(f"{ORIGIN}/setup#")
    body = {"token": link.partition("#")[2], "name": ADMIN, "password": PASSWORD}
    await guests.ask("POST", f"{AUTH}/setup", 201, json=body)
    guests.world.http.cookies.clear()
    await guests.ask("GET", "/cp", 401)
    assert (await guests.ask("GET", "/health"))["auth"] == "secure"
    assert len(await guests.ask("GET", "/cp", who=await guests.sign_in())) == 1


@with_guests(empty=True)
async def test_a_password_that_is_guessed_first_is_refused_and_the_link_still_counts(guests: Guests) -> None:
    body = {"token": (await guests.setup_link()).token, "name": ADMIN, "password": "password1234"}
    problem = await guests.ask("POST", f"{AUTH}/setup", 422, json=body)
    assert "password" in problem["detail"].lower()
    await guests.ask("POST", f"{AUTH}/setup", 201, json={**body, "password": PASSWORD})


# The console


@with_guests("CP-001")
async def test_the_consoles_cookie_is_for_no_script_and_no_other_site(guests: Guests) -> None:
    answer = await guests.world.http.post(f"{AUTH}/session", json={"name": ADMIN, "password": PASSWORD})
    said = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Max-Age=43200"} <= set(said.split("; "))
    assert "Secure" not in said
    assert answer.headers["Cache-Control"] == "no-store"
    https = f"https{ORIGIN.removeprefix('http')}{AUTH}/session"
    over_tls = await guests.world.http.post(https, json={"name": ADMIN, "password": PASSWORD})
    assert over_tls.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in over_tls.headers["Set-Cookie"].split("; ")


@with_guests("CP-001")
async def test_who_leaves_the_console_is_out_at_once(guests: Guests) -> None:
    browser = await guests.browser()
    await guests.ask("POST", "/cp/CP-001/stop", headers=browser)
    assert (await guests.ask("GET", ME, headers=browser))["account"]["name"] == ADMIN
    left = await guests.world.http.delete(f"{AUTH}/session", headers=browser)
    assert left.status_code == 204
    assert 'session=""' in left.headers["Set-Cookie"]
    await guests.ask("GET", "/cp", 401, headers=browser)


@with_guests()
async def test_a_driver_does_not_sign_in_at_the_console(guests: Guests) -> None:
    await guests.add("Dora", AccountRole.DRIVER)
    problem = await guests.ask("POST", f"{AUTH}/session", 401, json={"name": "Dora", "password": PASSWORD})
    assert "Drivers sign in with their app" in problem["detail"]


@with_guests()
async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(guests: Guests) -> None:
    for path in ("session", "login"):
        wrong = await guests.ask("POST", f"{AUTH}/{path}", 401, json={"name": ADMIN, "password": "no"})
        unknown = await guests.ask("POST", f"{AUTH}/{path}", 401, json={"name": "Nobody", "password": "no"})
        assert wrong == unknown
        assert wrong["code"] == "unknown_credential"


@pytest.mark.parametrize("path", ["session", "login", "setup"])
@with_guests()
async def test_guesses_are_held_up_and_told_when_to_come_again(guests: Guests, path: str) -> None:
    body = {"name": "Somebody", "password": "a guess that is wrong", **({"token": "x"} if path == "setup" else {})}
    answers = [await guests.world.http.post(f"{AUTH}/{path}", json=body) for _ in range(40)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert len(limited) >= 15
    assert {answer.status_code for answer in answers} == {401, 429}
    assert limited[0].json()["code"] == "too_many_attempts"
    assert 1 <= int(limited[0].headers["Retry-After"]) <= 60


@with_guests()
async def test_guesses_of_a_points_token_are_held_up_too(guests: Guests) -> None:
    answers = [await guests.world.http.post("/api/v1/points/enrol", json={"token": f"eve_{n}"}) for n in range(30)]
    assert [answer.status_code for answer in answers[-5:]] == [429] * 5
    assert "Retry-After" in answers[-1].headers


# Apps


@with_guests()
async def test_a_driver_makes_an_account_and_goes_on_by_renewing(guests: Guests) -> None:
    body = {"name": "Dora", "password": PASSWORD, "driver_id": "driver-dora"}
    made = await guests.ask("POST", f"{AUTH}/register", 201, json=body)
    assert (made["account"]["account_id"], made["account"]["role"]) == ("driver-dora", "driver")
    tokens = made["tokens"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)
    me = await guests.ask("GET", ME, who=tokens["access_token"])
    assert (me["actor"]["kind"], me["actor"]["id"]) == ("driver", "driver-dora")
    await guests.ask("GET", "/cp/free", who=tokens["access_token"])
    await guests.ask("GET", "/cp", 403, who=tokens["access_token"])
    first = {"refresh_token": tokens["refresh_token"]}
    renewed = await guests.ask("POST", f"{AUTH}/refresh", json=first)
    await guests.ask("GET", ME, who=renewed["access_token"])
    stolen = await guests.ask("POST", f"{AUTH}/refresh", 401, json=first)
    assert stolen["code"] == "revoked"
    await guests.ask("POST", f"{AUTH}/refresh", 401, json={"refresh_token": renewed["refresh_token"]})
    taken = await guests.ask("POST", f"{AUTH}/register", 409, json={**body, "name": "dora"})
    assert taken["code"] == "name_taken"


@with_guests()
async def test_a_web_app_keeps_its_refresh_token_in_a_cookie_that_goes_nowhere_else(guests: Guests) -> None:
    http, page = guests.world.http, {"Origin": ORIGIN}
    answer = await http.post(f"{AUTH}/login", json={"name": ADMIN, "password": PASSWORD, "cookie": True})
    assert answer.json()["refresh_token"] is None
    said = set(answer.headers["Set-Cookie"].split("; "))
    assert {"HttpOnly", f"Path={AUTH}", "SameSite=strict"} <= said
    problem = await guests.ask("POST", f"{AUTH}/refresh", 403)
    assert (problem["detail"], problem["code"]) == (SAY_WHERE_FROM, "foreign_page")
    renewed = await http.post(f"{AUTH}/refresh", headers=page)
    assert (renewed.status_code, renewed.json()["refresh_token"]) == (200, None)
    await guests.ask("GET", ME, who=renewed.json()["access_token"])
    assert (await http.post(f"{AUTH}/logout", headers=page)).status_code == 204
    assert (await http.post(f"{AUTH}/refresh", headers=page)).status_code == 401


@with_guests()
async def test_who_signs_out_of_an_app_cannot_renew(guests: Guests) -> None:
    tokens = await guests.ask("POST", f"{AUTH}/login", json={"name": ADMIN, "password": PASSWORD})
    body = {"refresh_token": tokens["refresh_token"]}
    for _ in range(2):
        await guests.ask("POST", f"{AUTH}/logout", 204, json=body)
    await guests.ask("POST", f"{AUTH}/refresh", 401, json=body)
    assert (await guests.ask("POST", f"{AUTH}/refresh", 401))["code"] == "unauthenticated"


@with_guests()
async def test_an_old_access_token_does_not_keep_an_app_from_renewing(guests: Guests) -> None:
    tokens = await guests.ask("POST", f"{AUTH}/login", json={"name": ADMIN, "password": PASSWORD})
    await guests.world.pass_time(700)
    old, body = tokens["access_token"], {"refresh_token": tokens["refresh_token"]}
    assert (await guests.ask("GET", "/cp", 401, who=old))["code"] == "expired"
    await guests.ask("POST", f"{AUTH}/refresh", who=old, json=body)


@with_guests()
async def test_a_ticket_is_given_to_who_has_signed_in(guests: Guests) -> None:
    ticket = await guests.ask("POST", f"{AUTH}/ticket", who=await guests.sign_in())
    assert ticket["expires_in"] == 30
    who = await guests.service.proofs.by_ticket(ticket["ticket"])
    assert who.actor.role == "admin"
    await guests.ask("POST", f"{AUTH}/ticket", 401)


@pytest.mark.parametrize("body", [{}, {"name": ADMIN}, {"name": ADMIN, "password": 1}, {"name": "", "password": "x"}])
@with_guests()
async def test_a_body_that_does_not_fit_says_what_is_wrong_and_shows_no_secret(
    guests: Guests, body: dict[str, object]
) -> None:
    for path in ("login", "session", "register", "setup"):
        problem = await guests.ask("POST", f"{AUTH}/{path}", 422, json={**body, "colour": PASSWORD})
        assert problem["code"] == "invalid"
        assert PASSWORD not in problem["detail"]
