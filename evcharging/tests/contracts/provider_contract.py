"""The contract of a provider of payments, in sentences: every provider passes it."""

from datetime import timedelta

import pytest

from evcharging.adapters.provider import BadWebhook, CardRefused
from evcharging.domain.provider import (
    Dispute,
    OutcomeKind,
    ProviderCard,
    ProviderOutcome,
    ProviderPayment,
    ProviderStatus,
)
from evcharging.tests.stages.provider_world import ProviderWorld, WithProvider, with_provider
from evcharging.tests.stages.scenario import T0

OK, DECLINED, UNKNOWN = OutcomeKind
VISA = "pm_card_visa"


def paid(outcome: ProviderOutcome) -> ProviderPayment:
    """The payment of what took effect."""
    assert outcome.kind is OK, outcome
    assert outcome.payment is not None
    return outcome.payment


class ProviderContract(WithProvider):
    """Sentences about a provider."""

    async def hold(self, world: ProviderWorld, method: str = VISA, cents: int = 5000) -> ProviderPayment:
        """A hold for a session."""
        return paid(await world.provider.authorize("s-1:1:authorize", "s-1", method, cents))

    @with_provider
    async def test_a_hold_is_made_raised_captured_and_refunded(self, world: ProviderWorld) -> None:
        held = await self.hold(world)
        assert (held.status, held.held_cents, held.reference, held.created_at) == (
            ProviderStatus.HELD,
            5000,
            "s-1",
            T0,
        )
        more = paid(await world.provider.increment("k2", held.payment_id, 8000))
        assert more.held_cents == 8000
        captured = paid(await world.provider.capture("k3", held.payment_id, 7000))
        assert (captured.status, captured.held_cents, captured.captured_cents) == (ProviderStatus.CAPTURED, 8000, 7000)
        part = paid(await world.provider.refund("k4", held.payment_id, 2500))
        assert (part.status, part.refunded_cents) == (ProviderStatus.CAPTURED, 2500)
        whole = paid(await world.provider.refund("k5", held.payment_id, 4500))
        assert whole.refunded_cents == 7000
        assert paid(await world.provider.look(held.payment_id)) == whole

    @with_provider
    async def test_a_hold_is_released(self, world: ProviderWorld) -> None:
        held = await self.hold(world)
        assert paid(await world.provider.void("k2", held.payment_id)).status is ProviderStatus.VOIDED

    @with_provider
    async def test_a_hold_is_released_by_the_provider_after_seven_days(self, world: ProviderWorld) -> None:
        held = await self.hold(world)
        world.clock.turn(timedelta(days=7) - timedelta(seconds=1))
        assert paid(await world.provider.look(held.payment_id)).status is ProviderStatus.HELD
        world.clock.turn(timedelta(seconds=1))
        assert paid(await world.provider.look(held.payment_id)).status is ProviderStatus.VOIDED
        late = await world.provider.capture("k2", held.payment_id, 100)
        assert (late.kind, late.code) == (DECLINED, "payment_intent_unexpected_state")

    @pytest.mark.parametrize(
        ("method", "code"),
        [
            ("pm_card_chargeDeclined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
            ("pm_card_unheard_of", "resource_missing"),
        ],
    )
    @with_provider
    async def test_a_card_is_declined_with_a_code(self, world: ProviderWorld, method: str, code: str) -> None:
        outcome = await world.provider.authorize("k", "s-1", method, 5000)
        assert (outcome.kind, outcome.code) == (DECLINED, code)
        assert outcome.text
        assert outcome == await world.provider.authorize("k", "s-1", method, 5000)

    @with_provider
    async def test_more_is_declined_by_a_card_that_has_no_more(self, world: ProviderWorld) -> None:
        held = await self.hold(world, "pm_card_incrementDeclined")
        outcome = await world.provider.increment("k2", held.payment_id, 8000)
        assert (outcome.kind, outcome.code) == (DECLINED, "generic_decline")
        assert paid(await world.provider.look(held.payment_id)).held_cents == 5000

    @with_provider
    async def test_the_same_key_takes_effect_once(self, world: ProviderWorld) -> None:
        held = await self.hold(world)
        assert await self.hold(world) == held
        for _ in range(3):
            paid(await world.provider.capture("k2", held.payment_id, 700))
            assert paid(await world.provider.refund("k3", held.payment_id, 200)).refunded_cents == 200
        assert len((await world.provider.list(T0)).items) == 1

    @with_provider
    async def test_a_key_with_another_body_is_declined_and_nothing_moves(self, world: ProviderWorld) -> None:
        held = await self.hold(world)
        for again in (
            world.provider.authorize("s-1:1:authorize", "s-1", VISA, 5001),
            world.provider.authorize("s-1:1:authorize", "s-2", VISA, 5000),
            world.provider.capture("s-1:1:authorize", held.payment_id, 5000),
        ):
            outcome = await again
            assert (outcome.kind, outcome.code) == (DECLINED, "idempotency_key_reused")
        assert (await world.provider.list(T0)).items == (held,)

    @with_provider
    async def test_a_key_is_forgotten_after_a_day(self, world: ProviderWorld) -> None:
        first = await self.hold(world)
        world.clock.turn(timedelta(hours=24))
        assert (await self.hold(world)).payment_id != first.payment_id

    @pytest.mark.parametrize("cents", [5001, 0, -1])
    @with_provider
    async def test_no_more_is_captured_than_is_held(self, world: ProviderWorld, cents: int) -> None:
        held = await self.hold(world)
        assert (await world.provider.capture("k2", held.payment_id, cents)).kind is DECLINED
        assert paid(await world.provider.look(held.payment_id)) == held

    @with_provider
    async def test_a_hold_is_captured_once(self, world: ProviderWorld) -> None:
        held = await self.hold(world)
        captured = paid(await world.provider.capture("k2", held.payment_id, 100))
        assert (await world.provider.capture("k3", held.payment_id, 100)).code == "payment_intent_unexpected_state"
        assert (await world.provider.void("k4", held.payment_id)).code == "payment_intent_unexpected_state"
        assert paid(await world.provider.look(held.payment_id)) == captured

    @with_provider
    async def test_no_more_is_refunded_than_was_captured(self, world: ProviderWorld) -> None:
        held = await self.hold(world)
        assert (await world.provider.refund("k2", held.payment_id, 1)).kind is DECLINED
        paid(await world.provider.capture("k3", held.payment_id, 700))
        paid(await world.provider.refund("k4", held.payment_id, 500))
        assert (await world.provider.refund("k5", held.payment_id, 201)).code == "amount_too_large"

    @pytest.mark.parametrize("cents", [0, -1, 100_000_000])
    @with_provider
    async def test_an_amount_that_is_none_is_declined(self, world: ProviderWorld, cents: int) -> None:
        assert (await world.provider.authorize("k", "s-1", VISA, cents)).kind is DECLINED
        assert (await world.provider.find("s-1")).payment is None

    @with_provider
    async def test_what_there_is_not_is_found_nowhere(self, world: ProviderWorld) -> None:
        assert (await world.provider.capture("k", "pi_none", 1)).code == "resource_missing"
        for outcome in (await world.provider.look("pi_none"), await world.provider.find("s-none")):
            assert (outcome.kind, outcome.payment) == (OK, None)

    @with_provider
    async def test_a_try_that_is_not_answered_may_have_taken_effect_or_not(self, world: ProviderWorld) -> None:
        for method, has_effect in (("pm_card_timeoutBefore", False), ("pm_card_timeoutAfter", True)):
            first = await world.provider.authorize(method, method, method, 5000)
            assert first.kind is UNKNOWN
            assert ((await world.provider.find(method)).payment is not None) is has_effect
            held = paid(await world.provider.authorize(method, method, method, 5000))
            assert paid(await world.provider.find(method)) == held

    @pytest.mark.parametrize("reference", ["driver's", 'a"b', "a\\b", "ñandú", "s 1", "s-1"])
    @with_provider
    async def test_a_payment_is_found_by_our_reference(self, world: ProviderWorld, reference: str) -> None:
        held = paid(await world.provider.authorize("k", reference, VISA, 100))
        paid(await world.provider.authorize("k2", "another", VISA, 100))
        assert paid(await world.provider.find(reference)) == held

    @with_provider
    async def test_payments_are_listed_page_by_page_the_newest_first(self, world: ProviderWorld) -> None:
        for number in range(230):
            world.clock.turn(timedelta(seconds=1))
            paid(await world.provider.authorize(f"k{number}", f"s-{number}", VISA, 100))
        found: list[str] = []
        cursor, pages = None, 0
        while pages == 0 or cursor is not None:
            page = await world.provider.list(T0 + timedelta(seconds=11), cursor)
            found += [payment.reference for payment in page.items]
            cursor, pages = page.cursor, pages + 1
        assert found == [f"s-{number}" for number in range(229, 9, -1)]
        assert pages == 3

    @with_provider
    async def test_a_disputed_payment_is_won_or_lost_in_the_end(self, world: ProviderWorld) -> None:
        held = await self.hold(world, "pm_card_createDispute")
        paid(await world.provider.capture("k2", held.payment_id, 700))
        world.clock.turn(timedelta(hours=1))
        assert paid(await world.provider.look(held.payment_id)).dispute is Dispute.OPEN
        assert (await world.provider.refund("k3", held.payment_id, 700)).code == "charge_disputed"
        world.clock.turn(timedelta(days=10))
        assert paid(await world.provider.look(held.payment_id)).dispute in (Dispute.WON, Dispute.LOST)

    @with_provider
    async def test_events_hint_at_what_has_changed(self, world: ProviderWorld) -> None:
        held = await self.hold(world, "pm_card_createDispute")
        paid(await world.provider.capture("k2", held.payment_id, 700))
        world.clock.turn(timedelta(hours=1))
        paid(await world.provider.look(held.payment_id))
        world.clock.turn(timedelta(minutes=1))
        events = [world.provider.verify_webhook(*sent, world.clock.now()) for sent in world.sent()]
        assert sorted((event.kind, event.payment_id) for event in events) == [
            ("charge.dispute.created", held.payment_id),
            ("payment_intent.amount_capturable_updated", held.payment_id),
            ("payment_intent.succeeded", held.payment_id),
        ]
        assert {event.reference for event in events} == {"s-1"}
        assert len({event.event_id for event in events}) == 3

    @with_provider
    async def test_an_event_of_somebody_else_is_refused(self, world: ProviderWorld) -> None:
        await self.hold(world)
        world.clock.turn(timedelta(seconds=10))
        [(body, signature)] = world.sent()
        now = world.clock.now()
        for bad_body, bad_signature in (
            (body.replace(b"pi_", b"pj_"), signature),
            (body, signature[:-1] + ("0" if signature[-1] != "0" else "1")),
            (body, signature.replace("v1=", "v0=")),
            (body, ""),
            (body, "t=,v1="),
            (body, f"t={10**13},v1=00"),
            (body, "t=1,t=2,v1=ä"),
        ):
            with pytest.raises(BadWebhook):
                world.provider.verify_webhook(bad_body, bad_signature, now)
        with pytest.raises(BadWebhook, match="more than 5 minutes ago"):
            world.provider.verify_webhook(body, signature, now + timedelta(minutes=6))

    @with_provider
    async def test_a_number_is_exchanged_for_what_stands_for_the_card(self, world: ProviderWorld) -> None:
        assert world.provider.takes_numbers
        card = await world.provider.card("4000 0000 0000 9995", "2031-04")
        assert card == ProviderCard(
            method="pm_card_chargeDeclinedInsufficientFunds", brand="visa", last4="9995", expires="2031-04"
        )
        known = await world.provider.known_card(card.method)
        assert (known.method, known.brand, known.last4) == (card.method, card.brand, card.last4)

    @pytest.mark.parametrize("number", ["4111 1111 1111 1111", "5555555555554444", "4242", ""])
    @with_provider
    async def test_no_other_number_is_taken_or_repeated(self, world: ProviderWorld, number: str) -> None:
        with pytest.raises(CardRefused) as refused:
            await world.provider.card(number, "2031-04")
        assert "\n" not in str(refused.value)
        assert not number or number not in str(refused.value)
        with pytest.raises(CardRefused):
            await world.provider.known_card(f"pm_{number}")
