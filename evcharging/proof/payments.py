"""What must hold of payments, by the provider's own books and by the ledger: I39 to I45. Each is a function of the
world, and perhaps of one event, and answers with a sentence where it does not hold; without payments all of them do."""

from collections import Counter
from fractions import Fraction

from evcharging.common.messages import DriverUpdate, EndReason, ExtendSupply, StartSupply, UpdateStatus
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.books import PROVIDER, RECEIVABLE, Entry, EntryKind
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.provider import Dispute, ProviderPayment, ProviderStatus
from evcharging.domain.session import Bill, SessionStatus
from evcharging.domain.supply import Supply
from evcharging.proof.events import Journalled, Lasted, Provided, Said
from evcharging.proof.world import World

CENT = 10_000
"""In micro-euro."""

IDLE = ("idle_time", "idle_cap")

STATUSES, DISPUTES = list(ProviderStatus), [None, *Dispute]


def in_cents(micro_euros: int) -> int:
    """Rounded to cents, a half up, by the world's own arithmetic."""
    return int(Fraction(micro_euros, CENT) + Fraction(1, 2))


def _is_paid(world: World) -> bool:
    return world.provider.terms is not None


# At each commit


def i39_entries_add_up_and_each_bill_has_one(world: World, event: Lasted) -> str | None:
    """Each, and all of them; none is there twice with other postings."""
    booked = Counter[str]()
    for entry in event.records:
        if isinstance(entry, Entry):
            if sum(posting.micro_euros for posting in entry.postings):
                return f"the postings of {entry.entry_id} do not add up"
            if world.money.entries[entry.entry_id].postings != entry.postings:
                return f"{entry.entry_id} is there twice, with other postings"
            if entry.kind is EntryKind.BILL:
                booked[entry.subject_id] += 1
    if sum(world.money.accounts.values()):
        return f"the accounts add up to {sum(world.money.accounts.values())}"
    billed = Counter(record.session_id for record in event.records if isinstance(record, Bill))
    if _is_paid(world) and booked != billed:
        return f"{dict(billed)} is billed, and {dict(booked)} is in the books"
    return None


def i42_what_more_is_held_is_told(world: World, event: Lasted) -> str | None:
    """An engine hears in the same commit that there is money for more of what goes on."""
    told = {message.session_id for _, message in event.commit.outbox if isinstance(message, ExtendSupply)}
    for payment in event.records:
        if not isinstance(payment, Payment):
            continue
        before, session = world.money.stood.get(payment.session_id), world.evidence.sessions.get(payment.session_id)
        is_more = before is not None and 0 < before.held_cents < payment.held_cents
        goes_on = session is not None and session.status in (SessionStatus.AUTHORISED, SessionStatus.SUPPLYING)
        if is_more and goes_on and payment.session_id not in told:
            return f"{payment.held_cents} cents are held for {payment.session_id}, and its engine is not told"
    return None


def i42_no_bill_is_above_its_hold(world: World, event: Lasted) -> str | None:
    """Where the engine kept to what it was told, and nothing is billed for idle time, or by hand."""
    evidence = world.evidence
    odd = evidence.shared | evidence.believed | evidence.forgotten | evidence.stepped | evidence.lied_about
    for bill in event.records:
        if not isinstance(bill, Bill) or bill.is_fee or bill.session_id in odd or not _is_paid(world):
            continue
        session, payment = evidence.sessions[bill.session_id], world.money.payments.get(bill.session_id)
        lines = bill.price.lines if bill.price else ()
        is_timed = session.tariff is not None and (bill.cp_id in evidence.redated or world.has_wrong_clocks)
        if session.settled_mwh is not None or is_timed or any(line.component in IDLE for line in lines):
            continue
        held = world.provider.was_held(payment.reference) if payment else 0
        if bill.micro_euros > held * CENT:
            return f"{bill.session_id} costs {bill.micro_euros} micro-euro, and {held} cents were held for it"
    return None


def i44_a_payment_never_goes_back(world: World, event: Lasted) -> str | None:
    """Whatever is heard of it, in whatever order, and however often."""
    for payment in event.records:
        if not isinstance(payment, Payment):
            continue
        before = world.money.stood.get(payment.session_id)
        if before is None or before.known is None:
            continue
        if payment.known is None or not _is_ahead(before.known, payment.known):
            return f"{payment.session_id} was {before.known} at its provider, and is {payment.known}"
    return None


def _is_ahead(before: ProviderPayment, after: ProviderPayment) -> bool:
    return (
        before.payment_id == after.payment_id
        and STATUSES.index(before.status) <= STATUSES.index(after.status)
        and before.held_cents <= after.held_cents
        and before.captured_cents <= after.captured_cents
        and before.refunded_cents <= after.refunded_cents
        and DISPUTES.index(before.dispute) <= DISPUTES.index(after.dispute)
    )


