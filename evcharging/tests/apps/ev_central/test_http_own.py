"""A driver asks for charges, follows them and ends them over HTTP; to a driver what is of others is not there."""

from datetime import timedelta

import pytest

from evcharging.apps.ev_central.access.contract import OWN_KEY, Who
from evcharging.apps.ev_central.api_v1.own_api import LONGEST_WAIT, wait_of
from evcharging.apps.ev_central.driver_feed import DriverFeed
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.keys import KeyKind
from evcharging.domain.access.permissions import OF_ROLE, AccountRole
from evcharging.domain.session import Session
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.known_people import KnownPeople, bearer
from evcharging.tests.stages.phones import ALICE, BOB, WAIT, Drivers, Phone

UNKNOWN = ("S-none", "session-9-9-9")


@in_world("CP-001", "CP-002")
async def test_a_charge_is_asked_for_and_followed_to_its_receipt(world: World) -> None:
    alice = Phone(world)
    asked = await alice.charge(kwh=0.05, minutes=45)
    session_id = asked["session_id"]
    assert asked["quote"]["price"]["gross"] > 0
    assert alice.answer.headers["Location"] == f"/api/v1/me/sessions/{session_id}"
    assert alice.answer.headers["Preference-Applied"] == "wait=5"
    session = await alice.get(f"sessions/{session_id}")
    assert (session["driver_id"], session["cp_id"]) == (ALICE, "CP-001")
    assert (await alice.get(f"requests/{asked['request_id']}"))["kwh"] == 0.05
    await world.pass_time(15)
    assert (await alice.get(f"sessions/{session_id}"))["status"] == "COMPLETED"
    receipt = await alice.get(f"sessions/{session_id}/receipt")
    assert receipt["session_id"] == session_id
    assert [each["session_id"] for each in (await alice.get("sessions"))["items"]] == [session_id]
    (ticket,) = (await alice.get("tickets"))["items"]
    assert (ticket["session_id"], ticket["euros"]) == (session_id, receipt["euros"])
    assert (await Phone(world, BOB).get("tickets"))["items"] == []


@in_world("CP-001")
async def test_without_a_preference_it_is_answered_at_once(world: World) -> None:
    alice = Phone(world)
    asked = await alice.post("sessions", 202, {"cp_id": "CP-001"})
    assert (asked["session_id"], asked["quote"]) == (None, None)
    assert "Preference-Applied" not in alice.answer.headers
    await world.settle()
    decided = await alice.get(f"requests/{asked['request_id']}")
    assert (decided["decision"], decided["driver_id"]) == ("ACCEPTED", ALICE)


@in_world("CP-001", "CP-002")
async def test_what_is_denied_is_said_with_its_reason(world: World) -> None:
    alice, bob = Phone(world), Phone(world, BOB)
    await alice.charge()
    denied = await bob.charge(status=409)
    assert denied["detail"] == "CP-001 is busy"
    assert (await bob.get("requests"))["items"][0]["reason"] == "CP-001 is busy"
    assert (await bob.charge("CP-404", 404))["code"] == "unknown_point"


@in_world("CP-001", "CP-002")
async def test_what_is_asked_again_with_its_key_is_done_once(world: World) -> None:
    alice, bob = Phone(world), Phone(world, BOB)
    key = {"Idempotency_Key": "one", **WAIT}
    first = await alice.post("sessions", 201, {"cp_id": "CP-001"}, **key)
    again = await alice.post("sessions", 201, {"cp_id": "CP-001"}, **key)
    assert (again["request_id"], again["session_id"]) == (first["request_id"], first["session_id"])
    other = await alice.post("sessions", 409, {"cp_id": "CP-002"}, **key)
    assert other["detail"] == f"request id {first['request_id']} was already used for another request"
    assert (await bob.post("sessions", 201, {"cp_id": "CP-002"}, **key))["request_id"] != first["request_id"]


