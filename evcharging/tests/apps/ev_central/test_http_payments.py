"""Payments over HTTP: they are listed, looked at and paid back, each refund once."""

from typing import Any

import pytest

from evcharging.domain.access.action import OperatorAction
from evcharging.domain.holding import PaymentTerms
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.phones import Phone

TERMS = PaymentTerms(method="pm_card_visa")


async def paid(world: World, cp_id: str = "CP-001") -> str:
    """The session of a charge that was paid."""
    phone = Phone(world)
    session_id = (await phone.charge(cp_id))["session_id"]
    await world.pass_time(15)
    found: str = session_id
    return found


class Desk(Phone):
    """Somebody who may pay back."""

    def __init__(self, world: World, word: str = "admin") -> None:
        super().__init__(world, word)

    async def refund(self, session_id: str, status: int = 201, body: object = None, **headers: str) -> Any:
        return await self.ask("POST", f"/api/v1/payments/{session_id}/refunds", status, body, **headers)

    async def payment(self, session_id: str) -> Any:
        return await self.ask("GET", f"/api/v1/payments/{session_id}")


@in_world("CP-001", "CP-002", terms=TERMS)
async def test_payments_are_listed_and_looked_for(world: World) -> None:
    first, second = await paid(world), await paid(world, "CP-002")
    desk = Desk(world, "viewer")
    listed = await desk.ask("GET", "/api/v1/payments?limit=1")
    assert [each["session_id"] for each in listed["items"]] == [second]
    rest = await desk.ask("GET", f"/api/v1/payments?limit=1&after={listed['next']}")
    assert [each["session_id"] for each in rest["items"]] == [first]
    for query, found in (
        ("state=captured", 2),
        ("state=held", 0),
        ("cp_id=CP-001", 1),
        ("driver_id=driver-alice", 2),
        ("driver_id=driver-bob", 0),
        ("q=CP-002", 1),
        ("to=2020-01-01T00:00:00Z", 0),
        ("from=2020-01-01T00:00:00Z", 2),
    ):
        assert len((await desk.ask("GET", f"/api/v1/payments?{query}"))["items"]) == found, query
    await desk.ask("GET", "/api/v1/payments?state=lent", 422)
    await desk.ask("GET", "/api/v1/payments/session-none", 404)


@in_world("CP-001", terms=TERMS)
async def test_a_payment_shows_its_entries_and_what_the_provider_has(world: World) -> None:
    session_id = await paid(world)
    shown = await Desk(world, "viewer").payment(session_id)
    assert (shown["state"], shown["operation"], shown["refunds"]) == ("captured", None, [])
    assert (shown["known"]["status"], shown["known"]["captured_cents"]) == ("captured", shown["due_cents"])
    assert {entry["kind"] for entry in shown["entries"]} == {"bill", "capture"}
    for entry in shown["entries"]:
        assert sum(posting["micro_euros"] for posting in entry["postings"]) == 0
    session = await Desk(world, "viewer").ask("GET", f"/api/v1/sessions/{session_id}")
    assert session["payment"]["captured_cents"] == shown["captured_cents"]


@in_world("CP-001", terms=TERMS)
async def test_a_refund_is_paid_back_once_and_noted(world: World) -> None:
    session_id = await paid(world)
    desk = Desk(world)
    body, key = {"cents": 1, "note": "The cable came loose"}, {"Idempotency_Key": "one"}
    for _ in range(2):
        await desk.refund(session_id, 201, body, **key)
        assert desk.answer.headers["Location"] == f"/api/v1/payments/{session_id}"
        await world.settle()
        shown = await desk.payment(session_id)
        assert (shown["state"], shown["refunded_cents"]) == ("part_refunded", 1)
    [refund] = shown["refunds"]
    assert (refund["cents"], refund["note"], refund["actor"]["id"]) == (1, "The cable came loose", "a-admin")
    assert [entry["kind"] for entry in shown["entries"]].count("refund") == 1
    other = await desk.refund(session_id, 409, {"cents": 1, "note": "another reason"}, **key)
    assert other["detail"] == "this key was used for another order: give each order its own"
    refunds = [each for each in world.store.select(OperatorAction) if each.action == "refund_payment"]
    [noted] = [each for each in refunds if each.refusal is None]
    assert (noted.subject, noted.actor_id) == (session_id, "a-admin")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"cents": 100_000}, 409, "are more than the"),
        ({"cents": 0}, 422, "greater than or equal to 1"),
        ({"cents": -5}, 422, "greater than or equal to 1"),
        ({"cents": 1.5}, 422, "integer"),
        ({"euros": 0.005}, 422, "0.005 euros are no whole number of cents"),
        ({"euros": -1}, 422, "greater than 0"),
        ({"euros": 0.01, "cents": 1}, 422, "say cents or euros, and not both"),
        ({}, 422, "say cents or euros, and not both"),
        ({"cents": 1, "currency": "usd"}, 422, "currency: Input should be 'eur'"),
        ({"cents": 1, "note": ""}, 422, "note"),
        ({"cents": 1, "card": "x"}, 422, "card"),
    ],
)
def test_what_cannot_be_paid_back_is_refused_in_a_sentence(body: dict[str, object], status: int, said: str) -> None:
    @in_world("CP-001", terms=TERMS)
    async def scene(world: World) -> None:
        session_id = await paid(world)
        refused = await Desk(world).refund(session_id, status, {"note": "why", **body})
        assert said in refused["detail"]
        assert (await Desk(world).payment(session_id))["refunded_cents"] == 0

    scene()


@in_world("CP-001", terms=TERMS)
async def test_an_amount_in_euros_is_in_whole_cents(world: World) -> None:
    session_id = await paid(world)
    desk = Desk(world)
    await desk.refund(session_id, 201, {"euros": 0.01, "note": "why"})
    await world.settle()
    assert (await desk.payment(session_id))["refunded_cents"] == 1


@in_world("CP-001", terms=TERMS)
async def test_what_somebody_did_at_the_provider_is_seen_by_a_look(world: World) -> None:
    session_id = await paid(world)
    desk = Desk(world)
    known = (await desk.payment(session_id))["known"]
    await world.provider.refund("by hand", known["payment_id"], 1)
    assert (await desk.payment(session_id))["refunded_cents"] == 0
    await desk.ask("POST", f"/api/v1/payments/{session_id}/look")
    await world.settle()
    assert (await desk.payment(session_id))["refunded_cents"] == 1


@in_world("CP-001", terms=TERMS)
async def test_who_may_not_resolve_bills_pays_nothing_back(world: World) -> None:
    session_id = await paid(world)
    for word in ("viewer", "operator", "auditor", "driver-alice"):
        await Desk(world, word).refund(session_id, 403, {"cents": 1, "note": "why"})
        await Desk(world, word).ask("POST", f"/api/v1/payments/{session_id}/look", 403)