def i25_a_refund_comes_with_its_action(world: World, event: Lasted) -> str | None:
    """And is one that was ordered, once."""
    noted = {record.request_id for record in event.records if isinstance(record, OperatorAction)}
    for payment in event.records:
        if not isinstance(payment, Payment):
            continue
        before = world.money.stood.get(payment.session_id)
        known = {asked.request_id for asked in before.refunds} if before else set[str]()
        ids = [asked.request_id for asked in payment.refunds]
        if len(set(ids)) < len(ids):
            return f"{payment.session_id} is refunded twice by one order: {ids}"
        for asked in payment.refunds:
            order = world.money.refunds.get(asked.request_id)
            if order is None or (order.session_id, order.cents) != (payment.session_id, asked.cents):
                return f"{payment.session_id} is refunded by {asked}, and the order was {order}"
            if before is not None and asked.request_id not in known | noted:
                return f"{payment.session_id} is refunded by {asked.request_id}, and no action says so"
    return None


# At each change of the provider's books


def i41_it_is_captured_once_and_within_its_hold(world: World, event: Provided) -> str | None:
    """And of all payments with one reference, one at most has money."""
    before, payment = event.before, event.payment
    if payment.captured_cents > payment.held_cents:
        return f"{payment.captured_cents} cents of {payment.reference} were captured, and {payment.held_cents} held"
    if before is not None and before.captured_cents not in (0, payment.captured_cents):
        return f"{payment.reference} was captured twice: {before.captured_cents} cents and {payment.captured_cents}"
    if len(world.provider.with_money(payment.reference)) > 1:
        return f"two payments of {payment.reference} have money"
    return None


# At each commit of a journal, and each word


def i42_no_energy_without_a_hold(world: World, event: Journalled) -> str | None:
    """Nor more of it than an engine was told that there is money for."""
    for supply in event.records:
        is_one = isinstance(supply, Supply) and supply.started_at is not None
        if not isinstance(supply, Supply) or not is_one or not _is_paid(world):
            continue
        if supply.ended_by is EndReason.NOT_STARTED:
            continue
        payment = world.money.payments.get(supply.session_id)
        if payment is None or not world.provider.was_held(payment.reference):
            return f"energy flows for {supply.session_id}, and nothing was held for it"
        told = world.money.told_mwh.get(supply.session_id, 0)
        energy = supply.register_stop_mwh - supply.register_start_mwh
        if supply.ended_at is not None and energy > told:
            return f"{energy} mWh flowed in {supply.session_id}, and there is money for {told}"
    return None


def i42_nothing_is_begun_without_a_hold(world: World, event: Said) -> str | None:
    """No engine is told to."""
    order = event.message
    if not isinstance(order, StartSupply) or not _is_paid(world):
        return None
    if order.paid_mwh is None:
        return f"{order.cp_id} is to supply {order.session_id}, for whatever it costs"
    return _why_unheld(world, order.session_id)


def i45_who_is_accepted_has_a_hold(world: World, event: Said) -> str | None:
    """Nobody is told so before the provider has said it, and that lasts."""
    update = event.message
    if not isinstance(update, DriverUpdate) or update.status is not UpdateStatus.ACCEPTED or not _is_paid(world):
        return None
    return _why_unheld(world, update.session_id or "")


def _why_unheld(world: World, session_id: str) -> str | None:
    payment = world.money.payments.get(session_id)
    if payment is None or not payment.held_cents or not world.provider.was_held(payment.reference):
        return f"{session_id} may begin, and nothing is held for it"
    return None


# Once everything has come to rest


def i43_nothing_is_held_for_what_is_over(world: World) -> str | None:
    """Nor is anything asked that has no answer; a bill that is held keeps its hold."""
    waits = [each.session_id for each in world.evidence.sessions.values() if each.status is SessionStatus.SUSPECT]
    kept = {world.money.payments[each].reference for each in waits if each in world.money.payments}
    for payment in world.money.payments.values():
        if payment.is_unsettled and payment.reference not in kept:
            return f"the payment of {payment.session_id} is still {payment.state}: {payment.operation}"
    for stood in world.provider.history.values():
        if stood[-1].status is ProviderStatus.HELD and stood[-1].reference not in kept:
            return f"{stood[-1].held_cents} cents are still held for {stood[-1].reference}"
    return None


