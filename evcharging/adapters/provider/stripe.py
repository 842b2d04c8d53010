"""A provider over HTTP, in the shape of Stripe's PaymentIntents: Stripe itself, or `evcharging psp`. No address but the
one that is given is ever asked."""

from collections.abc import Mapping
from datetime import datetime
from itertools import cycle
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from evcharging.adapters.provider import CardRefused, ProviderAway
from evcharging.adapters.provider.numbers import OTHER_METHOD, for_tests
from evcharging.adapters.provider.received import received
from evcharging.adapters.provider.stripe_answers import (
    DisputeList,
    Intent,
    IntentList,
    MethodAnswer,
    RefusedAnswer,
    SearchResult,
    payment_of,
)
from evcharging.common.utils import BadJson, from_json
from evcharging.domain.provider import (
    ProviderCard,
    ProviderEvent,
    ProviderOutcome,
    ProviderPage,
    ProviderPayment,
    ProviderStatus,
    chosen,
    declined,
    done,
    unknown,
)

T = TypeVar("T")

WITHIN = 10.0
POOLS = 4
KEPT_OPEN = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=30)
"""Connections stay open, since one costs more than what is asked over it; a pool looks at all of its connections for
each of them, so that several small ones cost less than a large one."""
PAGE = 100
INTENTS = "/v1/payment_intents"
METHODS = "/v1/payment_methods"
LIVE = ("sk_live_", "rk_live_")
"""How keys begin by which money moves."""

CURRENCY = "eur"
WHOLE_CHARGE = {"expand[]": "latest_charge"}
WHOLE_CHARGES = {"expand[]": "data.latest_charge"}

UNCERTAIN = frozenset({401, 403, 408, 409, 425, 429})
"""What says nothing of the operation: nobody was let in, or another try is under way."""


