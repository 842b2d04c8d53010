"""The provider over HTTP keeps the contract, and what comes of a network that fails is unknown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from evcharging.adapters.provider import CardRefused, ProviderAway
from evcharging.adapters.provider.stripe import StripeProvider
from evcharging.domain.provider import OutcomeKind, ProviderOutcome
from evcharging.tests.contracts.provider_contract import VISA, ProviderContract
from evcharging.tests.stages.provider_world import ProviderWorld
from evcharging.tests.stages.psp_stage import stripe_world
from evcharging.tests.stages.scenario import T0


class TestStripe(ProviderContract):
    """The one over HTTP, against `evcharging psp`."""

    @asynccontextmanager
    async def living(self) -> AsyncIterator[ProviderWorld]:
        """A provider whose file is empty."""
        with TemporaryDirectory() as folder:
            async with stripe_world(Path(folder) / "psp.db") as world:
                yield world


def asked_of(answer: httpx.Response | Exception) -> list[ProviderOutcome]:
    """What comes of each question to a provider that always says the same."""

    def respond(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask() -> list[ProviderOutcome]:
        provider = StripeProvider("http://psp.test", "sk", "whsec", httpx.MockTransport(respond))
        try:
            with pytest.raises(ProviderAway):
                await provider.list(T0)
            return [
                await provider.authorize("k", "s-1", VISA, 100),
                await provider.capture("k", "pi_1", 100),
                await provider.refund("k", "pi_1", 100),
                await provider.look("pi_1"),
                await provider.find("s-1"),
            ]
        finally:
            await provider.close()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (httpx.ConnectError("refused"), "The provider cannot be reached: ConnectError"),
        (httpx.ReadTimeout("late"), "The provider did not answer within 10 s"),
        (httpx.Response(500, json={"error": {"message": "oh"}}), "The provider answered 500"),
        (httpx.Response(409, json={"error": {"message": "busy"}}), "The provider answered 409"),
        (httpx.Response(429, json={"error": {"message": "slow"}}), "The provider answered 429"),
        (httpx.Response(401, json={"error": {"message": "who"}}), "The provider answered 401"),
        (httpx.Response(302, headers={"Location": "http://elsewhere/"}), "302"),
        (httpx.Response(200, text="<html>"), "What answers, with 200, is no provider of payments"),
        (httpx.Response(200, json={"id": 5}), "What answers, with 200, is no provider of payments"),
        (httpx.Response(400, text="nginx"), "400"),
    ],
)
def test_what_says_nothing_of_the_operation_is_unknown(answer: httpx.Response | Exception, text: str) -> None:
    for outcome in asked_of(answer):
        assert outcome.kind is OutcomeKind.UNKNOWN
        assert text in (outcome.text or "")


def test_a_card_whose_owner_would_have_to_consent_is_declined() -> None:
    intent = {"id": "pi_1", "amount": 100, "created": 0, "status": "requires_action", "metadata": {"reference": "s-1"}}
    outcome = asked_once(httpx.Response(200, json=intent))
    assert (outcome.kind, outcome.code) == (OutcomeKind.DECLINED, "authentication_required")
    assert outcome.payment is not None
    assert outcome.payment.held_cents == 0


def asked_once(answer: httpx.Response) -> ProviderOutcome:
    """What comes of a hold at a provider that says this."""

    async def ask() -> ProviderOutcome:
        provider = StripeProvider("http://psp.test", "sk", "whsec", httpx.MockTransport(lambda _: answer))
        try:
            return await provider.authorize("k", "s-1", VISA, 100)
        finally:
            await provider.close()

    return asyncio.run(ask())


def test_a_number_that_may_be_a_real_one_is_not_sent() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        raise AssertionError("it was sent")

    async def ask() -> None:
        provider = StripeProvider("http://psp.test", "sk_live_x", "whsec", httpx.MockTransport(respond))
        assert not provider.takes_numbers
        with pytest.raises(CardRefused):
            await provider.card("4111111111111111", "2031-04")
        await provider.close()

    asyncio.run(ask())
