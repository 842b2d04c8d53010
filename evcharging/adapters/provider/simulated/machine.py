"""The simulated provider's books: what is asked and the moment in, what is answered out. The clock is an argument, and
chance comes from a seed."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import accumulate, islice, takewhile

from evcharging.adapters.provider.simulated.cards import BY_METHOD, CardFault
from evcharging.adapters.provider.simulated.events import Events
from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.kept import (
    CURRENCY,
    Asked,
    Kept,
    KeptDelivery,
    KeptKey,
    KeptPayment,
)
from evcharging.common.utils import Frozen, changed
from evcharging.domain.payment import OperationKind
from evcharging.domain.provider import (
    Dispute,
    ProviderOutcome,
    ProviderPage,
    ProviderPayment,
    ProviderStatus,
    chosen,
    declined,
    done,
)

HOLDS_LAST = timedelta(days=7)
KEYS_LAST = timedelta(hours=24)
DISPUTED_AFTER, DECIDED_AFTER = timedelta(hours=1), timedelta(days=10)
MOST_CENTS = 99_999_999
PAGE = 100

MISSING = "resource_missing"
KEY_REUSED = "idempotency_key_reused"
UNEXPECTED = "payment_intent_unexpected_state"
CURRENCY_INVALID = "currency_invalid"
INVALID_AMOUNT = "parameter_invalid_integer"
NOT_KEPT = (CURRENCY_INVALID, INVALID_AMOUNT, MISSING)
"""What does not fit is not begun: the key may be used again with what does."""

Keep = Callable[[Kept, bool], None]
"""Is told of what is kept from now on, or no more (False)."""


class Answer(Frozen, frozen=True, kw_only=True):
    """What came of it, and whether whoever asked hears that."""

    outcome: ProviderOutcome
    is_heard: bool = True


class SimulatedBooks:
    """All payments of one account with the provider."""

    def __init__(
        self,
        faults: ProviderFaults | None = None,
        keep: Keep = lambda kept, is_kept: None,
        keys_last: timedelta = KEYS_LAST,
    ) -> None:
        self._faults = faults or ProviderFaults()
        self._keep = keep
        self.keys_last = keys_last
        self._payments: dict[str, KeptPayment] = {}
        self._order: list[str] = []
        self._places: dict[str, int] = {}
        self._references: dict[str, list[str]] = {}
        self._keys: dict[str, KeptKey] = {}
        self._due: list[tuple[datetime, str]] = []
        self.events = Events(self._faults, keep)
        """What is told of payments without being asked."""

    def restore(self, kept: Iterable[Kept]) -> None:
        """Go on with what an earlier run has kept, in the order in which it was first kept."""
        for each in kept:
            match each:
                case KeptPayment():
                    self._place(each)
                case KeptKey():
                    self._keys[each.key] = each
                case KeptDelivery():
                    self.events.restore(each)

    def recover(self) -> None:
        """Nothing goes wrong from now on."""
        self._faults = changed(self._faults, share=0.0)

    @property
    def next_at(self) -> datetime | None:
        """When something happens to a payment by itself."""
        return self._due[0][0] if self._due else None

    def ask(self, asked: Asked, now: datetime) -> Answer:
        """Do what is asked, once for each key."""
        self.advance(now)
        if asked.key is None:
            return Answer(outcome=self._do(asked, now))
        kept = self._keys.get(asked.key, KeptKey(key=asked.key, first_at=now))
        kept = changed(kept, tries=kept.tries + 1)
        fault = self._fault(asked, asked.key, kept.tries)
        if fault is CardFault.BEFORE:
            outcome = declined("", "It was not done")
        elif kept.outcome is not None and kept.asked == asked:
            outcome = kept.outcome
        elif kept.asked is not None and kept.asked != asked:
            outcome = declined(KEY_REUSED, f"The key {asked.key!r} was used with another body: use a new key for it")
        else:
            outcome = self._do(asked, now)
            if outcome.code not in NOT_KEPT:
                kept = changed(kept, asked=asked, outcome=outcome)
        self._keys[asked.key] = kept
        self._keep(kept, True)
        return Answer(outcome=outcome, is_heard=fault is None)

    def look(self, payment_id: str, now: datetime) -> ProviderPayment | None:
        """How a payment stands."""
        self.advance(now)
        kept = self._payments.get(payment_id)
        return kept.said if kept else None

    def find(self, reference: str, now: datetime) -> ProviderPayment | None:
        """How the payment with a reference stands."""
        return chosen(self.all_of(reference, now))

    def all_of(self, reference: str, now: datetime) -> tuple[ProviderPayment, ...]:
        """All payments with a reference, the newest first."""
        self.advance(now)
        return tuple(self._payments[each].said for each in reversed(self._references.get(reference, ())))

    def list(self, since: datetime, cursor: str | None, now: datetime, most: int = PAGE) -> ProviderPage:
        """Payments made since then, before the one that the cursor names, the newest first."""
        self.advance(now)
        end = len(self._order) if cursor is None else self._places.get(cursor, 0)
        newest_first = (self._payments[self._order[place]].said for place in range(end - 1, -1, -1))
        found = tuple(islice(takewhile(lambda said: said.created_at >= since, newest_first), most + 1))
        if len(found) <= most:
            return ProviderPage(items=found)
        return ProviderPage(items=found[:most], cursor=found[most - 1].payment_id)

    def refund_up_to(self, payment: ProviderPayment) -> int:
        """How much the refund was with which a payment came to what is refunded of it."""
        refunds = self._payments[payment.payment_id].refunds
        return dict(zip(accumulate(refunds), refunds, strict=True))[payment.refunded_cents]

    def advance(self, now: datetime) -> None:
        """Let happen what happens by itself until now: holds become too old, disputes begin and end, keys are
        forgotten."""
        while self._due and self._due[0][0] <= now:
            at, payment_id = heappop(self._due)
            kept = self._payments[payment_id]
            if kept.due_at == at:
                self._happen(kept, at)
        while self._keys and now - (oldest := next(iter(self._keys.values()))).first_at >= self.keys_last:
            self._keep(self._keys.pop(oldest.key), False)

    def _fault(self, asked: Asked, key: str, number: int) -> CardFault | None:
        card = BY_METHOD.get(asked.method)
        of_card = card.fault if card and number == 1 else None
        return of_card or self._faults.of_try(key, number)

    def _do(self, asked: Asked, now: datetime) -> ProviderOutcome:
        if asked.currency != CURRENCY:
            return declined(CURRENCY_INVALID, f"Amounts are in {CURRENCY}, and not in {asked.currency}")
        if asked.kind is not OperationKind.VOID and not asked.is_all and not 1 <= asked.cents <= MOST_CENTS:
            return declined(INVALID_AMOUNT, f"The amount {asked.cents} is not from 1 to {MOST_CENTS} cents")
        if asked.kind is OperationKind.AUTHORIZE:
            return self._authorize(asked, now)
        kept = self._payments.get(asked.payment_id)
        if kept is None:
            return declined(MISSING, f"There is no payment {asked.payment_id!r}")
        expected = ProviderStatus.CAPTURED if asked.kind is OperationKind.REFUND else ProviderStatus.HELD
        if kept.said.status is not expected:
            return declined(UNEXPECTED, f"The payment is {kept.said.status}: {asked.kind} needs {expected}", kept.said)
        return self._change(asked, kept, now)

    def _authorize(self, asked: Asked, now: datetime) -> ProviderOutcome:
        card = BY_METHOD.get(asked.method)
        if card is None:
            return declined(MISSING, "There is no such card: only the cards for tests are known here")
        said = ProviderPayment(
            payment_id=f"pi_{self._faults.dice('payment', len(self._payments)).getrandbits(96):024x}",
            reference=asked.reference,
            # In the order of the list, also where the clock was set back.
            created_at=max(now, self._payments[self._order[-1]].said.created_at) if self._order else now,
            status=ProviderStatus.DECLINED if card.code else ProviderStatus.HELD,
            held_cents=0 if card.code else asked.cents,
            code=card.code,
        )
        due_at = None if card.code else now + HOLDS_LAST
        self._put(KeptPayment(said=said, method=card.method, due_at=due_at), now, "authorize")
        return declined(card.code, f"The card is {card.what}", said) if card.code else done(said)

    def _change(self, asked: Asked, kept: KeptPayment, now: datetime) -> ProviderOutcome:
        said, card = kept.said, BY_METHOD[kept.method]
        match asked.kind:
            case OperationKind.INCREMENT:
                if asked.cents <= said.held_cents:
                    return declined(INVALID_AMOUNT, f"{said.held_cents} cents are held already", said)
                if card.declines_increment:
                    return declined("generic_decline", "The card is declined for more", said)
                after = changed(kept, said=changed(said, held_cents=asked.cents))
            case OperationKind.CAPTURE:
                cents = said.held_cents if asked.is_all else asked.cents
                if cents > said.held_cents:
                    return declined("amount_too_large", f"Only {said.held_cents} cents are held", said)
                due_at = now + DISPUTED_AFTER if card.is_disputed else None
                captured = changed(said, status=ProviderStatus.CAPTURED, captured_cents=cents)
                after = changed(kept, said=captured, due_at=due_at)
            case OperationKind.VOID:
                after = changed(kept, said=changed(said, status=ProviderStatus.VOIDED), due_at=None)
            case _:
                left = said.captured_cents - said.refunded_cents
                cents = left if asked.is_all else asked.cents
                if said.dispute is not None:
                    return declined("charge_disputed", "What is disputed cannot be refunded", said)
                if cents > left or not left:
                    return declined("amount_too_large", f"Only {left} cents are left to be refunded", said)
                refunded = changed(said, refunded_cents=said.refunded_cents + cents)
                after = changed(kept, said=refunded, refunds=(*kept.refunds, cents))
        self._put(after, now, asked.kind)
        return done(after.said)

    def _happen(self, kept: KeptPayment, at: datetime) -> None:
        said = kept.said
        if said.status is ProviderStatus.HELD:
            self._put(changed(kept, said=changed(said, status=ProviderStatus.VOIDED), due_at=None), at, "void")
        elif said.dispute is None:
            opened = changed(said, dispute=Dispute.OPEN)
            self._put(changed(kept, said=opened, due_at=at + DECIDED_AFTER), at, "dispute")
        else:
            end = self._faults.dice("dispute", said.payment_id).choice([Dispute.WON, Dispute.LOST])
            self._put(changed(kept, said=changed(said, dispute=end), due_at=None), at, "dispute_end")

    def _put(self, kept: KeptPayment, now: datetime, what: str) -> None:
        """Keep a payment as it is from now on, and tell of it."""
        self._place(kept)
        self._keep(kept, True)
        self.events.add(kept.said, what, now)

    def _place(self, kept: KeptPayment) -> None:
        said = kept.said
        if said.payment_id not in self._payments:
            self._references.setdefault(said.reference, []).append(said.payment_id)
            self._places[said.payment_id] = len(self._order)
            self._order.append(said.payment_id)
        self._payments[said.payment_id] = kept
        if kept.due_at is not None:
            heappush(self._due, (kept.due_at, said.payment_id))
