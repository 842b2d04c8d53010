"""Stripe's own client understands `evcharging psp`: it is given another base address, and nothing else."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import stripe
from stripe import StripeClient

from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.apps.web.server import web_server
from evcharging.tests.stages.provider_world import TurnedClock
from evcharging.tests.stages.psp_stage import KEY, SECRET, Psp, psp
from evcharging.tests.stages.scenario import T0


def with_stripe(path: Path, test: Callable[[StripeClient, Psp], None], retries: int = 0, share: float = 0.0) -> None:
    """Run a test with Stripe's client, over the network of this machine."""

    async def story() -> None:
        with psp(path, TurnedClock(), ProviderFaults(share=share, seed=4)) as running:
            async with web_server(running.app, "127.0.0.1", 0) as (_, port):
                address = f"http://127.0.0.1:{port}"
                http = stripe.RequestsClient(timeout=20)
                client = StripeClient(
                    KEY, base_addresses={"api": address}, max_network_retries=retries, http_client=http
                )
                await asyncio.to_thread(test, client, running)
                await asyncio.to_thread(http.close)

    asyncio.run(story())


def hold(client: StripeClient, method: str = "pm_card_visa", key: str | None = None) -> stripe.PaymentIntent:
    """A hold of 50 euros."""
    return client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "eur",
            "payment_method": method,
            "confirm": True,
            "capture_method": "manual",
            "metadata": {"reference": "s-1"},
            "expand": ["latest_charge"],
        },
        {"idempotency_key": key} if key else {},
    )


def test_it_holds_raises_captures_and_refunds(tmp_path: Path) -> None:
    def test(client: StripeClient, _: Psp) -> None:
        intents = client.v1.payment_intents
        intent = hold(client)
        assert (intent.status, intent.amount_capturable, intent.metadata["reference"]) == (
            "requires_capture",
            5000,
            "s-1",
        )
        assert intents.increment_authorization(intent.id, {"amount": 8000}).amount == 8000
        assert intents.capture(intent.id, {"amount_to_capture": 7000}).amount_received == 7000
        refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 2500})
        assert (refund.status, refund.amount) == ("succeeded", 2500)
        charge = intents.retrieve(intent.id, {"expand": ["latest_charge"]}).latest_charge
        assert isinstance(charge, stripe.Charge)
        assert charge.amount_refunded == 2500
        assert intents.cancel(hold(client).id).status == "canceled"

    with_stripe(tmp_path / "psp.db", test)


def exchanged(client: StripeClient, number: str) -> stripe.PaymentMethod:
    """What stands for a card."""
    return client.v1.payment_methods.create(
        {"type": "card", "card": {"number": number, "exp_month": 4, "exp_year": 2031, "cvc": "123"}}
    )


def test_it_exchanges_a_card_and_looks_it_up(tmp_path: Path) -> None:
    def test(client: StripeClient, _: Psp) -> None:
        made = exchanged(client, "4000000000000002")
        known = client.v1.payment_methods.retrieve(made.id)
        assert made.card is not None and known.card is not None
        assert (made.id, made.card.last4, made.card.exp_month) == ("pm_card_chargeDeclined", "0002", 4)
        assert (known.id, known.card.last4, known.card.brand) == (made.id, "0002", "visa")
        with pytest.raises(stripe.CardError) as other:
            exchanged(client, "4111111111111111")
        assert other.value.code == "incorrect_number"
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_methods.retrieve("pm_none")

    with_stripe(tmp_path / "psp.db", test)


def test_it_raises_stripes_errors(tmp_path: Path) -> None:
    def test(client: StripeClient, running: Psp) -> None:
        with pytest.raises(stripe.CardError) as declined:
            hold(client, "pm_card_chargeDeclinedInsufficientFunds")
        assert declined.value.code == "card_declined"
        assert declined.value.error is not None
        assert declined.value.error.decline_code == "insufficient_funds"
        intent = hold(client, key="k")
        with pytest.raises(stripe.IdempotencyError):
            hold(client, "pm_card_createDispute", key="k")
        with pytest.raises(stripe.InvalidRequestError) as too_much:
            client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 5001})
        assert too_much.value.code == "amount_too_large"
        with pytest.raises(stripe.InvalidRequestError) as missing:
            client.v1.payment_intents.retrieve("pi_none")
        assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
        with pytest.raises(stripe.AuthenticationError):
            client.v1.payment_intents.list({}, {"api_key": "sk_wrong"})

    with_stripe(tmp_path / "psp.db", test)


def test_its_retries_take_effect_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_, **__: 0.0)

    def test(client: StripeClient, running: Psp) -> None:
        for number in range(20):
            intent = hold(client, key=f"k{number}")
            client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 100})
        found = running.service.list(T0 - timedelta(days=1), None, 100).items
        assert [payment.captured_cents for payment in found] == [100] * 20

    with_stripe(tmp_path / "psp.db", test, retries=20, share=0.5)


def test_it_walks_through_lists_and_finds_by_metadata(tmp_path: Path) -> None:
    def test(client: StripeClient, _: Psp) -> None:
        ids = [hold(client).id for _ in range(25)]
        walked = client.v1.payment_intents.list({"limit": 10}).auto_paging_iter()
        assert [intent.id for intent in walked] == ids[::-1]
        found = client.v1.payment_intents.search({"query": "metadata['reference']:'s-1'"})
        assert [intent.id for intent in found.data] == ids[::-1]

    with_stripe(tmp_path / "psp.db", test)


def test_it_reads_disputes_and_believes_the_signatures_of_events(tmp_path: Path) -> None:
    def test(client: StripeClient, running: Psp) -> None:
        intent = hold(client, "pm_card_createDispute")
        client.v1.payment_intents.capture(intent.id)
        running.clock.turn(timedelta(hours=2))
        [dispute] = client.v1.disputes.list({"payment_intent": intent.id}).data
        assert (dispute.status, dispute.amount) == ("needs_response", 5000)
        running.clock.turn(timedelta(minutes=1))
        kinds = []
        for delivery in running.service.due():
            body, signature = running.sign(delivery)
            # The clock of this stage is not today's.
            event = client.construct_event(body, signature, SECRET, tolerance=10**9)
            kinds.append(event.type)
        assert sorted(kinds) == [
            "charge.dispute.created",
            "payment_intent.amount_capturable_updated",
            "payment_intent.succeeded",
        ]
        with pytest.raises(stripe.SignatureVerificationError):
            client.construct_event(body, signature, "whsec_other", tolerance=10**9)

    with_stripe(tmp_path / "psp.db", test)
