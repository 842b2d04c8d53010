"""What a provider of payments says by itself: verified, and then only a hint that a payment is to be looked up. Nothing
of a body is kept or logged."""

import asyncio
from collections import OrderedDict, deque
from uuid import uuid4

from evcharging.adapters.provider import BadWebhook, Provider
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import NotDecided, UnknownResource
from evcharging.common.messages_operators import Actor, ActorKind, LookUpPayment
from evcharging.domain.payment import Payment, PaymentState

REMEMBERED = 10_000
"""How many events are known by their IDs, so that one that comes again costs nothing."""

WAITING = 1_000
"""How many events of the provider in this process wait where they cannot be passed on."""

LOOK_EVERY = 1.0
OFF = "Payments are off: this Central has no provider of payments"
NOT_OURS = "Nothing was paid here by the reference that the event is about"
BY_PROVIDER = Actor(kind=ActorKind.SYSTEM, id="provider", via="provider")


class ProviderEvents:
    """Passes events on, each once; used in the event loop alone."""

    def __init__(self, commands: Commands, queries: Queries, provider: Provider | None) -> None:
        self._commands = commands
        self._queries = queries
        self._provider = provider
        self._known: OrderedDict[str, None] = OrderedDict()

    async def take(self, body: bytes, signature: str) -> None:
        """Have the payment looked up that an event is about; returns once the bus keeps that. Raises UnknownResource
        where payments are off, BadWebhook, NotDecided or StoreUnavailable."""
        if self._provider is None:
            raise UnknownResource(OFF)
        event = self._provider.verify_webhook(body, signature, self._queries.now())
        if event.event_id in self._known:
            return
        payment = await self._queries.history(lambda store: by_reference(store, [event.reference]).get(event.reference))
        if payment is None:
            raise BadWebhook(NOT_OURS)
        await self._commands.request(look_at(payment, self._queries, BY_PROVIDER))
        self._known[event.event_id] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def run(self) -> None:
        """Take what the provider in this process says, until this is cancelled."""
        if not isinstance(self._provider, InProcessProvider):
            return
        waiting: deque[tuple[bytes, str]] = deque(maxlen=WAITING)
        while True:
            waiting.extend(self._provider.due())
            while waiting and await self._is_taken(*waiting[0]):
                waiting.popleft()
            await asyncio.sleep(LOOK_EVERY)

    async def _is_taken(self, body: bytes, signature: str) -> bool:
        """Whether nothing is left to be done with it."""
        try:
            await self.take(body, signature)
        except BadWebhook:
            return True
        except (NotDecided, StoreUnavailable):
            return False
        return True


def by_reference(store: History, references: list[str]) -> dict[str, Payment]:
    """The payments that a provider knows by these references; each has one that counts."""
    found = store.select(Payment, {"reference": references})
    return {each.reference: each for each in found if each.state is not PaymentState.PASSED_ON}


def look_at(payment: Payment, queries: Queries, actor: Actor) -> LookUpPayment:
    """The order to look a payment up."""
    return LookUpPayment(
        ts=queries.now(),
        request_id=f"look-{uuid4().hex}",
        cp_id=payment.cp_id,
        session_id=payment.session_id,
        actor=actor,
    )