@in_world("CP-001")
async def test_an_answer_that_is_not_heard_is_looked_for_in_the_ledger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = Phone(world)
    key = {"Idempotency_Key": "one", **WAIT}
    asked = await alice.post("sessions", 201, {"cp_id": "CP-001"}, **key)
    await alice.post(f"sessions/{asked['session_id']}/stop")
    await world.settle()
    monkeypatch.setattr(DriverFeed, "_hand_on", lambda feed, update: None)
    again = await alice.post("sessions", 201, {"cp_id": "CP-001"}, **key)
    assert (again["session_id"], again["quote"]) == (asked["session_id"], None)
    assert not world.commands.feed.is_read


@in_world("CP-001")
async def test_a_driver_ends_its_session_and_pays_what_flowed(world: World) -> None:
    alice = Phone(world)
    session_id = (await alice.charge())["session_id"]
    await world.pass_time(5)
    await alice.post(f"sessions/{session_id}/stop")
    await world.settle()
    session = await alice.get(f"sessions/{session_id}")
    assert (session["status"], session["ended_by"], session["kwh"]) == ("COMPLETED", "stopped by the driver", 0.030555)
    assert (await alice.get(f"sessions/{session_id}/receipt"))["ended_by"] == "stopped by the driver"
    await alice.post(f"sessions/{session_id}/stop")


@in_world("CP-001", manual=True)
async def test_what_waits_for_a_vehicle_never_begins_once_its_driver_ends_it(world: World) -> None:
    alice = Phone(world)
    session_id = (await alice.charge())["session_id"]
    assert (await alice.post(f"sessions/{session_id}/stop"))["ended_by"] == "stopped by the driver: it had not begun"
    await world.settle()
    assert (await alice.get("points"))["items"][0]["free"]
    assert (await alice.get(f"sessions/{session_id}/receipt", 404))["code"] == "unknown_resource"


@in_world("CP-001")
async def test_what_has_ended_otherwise_cannot_be_ended(world: World) -> None:
    alice = Phone(world)
    session_id = (await alice.charge())["session_id"]
    await world.pass_time(15)
    assert (await alice.post(f"sessions/{session_id}/stop", 409))["detail"] == f"{session_id} has ended already"


@pytest.mark.parametrize("is_over", [False, True])
@in_world("CP-001")
async def test_the_sessions_of_others_are_answered_as_those_that_there_are_not(world: World, is_over: bool) -> None:
    alice, bob = Phone(world), Phone(world, BOB)
    asked = await alice.charge()
    await world.pass_time(15 if is_over else 2)
    its, none = asked["session_id"], UNKNOWN[1]
    for method, path in (("GET", ""), ("GET", "/receipt"), ("POST", "/stop")):
        texts = []
        for session_id in (its, none):
            body = await bob.ask(method, f"/api/v1/me/sessions/{session_id}{path}", 404)
            texts.append(str(body).replace(session_id, "SESSION"))
        assert texts[0] == texts[1]
    assert (await bob.get(f"requests/{asked['request_id']}", 404))["code"] == "unknown_resource"
    assert (await bob.get("sessions"))["items"] == []
    assert (await bob.get("requests"))["items"] == []
    assert (await alice.get(f"sessions/{its}"))["status"] == ("COMPLETED" if is_over else "SUPPLYING")


@in_world("CP-001", "CP-002")
async def test_points_are_shown_without_who_charges_there(world: World) -> None:
    alice, bob = Phone(world), Phone(world, BOB)
    asked = await alice.charge()
    await world.pass_time(3)
    points = await bob.get("points")
    assert [(point["cp_id"], point["state"], point["free"]) for point in points["items"]] == [
        ("CP-001", "SUPPLYING", False),
        ("CP-002", "ACTIVATED", True),
    ]
    assert all(word not in bob.answer.text for word in (ALICE, asked["session_id"], asked["request_id"]))
    assert [each["cp_id"] for each in (await bob.get("points?free=true"))["items"]] == ["CP-002"]
    assert (await bob.get("points?q=001&limit=1"))["items"][0]["cp_id"] == "CP-001"
    assert (await bob.get("points?limit=1"))["next"] == "CP-001"


