"""Compares Central's payments with the provider's, both ways, a page at a time, and has done what follows. What is
wrong is said by the rules."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import uuid4

from evcharging.adapters.metrics import Sample
from evcharging.adapters.provider import Provider, ProviderAway
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.payments.events import OFF, by_reference, look_at
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import NotDecided, OrderRefused, UnknownResource
from evcharging.apps.shell import metrics as m
from evcharging.apps.shell.logs import LogLine
from evcharging.common.messages import ID_PATTERN
from evcharging.common.messages_operators import Actor, ActorKind, DifferenceSaid, PaymentsCompared
from evcharging.domain.alert import UNCLOSED, Alert, AlertCode
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.provider import OutcomeKind, ProviderOutcome, ProviderPayment
from evcharging.domain.reconcile import DESK, MOST_TOLD, Comparison, Difference, Remedy, differences
from evcharging.domain.remedies import void_key
from evcharging.domain.session import Session, SessionStatus

EVERY, DAILY = timedelta(minutes=10), timedelta(days=1)
OFTEN_SINCE, DAILY_SINCE = timedelta(hours=26), timedelta(days=9)
"""How old payments are at most that are compared each time, and once a day: a hold is there for 7 days."""

MARGIN = timedelta(hours=1)
"""How far the provider's clock may be behind."""

FIRST_AFTER_S, PIECE = 30.0, 200
BUSY = "Payments are being compared already: wait until that has ended"
BY_COMPARISON = Actor(kind=ActorKind.SYSTEM, id="reconcile", via="provider")


class Unlike(NamedTuple):
    """A difference, and our payment that it is about, if there is one."""

    difference: Difference
    mine: Payment | None


class Reconciling:
    """Compares payments of one Central with those of its provider; used in the event loop alone."""

    def __init__(self, commands: Commands, queries: Queries, provider: Provider | None, log: LogLine) -> None:
        self._commands = commands
        self._queries = queries
        self._provider = provider
        self._log = log
        self._is_running = False
        self._counted: Counter[Remedy] = Counter()
        self._trouble: str | None = None
        self._daily_at: datetime | None = None

    async def keep_on(self, is_home: Callable[[], bool], first_after_s: float = FIRST_AFTER_S) -> None:
        """Compare every 10 minutes, and all of nine days once a day, while this Central has the shard that keeps it."""
        if self._provider is None:
            return
        await asyncio.sleep(first_after_s)
        while True:
            if is_home():
                await self._once_more(self._provider)
            await asyncio.sleep(EVERY.total_seconds())

    async def _once_more(self, provider: Provider) -> None:
        now = self._queries.now()
        is_daily = self._daily_at is None or not now - DAILY < self._daily_at <= now
        trouble = None
        try:
            await self.run(now - (DAILY_SINCE if is_daily else OFTEN_SINCE))
            self._daily_at = now if is_daily else self._daily_at
        except OrderRefused:
            return
        except (NotDecided, StoreUnavailable) as error:
            trouble = str(error)
        if trouble is not None and trouble != self._trouble:
            self._log("warning", f"Payments could not be compared with the provider's ({trouble}): tried again")
        self._trouble = trouble

    async def run(self, since: datetime) -> Comparison:
        """Compare the payments made since then, and have done what follows. Raises UnknownResource where payments are
        off, OrderRefused while it goes on, NotDecided where the provider is away, and StoreUnavailable."""
        if self._provider is None:
            raise UnknownResource(OFF)
        if self._is_running:
            raise OrderRefused(BUSY)
        self._is_running = True
        try:
            return await self._run(self._provider, since)
        except ProviderAway as error:
            raise NotDecided(f"The payment provider is away ({error}): try again later") from None
        finally:
            self._is_running = False

    async def _run(self, provider: Provider, since: datetime) -> Comparison:
        now, seen, found = self._queries.now(), set[str](), list[Unlike]()
        cursor, theirs = None, 0
        while True:
            page = await provider.list(since - MARGIN, cursor)
            theirs += len(page.items)
            seen.update(each.reference for each in page.items)
            found += await self._queries.history(partial(compared, theirs=page.items, now=now))
            cursor = page.cursor
            if cursor is None:
                break
        ours, missing = await self._queries.history(lambda store: not_seen(store, since, now, seen))
        for mine in missing:
            found += await self._confirmed(provider, mine, now)
        for reference in await self._queries.history(lambda store: told_before(store, seen)):
            found += await self._found_again(provider, reference, now)
        comparison = _as_told(since, now, ours, theirs, [each.difference for each in found])
        await self._act(provider, found)
        await self._commands.request(_order(comparison))
        return comparison

    async def _confirmed(self, provider: Provider, mine: Payment, now: datetime) -> list[Unlike]:
        """What is wrong with a payment that was in no list, after a look at it."""
        known = mine.known
        outcome = await (provider.find(mine.reference) if known is None else provider.look(known.payment_id))
        there = _payments_of(outcome)
        ended = await self._queries.history(lambda store: ended_of(store, [mine]))
        return [Unlike(each, mine) for each in differences([mine], there, ended, now)]

    async def _found_again(self, provider: Provider, reference: str, now: datetime) -> list[Unlike]:
        """What is wrong with what somebody was told of before, and that is too old to be listed."""
        there = _payments_of(await provider.find(reference))
        return await self._queries.history(lambda store: compared(store, there, now))

    async def _act(self, provider: Provider, found: Iterable[Unlike]) -> None:
        for difference, mine in found:
            self._counted[difference.remedy] += 1
            is_ours = mine is not None and (mine.known is None or mine.known.payment_id == difference.payment_id)
            if difference.remedy is Remedy.VOID and difference.payment_id is not None:
                # Where it does not succeed, the next comparison finds it again.
                await provider.void(void_key(difference.payment_id), difference.payment_id)
            if mine is not None and is_ours and difference.remedy is not Remedy.TELL:
                await self._commands.request(look_at(mine, self._queries, BY_COMPARISON))

    def samples(self) -> Iterator[Sample]:
        """How many differences were found, by what is to be done."""
        for remedy in Remedy:
            yield m.PAYMENT_DIFFERENCES, (remedy.value,), self._counted[remedy]


