"""What HTTP can have done: each command is an order to the shard that decides, whose answer is awaited. Decides nothing
itself, but for how many points may be known."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import uuid4

from evcharging.adapters.bus import Bus
from evcharging.adapters.provider import Provider
from evcharging.apps.ev_central.bodies import Registration
from evcharging.apps.ev_central.bus_watch import BusWatch
from evcharging.apps.ev_central.driver_feed import DriverFeed
from evcharging.apps.ev_central.lab import Lab
from evcharging.apps.ev_central.payments.contract import PaymentsDesk
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import NotDecided, OrderRefused
from evcharging.apps.shell.status import Check
from evcharging.common.config import MAX_POINTS
from evcharging.common.messages import Action, DriverRequest, Message
from evcharging.common.messages_alerts import AddWebhook, WebhookAnswer, WebhookOrder
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff, TariffAnswer, TariffOrder
from evcharging.common.messages_operators import (
    AckAlert,
    Actor,
    EndSession,
    ForgetRun,
    LookUpPayment,
    OperatorAnswer,
    OperatorOrder,
    OperatorRequest,
    PaymentsCompared,
    RegisterPoint,
    RetirePoint,
    SettleSession,
)
from evcharging.common.messages_queue import LeaveQueue, OfferReply, SiteRequest
from evcharging.common.messages_reservations import CancelReservation, ReserveAtSite, ReserveRequest
from evcharging.common.messages_site import DescribeSite, RemoveFromQueue, SiteAnswer, SiteOrder
from evcharging.common.messages_tariff import Tariff
from evcharging.common.messages_view import NoticeShown, PointShown
from evcharging.common.site_description import SiteDescription
from evcharging.domain.alert import Alert
from evcharging.domain.session import Session
from evcharging.roles.orders import DECIDE_WITHIN
from evcharging.roles.role import Input
from evcharging.runtime.work import Work

FromProvider = LookUpPayment | PaymentsCompared
FromDriver = DriverRequest | SiteRequest | OfferReply | LeaveQueue | ReserveRequest | ReserveAtSite | CancelReservation
Order = OperatorOrder | TariffOrder | WebhookOrder | SiteOrder
Answer = OperatorAnswer | TariffAnswer | WebhookAnswer | SiteAnswer
Awaited = asyncio.Future[Answer]

NOT_TAKEN = "The request has not reached the bus yet; make it again with the same Idempotency-Key, and it is done once"


class Caller(NamedTuple):
    """Who asks; `key` is a word of the client's own: what is asked again with it is done once."""

    actor: Actor
    key: str | None = None

    def request_id(self, kind: type[Message], about: str) -> str:
        """The ID of an order, which is the same where the same caller uses the same key again for the same point (or
        site, or tariff), or for a charge."""
        if self.key is None:
            return f"{kind.__name__.lower()}-{uuid4().hex}"
        said = "\n".join((self.actor.kind, self.actor.id, about, self.key))
        return f"key-{sha256(said.encode()).hexdigest()}"


def no_secret(webhook_id: str) -> str:
    """Where no Central has keys."""
    raise NotDecided(f"This Central has no keys, and so no secret of {webhook_id}")


