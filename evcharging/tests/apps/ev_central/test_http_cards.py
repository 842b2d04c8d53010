"""A driver's cards over HTTP: numbers are exchanged and not kept, and a card of the driver's own pays."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from evcharging.adapters.provider.numbers import FOR_TESTS
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment import Payment
from evcharging.domain.reservation import Reservation
from evcharging.tests.stages.access_world import AccessWorld
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.people import action, add, card, person
from evcharging.tests.stages.phones import ALICE, BOB, WAIT, Drivers, Phone

VISA, POOR = "4242 4242 4242 4242", "4000000000009995"
TERMS = PaymentTerms(method="pm_card_visa")


class People:
    """Drivers with accounts, and the store in which their cards are."""

    def __init__(self, world: World, service: AccessWorld) -> None:
        self.store: MemoryStore = service.store if isinstance(service.store, MemoryStore) else MemoryStore()
        self.alice, self.bob = Phone(world, ALICE), Phone(world, BOB)
        for number, driver_id in enumerate((ALICE, BOB), 1):
            account = changed(person(number, role="driver"), account_id=driver_id)
            add(service.accounts, account)
        world.let_in(Drivers(), service)

    def noted(self) -> list[OperatorAction]:
        """What was done about cards."""
        return [each for each in self.store.facts(OperatorAction) if "card" in each.action]


@asynccontextmanager
async def people_of(world: World, folder: Path) -> AsyncIterator[People]:
    service = AccessWorld(folder)
    try:
        yield People(world, service)
    finally:
        service.close()


def with_people(
    *cp_ids: str, terms: PaymentTerms | None = TERMS
) -> Callable[[Callable[[World, People], Awaitable[None]]], Callable[..., None]]:
    """A test that is given a world in which sessions are paid, and drivers with accounts."""

    def make(test: Callable[[World, People], Awaitable[None]]) -> Callable[..., None]:
        async def scene(world: World, tmp_path: Path) -> None:
            async with people_of(world, tmp_path) as people:
                await test(world, people)

        @wraps(test)
        def run(tmp_path: Path) -> None:
            in_world(*cp_ids, terms=terms)(scene)(tmp_path)

        vars(run).pop("__wrapped__")
        return run

    return make


async def add_card(phone: Phone, number: str = VISA, status: int = 201) -> Any:
    return await phone.post("cards", status, {"number": number, "expires": "2030-12"})


@with_people("CP-001")
async def test_a_number_is_exchanged_and_nowhere_to_be_found(world: World, people: People) -> None:
    for number in sorted(FOR_TESTS)[:3]:
        card = await add_card(people.alice, number)
        assert (card["last4"], card["expires"], card["brand"]) == (number[-4:], "2030-12", "visa")
        assert number not in people.alice.answer.text
    cards = (await people.alice.get("cards"))["items"]
    assert sorted(card["is_default"] for card in cards) == [False, False, True]
    kept = f"{people.alice.answer.text}{people.store.facts(OperatorAction)}{people.store.accounts.cards(ALICE)}"
    assert not [number for number in FOR_TESTS if number in kept.replace(" ", "")]
    assert [each.action for each in people.noted()] == ["add_card"] * 3
    assert not [each for each in people.noted() if "pm_" in str(each) or "4242" in str(each)]


@pytest.mark.parametrize(
    "body",
    [
        {"number": "4111 1111 1111 1111", "expires": "2030-12"},
        {"number": "4242 4242 4242 4242", "expires": "2025-12"},
        {"number": "4242 4242 4242 4242", "expires": "12/30"},
        {"number": "4242 4242 4242 4242"},
        {"number": 4111111111111111, "expires": "2030-12"},
        {"number": "4111x1111x1111x1111", "expires": "2030-12"},
        {"payment_method": "4111111111111111"},
        {"payment_method": "pm_none"},
        {"number": "4111 1111 1111 1111", "expires": "2030-12", "payment_method": "pm_card_visa"},
        {},
    ],
    ids=str,
)
def test_what_is_no_card_is_refused_in_a_sentence_that_repeats_no_number(body: dict[str, Any], tmp_path: Path) -> None:
    @with_people()
    async def scene(world: World, people: People) -> None:
        refused = await people.alice.post("cards", 422, body)
        assert refused["detail"]
        assert "1111" not in people.alice.answer.text
        assert "4242 4242" not in people.alice.answer.text
        assert (await people.alice.get("cards"))["items"] == []

    scene(tmp_path)


@with_people()
async def test_a_card_is_added_by_what_stands_for_it(world: World, people: People) -> None:
    card = await people.alice.post("cards", 201, {"payment_method": "pm_card_visa"})
    assert (card["method"], card["last4"], card["has_expired"]) == ("pm_card_visa", "4242", False)
    again = await add_card(people.alice)
    assert (again["card_id"], again["expires"]) == (card["card_id"], "2030-12")


@with_people()
async def test_another_card_is_chosen_and_one_is_removed(world: World, people: People) -> None:
    first, second = await add_card(people.alice), await add_card(people.alice, POOR)
    assert (await people.alice.post(f"cards/{second['card_id']}/default"))["is_default"]
    await people.alice.ask("GET", f"/api/v1/me/cards/{second['card_id']}", 405)
    answer = await people.alice.send("DELETE", f"/api/v1/me/cards/{second['card_id']}")
    assert answer.status_code == 204
    assert [card["is_default"] for card in (await people.alice.get("cards"))["items"]] == [True]
    for method, path in (("POST", f"cards/{second['card_id']}/default"), ("DELETE", "cards/card-none")):
        await people.alice.ask(method, f"/api/v1/me/{path}", 404)
    for method, path in (("POST", f"cards/{first['card_id']}/default"), ("DELETE", f"cards/{first['card_id']}")):
        await people.bob.ask(method, f"/api/v1/me/{path}", 404)
    assert [each.action for each in people.noted()] == ["add_card", "add_card", "choose_card", "remove_card"]


@with_people()
async def test_there_is_room_for_ten_cards(world: World, people: People) -> None:
    for number in sorted(FOR_TESTS):
        await add_card(people.alice, number)
    assert len((await people.alice.get("cards"))["items"]) == 10
    await add_card(people.alice)


@with_people(terms=None)
async def test_where_payments_are_off_no_card_is_needed(world: World, people: People) -> None:
    assert (await add_card(people.alice, status=409))["detail"].startswith("Payments are off")
    said = (await world.http.get("/api/v1/access")).json()
    assert (said["payments"], said["simulated_cards"], said["hold_limit_cents"]) == (False, False, None)


@with_people()
async def test_everybody_may_know_that_sessions_are_paid(world: World, people: People) -> None:
    said = (await world.http.get("/api/v1/access")).json()
    assert (said["payments"], said["simulated_cards"], said["hold_limit_cents"]) == (True, True, 5_000)


@with_people()
async def test_a_provider_that_is_away_is_said_to_be(world: World, people: People) -> None:
    world.provider.is_away = True
    assert (await add_card(people.alice, status=503))["detail"] == "The provider does not answer"


@with_people("CP-001", "CP-002")
async def test_who_has_no_card_is_told_what_to_do(world: World, people: People) -> None:
    refused = await people.alice.charge(status=409)
    assert refused["detail"] == f"{ALICE} has no card to pay with: add one with POST /api/v1/me/cards, then ask again"
    card = await add_card(people.alice)
    await people.bob.charge(status=409)
    await add_card(people.bob)
    await people.bob.charge(status=404, card_id=card["card_id"])


@with_people("CP-001", "CP-002")
async def test_the_named_card_pays_or_the_default_one(world: World, people: People) -> None:
    await add_card(people.alice)
    poor = await add_card(people.alice, POOR)
    asked = await people.alice.charge()
    session = await people.alice.get(f"sessions/{asked['session_id']}")
    assert (session["payment"]["state"], session["payment"]["captured_cents"]) == ("held", 0)
    assert session["payment"]["held_cents"] > 0
    refused = await people.alice.charge("CP-002", 409, card_id=poor["card_id"])
    assert "the card was declined: insufficient_funds" in refused["detail"]
    methods = {payment.method for payment in world.store.select(Payment)}
    assert methods == {"pm_card_visa", "pm_card_chargeDeclinedInsufficientFunds"}


@with_people("CP-001")
async def test_a_driver_sees_what_was_paid_and_nobody_elses(world: World, people: People) -> None:
    await add_card(people.alice)
    session_id = (await people.alice.charge())["session_id"]
    await world.pass_time(15)
    [payment] = (await people.alice.get("payments"))["items"]
    assert (payment["session_id"], payment["state"]) == (session_id, "captured")
    assert payment["captured_cents"] == payment["due_cents"] > 0
    assert "method" not in payment
    assert (await people.bob.get("payments"))["items"] == []


@with_people("CP-001")
async def test_a_card_that_counts_no_more_does_not_pay(world: World, people: People) -> None:
    old = changed(card(of=ALICE, is_default=True), expires="2025-12")
    people.store.accounts.put_cards(ALICE, [old], action("add_card", ALICE), before=[])
    refused = await people.alice.charge(status=409)
    assert refused["detail"].startswith("The card that ends in 4242 counted until 2025-12")


@with_people("CP-001")
async def test_a_reservation_is_paid_by_a_card_too(world: World, people: People) -> None:
    times = {"cp_id": "CP-001", "from": "2026-01-01T13:00:00Z", "to": "2026-01-01T14:00:00Z"}
    await people.alice.ask("POST", "/api/v1/reservations", 409, times)
    await add_card(people.alice)
    await people.alice.ask("POST", "/api/v1/reservations", 201, times)
    [booked] = world.store.select(Reservation)
    assert booked.payment_method == "pm_card_visa"


@with_people("CP-001")
async def test_a_charge_anywhere_at_a_site_is_paid_by_a_card_too(world: World, people: People) -> None:
    await world.post(
        "/cp/register", json={"cp_id": "CP-001", "site_id": "SITE-1"}, headers={"Authorization": "Bearer admin"}
    )
    await world.pass_time(5)
    await people.alice.ask("POST", "/api/v1/sites/SITE-1/sessions", 409, {}, **WAIT)
    await add_card(people.alice)
    asked = await people.alice.ask("POST", "/api/v1/sites/SITE-1/sessions", 201, {}, **WAIT)
    assert asked["session_id"]
    assert [payment.method for payment in world.store.select(Payment)] == ["pm_card_visa"]


@with_people("CP-001")
async def test_a_card_that_is_declined_is_told_at_a_site_too(world: World, people: People) -> None:
    headers = {"Authorization": "Bearer admin"}
    await world.post("/cp/register", json={"cp_id": "CP-001", "site_id": "SITE-1"}, headers=headers)
    await world.pass_time(5)
    await add_card(people.alice, POOR)
    refused = await people.alice.ask("POST", "/api/v1/sites/SITE-1/sessions", 409, {}, **WAIT)
    assert refused["detail"] == "the card was declined: insufficient_funds"
