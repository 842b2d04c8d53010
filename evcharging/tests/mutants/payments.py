"""Mutants of payments: what is asked of a provider, under which key, and what is believed of its answers."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from evcharging.adapters.provider.simulated.kept import KeptDelivery
from evcharging.common.utils import changed
from evcharging.domain import payment_steps as steps
from evcharging.domain.holding import Paid
from evcharging.domain.money import to_cents
from evcharging.domain.payment import Operation, OperationKind, Payment
from evcharging.domain.provider import OutcomeKind, ProviderOutcome, ProviderPayment, ProviderStatus, done
from evcharging.domain.session import Session, SessionStatus
from evcharging.proof import payers
from evcharging.proof.world import World
from evcharging.roles.central import paying, payments, requests
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.central.starting import let_begin
from evcharging.roles.engine.running import RunningSupply
from evcharging.roles.role import Effect, ProviderDone
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("new-key-on-retry")
def new_key_on_retry() -> list[Target]:
    """What is asked again has another key than before."""
    heard = steps.heard

    def anew(payment: Payment, key: str, outcome: ProviderOutcome, now: datetime) -> Payment:
        after = heard(payment, key, outcome, now)
        operation = after.operation
        if operation is None or operation.key != key or outcome.kind is not OutcomeKind.UNKNOWN:
            return after
        number = after.operations + 1
        again = changed(operation, key=f"{after.reference}:{number}:{operation.kind}")
        return changed(after, operation=again, operations=number)

    return [(paying, "heard", anew)]


@mutant("captured-twice")
def captured_twice() -> list[Target]:
    """Whoever takes a shard over has the money held anew for what is being captured."""
    resume = payments.resume

    def anew(shard: Shard, found: list[Payment], *others: Any) -> list[Effect]:
        now, effects = others[-1], resume(shard, found, *others)
        for payment in found:
            if payment.operation is not None and payment.operation.kind is OperationKind.CAPTURE and payment.due_cents:
                key = f"{payment.reference}:again:{OperationKind.AUTHORIZE}"
                asked = Operation(key=key, kind=OperationKind.AUTHORIZE, ordered_at=now, cents=payment.due_cents)
                effects += payments.step(shard, payment, changed(payment, known=None, operation=asked), now)
        return effects

    return [(payments, "resume", anew)]


@mutant("void-forgotten")
def void_forgotten() -> list[Target]:
    """What is held for a session that does not take place is not released."""

    def nothing(payment: Payment, now: datetime) -> Payment:
        return payment

    return [(payments, "given_up", nothing)]


@mutant("webhook-as-truth")
def webhook_as_truth() -> list[Target]:
    """What an event says of a payment counts as it stands, though it is of long ago."""

    def believe(world: World, chance: Random, delivery: KeptDelivery) -> None:
        said = delivery.payment
        for payment in world.ledger.select(Payment, {"reference": (said.reference,)}):
            for process in world.processes.values():
                life, shard = process.life, world.shard_of(payment.cp_id)
                if life is not None and process.kind == "central" and shard in life.loops[0].host.hosted_roles:
                    known = ProviderDone(session_id=payment.session_id, key="event", is_look=True, outcome=done(said))
                    life.tell(shard, known)

    def last_word(known: ProviderPayment | None, seen: ProviderPayment) -> ProviderPayment:
        return seen

    return [(payers, "tell_event", believe), (steps, "merged", last_word)]


@mutant("rounded-twice")
def rounded_twice() -> list[Target]:
    """What is captured is rounded to tenths of a cent, and then to cents."""

    def by_tenths(micro_euros: int) -> int:
        return to_cents((micro_euros + 500) // 1_000 * 1_000)

    return [(payments, "to_cents", by_tenths)]


@mutant("old-key-after-look")
def old_key_after_look() -> list[Target]:
    """What a look has shown not to be done is asked again under its old key, which the provider forgets."""
    looked_up = steps.looked_up

    def under_the_old(payment: Payment, key: str, outcome: ProviderOutcome, now: datetime) -> Payment:
        after = looked_up(payment, key, outcome, now)
        before, operation = payment.operation, after.operation
        if before is None or operation is None or operation.key == before.key or operation.kind is not before.kind:
            return after
        return changed(after, operation=changed(operation, key=before.key), operations=payment.operations)

    return [(paying, "looked_up", under_the_old)]


@mutant("look-ends-key")
def look_ends_key() -> list[Target]:
    """Any look that finds nothing ends the key of what may still be on its way."""
    looked_up = steps.looked_up

    def of_any(payment: Payment, key: str, outcome: ProviderOutcome, now: datetime) -> Payment:
        return looked_up(payment, payment.operation.key if payment.operation else key, outcome, now)

    return [(paying, "looked_up", of_any)]


@mutant("hold-not-awaited")
def hold_not_awaited() -> list[Target]:
    """A session begins at once, and its money is held meanwhile."""

    def hasty(shard: Shard, live: LivePoint, session: Session, method: str | None, now: datetime) -> list[Effect]:
        effects = paying.hold(shard, live, session, method, now)
        if live.session is None or live.session.status is not SessionStatus.HOLDING:
            return effects
        live.session = begun = changed(session, status=SessionStatus.AUTHORISED)
        return [*effects, begun, *let_begin(shard, live, begun, Paid(mwh=10**9, ends_by=session.ends_by), now)]

    return [(requests, "hold", hasty)]


@mutant("paid-ignored")
def paid_ignored() -> list[Target]:
    """An engine goes on when what there is money for has flowed."""

    def wished(running: RunningSupply) -> int | None:
        return running._supply.limit_mwh

    ends = RunningSupply._ends

    def without(running: RunningSupply) -> Any:
        paid, running._supply = running._supply, changed(running._supply, paid_mwh=None)
        yield from list(ends(running))
        running._supply = paid

    return [(RunningSupply, "_most_mwh", property(wished)), (RunningSupply, "_ends", without)]


@mutant("increment-untold")
def increment_untold() -> list[Target]:
    """More is held for a charge, and its engine does not hear of it."""
    follow: Callable[..., list[Effect]] = paying._follow

    def silent(shard: Shard, before: Payment, after: Payment, now: datetime) -> list[Effect]:
        session = shard.open_session(after.cp_id, after.session_id)
        is_waiting = session is not None and session.status is SessionStatus.HOLDING
        return follow(shard, before, after, now) if is_waiting else []

    return [(paying, "_follow", silent)]


@mutant("refund-unbooked")
def refund_unbooked() -> list[Target]:
    """The bill of what is paid back is no longer in mind."""
    step = payments.step

    def forgetful(shard: Shard, before: Payment | None, after: Payment, now: datetime) -> list[Effect]:
        is_back = after.known is not None and after.known.status is ProviderStatus.CAPTURED and after.refunds
        if is_back and shard.payments is not None:
            shard.payments._bills.pop(after.session_id, None)
        return step(shard, before, after, now)

    return [(payments, "step", forgetful)]