@in_world("CP-001")
async def test_where_nobody_signs_in_there_is_no_driver(world: World) -> None:
    for path in ("points", "sessions", "requests", "sessions/S-1", "sessions/S-1/receipt", "requests/R-1"):
        said = await world.http.get(f"/api/v1/me/{path}")
        assert (said.status_code, said.json()["code"]) == (401, "unauthenticated")
        assert said.headers["WWW-Authenticate"] == "Bearer"
    for path in ("sessions", "sessions/S-1/stop"):
        said = await world.http.post(f"/api/v1/me/{path}", json={"cp_id": "CP-001"})
        assert said.status_code == 401


@in_world("CP-001")
async def test_nobody_but_a_driver_has_anything_of_its_own(world: World) -> None:
    world.let_in(Drivers())
    for word in ("viewer", "operator", "admin", "auditor", "machine", "CP-001"):
        assert (await world.http.get("/api/v1/me/sessions", headers=bearer(word))).status_code == 403


class Programs(KnownPeople):
    """Who brings a driver's ID is that driver's program, which has the driver's key."""

    async def by_bearer(self, token: str) -> Who:
        return Who(Actor(kind=ActorKind.DRIVER, id=token, via=OWN_KEY, role="driver"), OF_ROLE[AccountRole.DRIVER])


@in_world("CP-001")
async def test_who_asks_by_the_key_is_not_given_it_erases_nobody_and_does_all_else(world: World) -> None:
    world.let_in(Programs())
    assert (await world.http.get("/api/v1/me/sessions", headers=bearer(ALICE))).status_code == 200
    for method, path in (("POST", "/api/v1/me/key"), ("DELETE", "/api/v1/me")):
        answer = await world.http.request(method, path, headers=bearer(ALICE))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert world.noted() == []


@in_world("CP-001")
async def test_a_driver_is_given_its_key_which_is_the_same_each_time(world: World) -> None:
    alice, bob = Phone(world), Phone(world, BOB)
    key = await alice.post("key")
    assert (key["kind"], key["id"], key["version"], len(key["key"])) == ("driver", ALICE, 1, 64)
    assert await alice.post("key") == key
    assert (await bob.post("key"))["key"] != key["key"]
    assert [(each.kind, each.id) for each in world.desk.all(KeyKind.DRIVER)] == [("driver", ALICE), ("driver", BOB)]
    assert [action.action for action in world.noted()] == ["give_key", "give_key"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"cp_id": "CP-001", "kwh": 0},
        {"cp_id": "CP-001", "kwh": 1001},
        {"cp_id": "CP-001", "minutes": 0},
        {"cp_id": "CP-001", "driver_id": BOB},
        {"cp_id": "CP 001"},
    ],
)
@in_world("CP-001")
async def test_what_cannot_be_asked_for_is_told(world: World, body: dict[str, object]) -> None:
    await Phone(world).post("sessions", 422, body)


@in_world("CP-001")
async def test_where_the_bus_does_not_take_it_nothing_is_said_to_be_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.bus, "publish", lambda message, on_sent: None)
    monkeypatch.setattr("evcharging.apps.ev_central.commands.DECIDE_WITHIN", timedelta(seconds=0))
    said = await Phone(world).post("sessions", 503, {"cp_id": "CP-001"})
    assert (said["code"], "Idempotency-Key" in said["detail"]) == ("not_decided", True)


@in_world("CP-001")
async def test_a_point_that_does_not_decide_in_time_leaves_the_request_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = world.bus.publish
    monkeypatch.setattr(world.bus, "publish", lambda message, on_sent: on_sent())
    asked = await Phone(world).post("sessions", 202, {"cp_id": "CP-001"}, Prefer="wait=1")
    monkeypatch.setattr(world.bus, "publish", published)
    assert (await Phone(world).get(f"requests/{asked['request_id']}", 404))["code"] == "unknown_resource"
    assert world.store.select(Session) == []


@pytest.mark.parametrize(
    ("prefer", "wait"),
    [
        (None, 0),
        ("", 0),
        ("wait=5", 5),
        ("respond-async, wait=5", 5),
        ('WAIT = "7"', 7),
        ("wait=900", LONGEST_WAIT),
        ("await=5", 0),
        ("wait=soon", 0),
        ("wait=-1", 0),
    ],
)
def test_how_long_an_answer_is_waited_for_is_the_clients_preference(prefer: str | None, wait: int) -> None:
    assert wait_of(prefer) == wait