class Commands:
    """What one Central can be told to do. It watches the panel's host, which hears the answers. `failing` says why
    nothing can be decided, while nothing can; `max_points`, how many points may be known. `feed` is what drivers are
    told, `bus_watch` shows all that passes, `secret_of` gives the secret of a webhook."""

    quiet = frozenset[type[Message]]({PointShown, NoticeShown})

    def __init__(self, queries: Queries, bus: Bus, failing: Check, max_points: int = MAX_POINTS) -> None:
        self.max_points = max_points
        self.feed = DriverFeed(bus)
        self.bus_watch = BusWatch(bus, queries)
        self.secret_of: Callable[[str], str] = no_secret
        self.provider: Provider | None = None
        """Whoever holds and captures money, where sessions are paid."""
        self.hold_limit_cents: int | None = None
        """How much is held at once at most."""
        self.payments: PaymentsDesk | None = None
        """What asks, hears and compares with the provider of payments."""
        self.lab: Lab | None = None
        """What can be done to the network, where all of it runs in this process."""
        self._queries = queries
        self._bus = bus
        self._failing = failing
        self._waiting: dict[str, list[tuple[datetime, Awaited]]] = {}
        """Who waits for the answer to an order, by its ID, and when it was given."""
        self._arriving: set[str] = set()

    def committed(self, work: Work) -> None:
        """Wake who waits for an answer."""
        for _, message, _ in work.reactions:
            if isinstance(message, Answer):
                self._wake(message)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """The panel's own role handles everything; a failure there is a mistake in this program, and is raised."""
        raise error

    async def order(self, kind: type[OperatorOrder], cp_id: str, caller: Caller, **fields: Any) -> None:
        """Have the shard of a point decide on an order, and make that last; raises UnknownPoint, OrderRefused or
        NotDecided."""
        is_retired = cp_id in self._queries.panel.retired
        if caller.key is None or not is_retired:  # Else its shard knows whether that was done.
            self._queries.point(cp_id)
        await self._ask(kind, cp_id, caller, **fields)

    async def act(self, cp_id: str, action: Action, caller: Caller) -> PointShown:
        """Have an operator's action done, and give the point as it is then; raises as `order` does."""
        await self.order(OperatorRequest, cp_id, caller, action=action)
        return self._queries.point(cp_id)

    async def retire(self, cp_id: str, caller: Caller) -> None:
        """Take a point out of the network; raises as `order` does."""
        try:
            await self.order(RetirePoint, cp_id, caller)
        except OrderRefused:
            # It may have been retired by somebody else meanwhile.
            self._queries.point(cp_id)
            raise

    async def forget_run(self, cp_id: str, caller: Caller) -> PointShown:
        """Let the next run of a point's engine count, whatever it calls itself; raises as `order` does."""
        await self.order(ForgetRun, cp_id, caller)
        return self._queries.point(cp_id)

    async def register(self, registration: Registration, caller: Caller) -> PointShown:
        """Make a point known, or change what is said of it, and give it as it is then; raises OrderRefused, also where
        there is no room for it, NotDecided, or UnknownPoint for one that was retired meanwhile."""
        cp_id = registration.cp_id
        if not self._has_room_for(cp_id):
            raise OrderRefused(
                f"{cp_id} is not known, and CENTRAL_MAX_POINTS lets Central know {self.max_points} charging points:"
                " retire one, or raise that setting"
            )
        self._arriving.add(cp_id)
        try:
            await self._ask(RegisterPoint, caller=caller, **registration.model_dump())
        finally:
            self._arriving.discard(cp_id)
        return self._queries.point(cp_id)

    async def settle(self, session_id: str, energy_mwh: int | None, note: str, by: str, caller: Caller) -> Session:
        """Bill a suspect session for this energy, or for its engine's figures, and give it as it is then; raises
        UnknownSession, OrderRefused, NotDecided or StoreUnavailable."""
        session = await self._queries.session(session_id)
        figures = {"session_id": session_id, "energy_mwh": energy_mwh, "note": note, "by": by}
        await self._ask(SettleSession, session.cp_id, caller, **figures)
        return await self._queries.session(session_id)

    async def acknowledge(self, alert_id: str, note: str | None, caller: Caller) -> Alert:
        """Acknowledge an alert, and give it as it is then; raises UnknownResource, OrderRefused, NotDecided or
        StoreUnavailable."""
        alert = await self._queries.alert(alert_id)
        await self._ask(AckAlert, alert.cp_id, caller, alert_id=alert_id, note=note)
        return await self._queries.alert(alert_id)

    async def end(self, session: Session, caller: Caller) -> None:
        """Have a session ended; raises OrderRefused or NotDecided."""
        await self._ask(EndSession, session.cp_id, caller, session_id=session.session_id)

    async def about_payment(self, kind: type[OperatorOrder], cp_id: str, caller: Caller, **fields: Any) -> None:
        """Have an order about a payment decided, also at a point that is retired; raises OrderRefused or NotDecided."""
        await self._ask(kind, cp_id, caller, **fields)

    async def request(self, request: FromDriver | FromProvider) -> None:
        """Pass on what a driver asks, or what follows from a provider of payments, and return once the bus keeps it
        safe; raises NotDecided."""
        self._must_work()
        sent = asyncio.Event()
        self._bus.publish(request, sent.set)
        try:
            await asyncio.wait_for(sent.wait(), DECIDE_WITHIN.total_seconds())
        except TimeoutError:
            raise NotDecided(self._failing() or NOT_TAKEN) from None

    def _has_room_for(self, cp_id: str) -> bool:
        known = self._queries.panel.points
        if cp_id in known or len(known) + len(self._arriving) < self.max_points:
            return True
        # Some that arrive are known already; to look for them costs more, and is seldom worth it.
        return len(known) + len(self._arriving - known.keys() - {cp_id}) < self.max_points

    async def publish(self, tariff_id: str, tariff: Tariff, from_at: datetime | None, caller: Caller) -> str:
        """Publish the next version of a tariff, and give its ID; raises OrderRefused or NotDecided."""
        said = {"tariff_id": tariff_id, "tariff": tariff, "from_at": from_at}
        answer = await self._decided(PublishTariff, tariff_id, caller, **said)
        if not isinstance(answer, TariffAnswer) or answer.version_id is None:
            raise NotDecided("The tariff was published, and by which version was not said")
        return answer.version_id

    async def name_at_site(self, site_id: str, tariff_id: str | None, caller: Caller) -> None:
        """Let a site name a tariff, or none; raises UnknownSite, OrderRefused or NotDecided."""
        self._queries.site(site_id)
        # A site may be called as a tariff is, and a key is used for one of them.
        await self._decided(NameSiteTariff, f"site\n{site_id}", caller, site_id=site_id, tariff_id=tariff_id)

    async def describe(self, site_id: str, description: SiteDescription, caller: Caller) -> None:
        """Say all that there is to say of a site; raises UnknownSite, OrderRefused or NotDecided."""
        self._queries.site(site_id)
        await self._decided(DescribeSite, f"site\n{site_id}", caller, site_id=site_id, description=description)

    async def remove_from_queue(self, site_id: str, queued_id: str, caller: Caller) -> None:
        """Take a request out of the queue of a site; raises UnknownSite, OrderRefused or NotDecided."""
        self._queries.site(site_id)
        about = f"queue\n{site_id}\n{queued_id}"
        await self._decided(RemoveFromQueue, about, caller, site_id=site_id, queued_id=queued_id)

    async def add_webhook(self, url: str, rules: Sequence[str], caller: Caller) -> str:
        """Have an address told of alerts, and give the webhook's ID; raises OrderRefused or NotDecided."""
        request_id = caller.request_id(AddWebhook, "webhook")
        webhook_id = f"webhook-{sha256(request_id.encode()).hexdigest()[:12]}"
        said = {"webhook_id": webhook_id, "url": url, "rules": tuple(rules)}
        await self._answered(AddWebhook, request_id, caller, said)
        return webhook_id

    async def about_webhook(self, kind: type[WebhookOrder], webhook_id: str, caller: Caller, **fields: Any) -> None:
        """Have an order about a webhook decided; raises OrderRefused or NotDecided."""
        await self._decided(kind, f"webhook\n{webhook_id}", caller, webhook_id=webhook_id, **fields)

    async def _ask(self, kind: type[OperatorOrder], cp_id: str, caller: Caller, **fields: Any) -> None:
        """Have an order decided, of whatever is known; raises OrderRefused or NotDecided."""
        await self._decided(kind, cp_id, caller, cp_id=cp_id, **fields)

    def _must_work(self) -> None:
        """Raises NotDecided while nothing can be decided."""
        failing = self._failing()
        if failing:
            raise NotDecided(failing)

    async def _decided(self, kind: type[Order], about: str, caller: Caller, **fields: Any) -> Answer:
        return await self._answered(kind, caller.request_id(kind, about), caller, fields)

    async def _answered(self, kind: type[Order], request_id: str, caller: Caller, fields: Mapping[str, Any]) -> Answer:
        self._must_work()
        order = kind(ts=self._queries.now(), request_id=request_id, actor=caller.actor, **fields)
        answer = await self._answer_to(order)
        if answer.refusal:
            raise OrderRefused(answer.refusal)
        return answer

    async def _answer_to(self, order: Order) -> Answer:
        """Give an order and wait for its answer; raises NotDecided where none comes in time."""
        seconds = DECIDE_WITHIN.total_seconds()
        with self._awaited(order) as answer:
            try:
                self._bus.publish(order)
                return await asyncio.wait_for(answer, seconds)
            except TimeoutError:
                raise NotDecided(self._failing() or f"Central did not decide within {seconds:g} s") from None

    @contextmanager
    def _awaited(self, order: Order) -> Iterator[Awaited]:
        """What will be the answer to an order, until the block is left."""
        answer: Awaited = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(order.request_id, [])
        waiting.append((order.ts, answer))
        try:
            yield answer
        finally:
            waiting.remove((order.ts, answer))
            if not waiting:
                del self._waiting[order.request_id]

    def _wake(self, answer: Answer) -> None:
        """One answer is for one who waits: of those with its ID, who gave the order when it was asked."""
        for asked_at, waiting in self._waiting.get(answer.request_id, ()):
            # A Central of an earlier version does not say when that was asked.
            if not waiting.done() and answer.asked_at in (None, asked_at):
                waiting.set_result(answer)
                break