class StripeProvider:
    """Asks at a base address such as `http://localhost:8010`, with a secret key."""

    def __init__(
        self, base: str, key: str, webhook_secret: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.takes_numbers = not key.startswith(LIVE)
        self._secret = webhook_secret
        self._clients = [
            httpx.AsyncClient(
                base_url=base,
                headers={"Authorization": f"Bearer {key}"},
                trust_env=False,
                follow_redirects=False,
                timeout=WITHIN,
                limits=KEPT_OPEN,
                transport=transport,
            )
            for _ in range(POOLS)
        ]
        self._turns = cycle(self._clients)

    async def card(self, number: str, expires: str) -> ProviderCard:
        """What stands for a card. Raises CardRefused; ProviderAway."""
        year, month = expires.split("-")
        form = {"type": "card", "card[number]": for_tests(number)}
        answer = await self._ask(
            "POST", METHODS, data={**form, "card[exp_month]": month.lstrip("0"), "card[exp_year]": year}
        )
        return await self._card(answer, "The provider does not take this card")

    async def known_card(self, method: str) -> ProviderCard:
        """What a method stands for. Raises CardRefused; ProviderAway."""
        return await self._card(await self._get(f"{METHODS}/{quote(method, safe='')}", {}), OTHER_METHOD)

    async def authorize(self, key: str, reference: str, method: str, cents: int) -> ProviderOutcome:
        """Hold so much."""
        form = {
            "amount": str(cents),
            "currency": CURRENCY,
            "payment_method": method,
            "payment_method_types[]": "card",
            "payment_method_options[card][request_incremental_authorization]": "if_available",
            "confirm": "true",
            "capture_method": "manual",
            "metadata[reference]": reference,
        }
        return await self._change(INTENTS, key, form)

    async def increment(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Hold so much in all."""
        return await self._change(f"{_at(payment_id)}/increment_authorization", key, {"amount": str(cents)})

    async def capture(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Take so much of it."""
        return await self._change(f"{_at(payment_id)}/capture", key, {"amount_to_capture": str(cents)})

    async def void(self, key: str, payment_id: str) -> ProviderOutcome:
        """Release it."""
        return await self._change(f"{_at(payment_id)}/cancel", key, {})

    async def refund(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Pay so much back. What is refunded in all is looked up: a refund does not say it."""
        try:
            answer = await self._post("/v1/refunds", key, {"payment_intent": payment_id, "amount": str(cents)})
            refusal = await self._refusal(answer)
        except ProviderAway as error:
            return unknown(str(error))
        return refusal or await self.look(payment_id)

    async def look(self, payment_id: str) -> ProviderOutcome:
        """How a payment stands."""
        try:
            answer = await self._get(_at(payment_id), WHOLE_CHARGE)
            if answer.status_code == httpx.codes.NOT_FOUND:
                return done(None)
            return done(await self._payment(_read(Intent, answer)))
        except ProviderAway as error:
            return unknown(str(error))

    async def find(self, reference: str) -> ProviderOutcome:
        """How the payment with a reference stands. Stripe's search knows a payment some minutes after it was made."""
        said = reference.replace("\\", "\\\\").replace("'", "\\'")
        query = {"query": f"metadata['reference']:'{said}'", **WHOLE_CHARGES}
        try:
            found = _read(SearchResult, await self._get(f"{INTENTS}/search", query))
            return done(chosen([await self._payment(each) for each in found.data]))
        except ProviderAway as error:
            return unknown(str(error))

    async def list(self, since: datetime, cursor: str | None = None) -> ProviderPage:
        """Payments that were made since then. Raises ProviderAway."""
        query = {"limit": str(PAGE), "created[gte]": str(int(since.timestamp())), **WHOLE_CHARGES}
        if cursor is not None:
            query["starting_after"] = cursor
        page = _read(IntentList, await self._get(INTENTS, query))
        items = tuple([await self._payment(each) for each in page.data])
        return ProviderPage(items=items, cursor=items[-1].payment_id if page.has_more and items else None)

    def verify_webhook(self, body: bytes, signature: str, now: datetime) -> ProviderEvent:
        """What an event says. Raises BadWebhook."""
        return received(body, signature, self._secret, now)

    async def close(self) -> None:
        """Let go of its connections."""
        for client in self._clients:
            await client.aclose()

    async def _change(self, path: str, key: str, form: Mapping[str, str]) -> ProviderOutcome:
        try:
            answer = await self._post(path, key, {**form, **WHOLE_CHARGE})
            refusal = await self._refusal(answer)
            if refusal is not None:
                return refusal
            payment = await self._payment(_read(Intent, answer))
        except ProviderAway as error:
            return unknown(str(error))
        if payment.status is ProviderStatus.DECLINED:
            return declined(payment.code or "authentication_required", "The card needs its owner's consent", payment)
        return done(payment)

    async def _refusal(self, answer: httpx.Response) -> ProviderOutcome | None:
        """What a definite no says; None for a yes. Raises ProviderAway where it is neither."""
        if answer.is_success:
            return None
        refused = _read(RefusedAnswer, answer, only_success=False).error
        if answer.is_server_error or answer.status_code in UNCERTAIN or not answer.is_client_error:
            raise ProviderAway(f"The provider answered {answer.status_code}: {refused.message}")
        payment = await self._payment(refused.payment_intent) if refused.payment_intent else None
        return declined(refused.reason, refused.message, payment)

    async def _card(self, answer: httpx.Response, refusal: str) -> ProviderCard:
        if await self._refusal(answer) is not None:
            raise CardRefused(refusal)
        return _read(MethodAnswer, answer).said

    async def _payment(self, intent: Intent) -> ProviderPayment:
        """A payment, and how its dispute stands, where there is one."""
        if not intent.is_disputed:
            return payment_of(intent)
        answer = await self._get("/v1/disputes", {"payment_intent": intent.id})
        disputes = _read(DisputeList, answer).data
        return payment_of(intent, disputes[0].status if disputes else None)

    async def _post(self, path: str, key: str, form: Mapping[str, str]) -> httpx.Response:
        return await self._ask("POST", path, data=form, headers={"Idempotency-Key": key})

    async def _get(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        return await self._ask("GET", path, params=query)

    async def _ask(self, method: str, path: str, **said: Any) -> httpx.Response:
        try:
            return await next(self._turns).request(method, path, **said)
        except httpx.TimeoutException:
            raise ProviderAway(f"The provider did not answer within {WITHIN:g} s") from None
        except (httpx.HTTPError, OSError) as error:
            raise ProviderAway(f"The provider cannot be reached: {type(error).__name__}") from None


def _at(payment_id: str) -> str:
    return f"{INTENTS}/{quote(payment_id, safe='')}"


def _read(kind: type[T], answer: httpx.Response, *, only_success: bool = True) -> T:
    """What an answer says. Raises ProviderAway for one that is not the provider's."""
    if only_success and not answer.is_success:
        raise ProviderAway(f"The provider answered {answer.status_code}")
    try:
        return from_json(kind, answer.content)
    except BadJson:
        raise ProviderAway(f"What answers, with {answer.status_code}, is no provider of payments") from None