def compared(store: History, theirs: Iterable[ProviderPayment], now: datetime) -> list[Unlike]:
    """What is not alike of a page of the provider's payments."""
    theirs = list(theirs)
    mine = by_reference(store, sorted({each.reference for each in theirs}))
    found = differences(mine.values(), theirs, ended_of(store, mine.values()), now)
    return [Unlike(each, mine.get(each.reference)) for each in found]


def not_seen(store: History, since: datetime, now: datetime, seen: set[str]) -> tuple[int, list[Payment]]:
    """How many payments were asked for since then, and those that the provider should have and has not listed."""
    ours, missing, beyond = 0, dict[str, Payment](), None
    while True:
        page = store.search(Payment, Search(PIECE, since=since, until=now, oldest_first=True, beyond=beyond)).records
        ours += len(page)
        missing.update({each.reference: each for _, each in page if each.reference not in seen and _is_there(each)})
        if len(page) < PIECE:
            break
        number, last = page[-1]
        beyond = last.asked_at, number
    seen.update(missing)
    return ours, list(missing.values())


def told_before(store: History, seen: set[str]) -> list[str]:
    """What alerts are about that go on, but for what was looked at."""
    unclosed = {"state": [each.value for each in UNCLOSED], "rule": [AlertCode.PAYMENT_DIFFERENCE.value]}
    told = (each.session_id for each in store.select(Alert, unclosed))
    return [each for each in told if each is not None and each not in seen]


def _payments_of(outcome: ProviderOutcome) -> list[ProviderPayment]:
    """What a look has found; raises ProviderAway."""
    if outcome.kind is OutcomeKind.UNKNOWN:
        raise ProviderAway(outcome.text or "no answer")
    return [outcome.payment] if outcome.payment is not None else []


def _is_there(payment: Payment) -> bool:
    """Whether the provider should have it."""
    over = (PaymentState.DECLINED, PaymentState.VOIDED, PaymentState.PASSED_ON)
    is_known = payment.known is not None and payment.state not in over
    return is_known or payment.state is PaymentState.UNKNOWN


def ended_of(store: History, payments: Iterable[Payment]) -> dict[str, datetime]:
    """When the sessions of payments ended that have, and whose bills are not held."""
    sessions = store.fetch(Session, [each.session_id for each in payments])
    over = (SessionStatus.COMPLETED, SessionStatus.FAILED)
    return {each.session_id: each.ended_at for each in sessions if each.status in over and each.ended_at is not None}


def _as_told(since: datetime, now: datetime, ours: int, theirs: int, found: list[Difference]) -> Comparison:
    first = sorted(found, key=lambda each: each.remedy is not Remedy.TELL)[:MOST_TOLD]
    return Comparison(at=now, since=since, ours=ours, theirs=theirs, found=len(found), differences=tuple(first))


def _order(comparison: Comparison) -> PaymentsCompared:
    return PaymentsCompared(
        ts=comparison.at,
        request_id=f"compared-{uuid4().hex}",
        cp_id=DESK,
        actor=BY_COMPARISON,
        since=comparison.since,
        ours=comparison.ours,
        theirs=comparison.theirs,
        found=comparison.found,
        differences=tuple(
            DifferenceSaid(
                remedy=each.remedy.value,
                reference=_named(each),
                payment_id=each.payment_id and each.payment_id[:128],
                text=each.text,
            )
            for each in comparison.differences
        ),
    )


def _named(difference: Difference) -> str:
    """What a difference is called: by our reference, or by the provider's ID where nobody here has given that."""
    for name in (difference.reference, difference.payment_id or ""):
        if re.fullmatch(ID_PATTERN, name) and len(name) <= 128:
            return name
    return "unknown"