def i43_nothing_is_left_to_the_comparison(world: World) -> str | None:
    """Which releases what nobody asks to be released. By a clock that was set, a hold is kept for another try so long
    that it may."""
    for payment in world.money.payments.values():
        left = {each.payment_id for each in world.provider.of(payment.reference)} & world.provider.released
        session = world.evidence.sessions.get(payment.session_id)
        may_try_again = session is not None and session.ended_by is EndReason.NOT_STARTED
        if left and not may_try_again and payment.state is not PaymentState.PASSED_ON:
            return f"what was held for {payment.session_id} was forgotten, until lists were compared"
    return None


def i39_each_bill_is_in_the_books(world: World) -> str | None:
    """Once, and the ledger has nothing in them that did not happen before the world's eyes."""
    if not _is_paid(world):
        return None
    entries = world.ledger.select(Entry)
    booked = Counter(entry.subject_id for entry in entries if entry.kind is EntryKind.BILL)
    billed = Counter({session_id: len(bills) for session_id, bills in world.evidence.bills.items() if bills})
    if booked != billed:
        return f"{booked - billed or billed - booked} is otherwise in the books than it was billed"
    if {entry.entry_id for entry in entries} != set(world.money.entries):
        return "the books have other entries than were seen"
    return None


def i40_what_is_billed_is_captured_or_owed(world: World) -> str | None:
    """By the provider's books, to the cent."""
    if not _is_paid(world):
        return None
    for session_id, bills in world.evidence.bills.items():
        if bills and (wrong := _wrongly_paid(world, session_id, bills[0].micro_euros)):
            return wrong
    for payment in world.money.payments.values():
        taken = sum(each.captured_cents - each.refunded_cents for each in world.provider.of(payment.reference))
        of_others = [each for each in world.money.payments.values() if each.reference == payment.reference]
        if taken and not any(world.evidence.bills.get(each.session_id) for each in of_others):
            return f"{taken} cents were captured for {payment.session_id}, which has no bill"
    return None


def _wrongly_paid(world: World, session_id: str, micro_euros: int) -> str | None:
    accounts, payment = world.money.by_subject[session_id], world.money.payments.get(session_id)
    if payment is None or payment.state is PaymentState.PASSED_ON:
        is_owed = accounts[RECEIVABLE] == micro_euros and not accounts[PROVIDER]
        return None if is_owed else f"{session_id} was never paid, and its accounts are {dict(accounts)}"
    whole, found = in_cents(micro_euros), world.provider.of(payment.reference)
    captured, refunded = (sum(getattr(each, name) for each in found) for name in ("captured_cents", "refunded_cents"))
    most = min(whole, world.provider.was_held(payment.reference))
    is_let_go = payment.is_given_up or any(each.payment_id in world.provider.released for each in found)
    if captured != most and not (is_let_go and not captured):
        return f"{session_id} costs {whole} cents, {most} could be captured, and {captured} were"
    owed = (whole - captured) * CENT
    if (accounts[RECEIVABLE], accounts[PROVIDER]) != (owed, (captured - refunded) * CENT):
        return f"of {session_id} {captured} cents were captured and {refunded} refunded of {whole}: {dict(accounts)}"
    return None


def i40_refunds_are_what_was_ordered(world: World) -> str | None:
    """Each order counts once."""
    for payment in world.money.payments.values():
        ordered = sum(asked.cents for asked in payment.refunds)
        refunded = sum(each.refunded_cents for each in world.provider.of(payment.reference))
        if payment.state is not PaymentState.PASSED_ON and refunded != ordered:
            return f"{ordered} cents of {payment.session_id} were to be refunded, and {refunded} were"
    return None


def i44_the_ledger_has_what_the_provider_has(world: World) -> str | None:
    """Of each payment, whatever was heard of it on the way."""
    for payment in world.money.payments.values():
        found = world.provider.with_money(payment.reference) or world.provider.of(payment.reference)
        if payment.state is not PaymentState.PASSED_ON and found and payment.known not in found:
            return f"{payment.session_id} is {payment.known} here, and {found} at its provider"
    return None


def i45_who_was_denied_pays_nothing(world: World) -> str | None:
    """Nothing is held or captured for a session that was refused for want of money."""
    for session in world.evidence.sessions.values():
        payment = world.money.payments.get(session.session_id)
        if session.ended_by is not EndReason.NO_HOLD or payment is None:
            continue
        if payment.state is not PaymentState.PASSED_ON and world.provider.with_money(payment.reference):
            return f"{session.session_id} was denied ({session.detail}), and has money at its provider"
    return None


CHECKS = (
    i43_nothing_is_held_for_what_is_over,
    i43_nothing_is_left_to_the_comparison,
    i39_each_bill_is_in_the_books,
    i40_what_is_billed_is_captured_or_owed,
    i40_refunds_are_what_was_ordered,
    i44_the_ledger_has_what_the_provider_has,
    i45_who_was_denied_pays_nothing,
)
