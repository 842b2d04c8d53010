"""Events of the provider, payments compared with it, and the books, over HTTP."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

from evcharging.adapters.beside import beside
from evcharging.adapters.provider.in_process import SECRET
from evcharging.adapters.provider.signatures import signed
from evcharging.apps.ev_central.payments.reconciling import DAILY_SINCE
from evcharging.common.utils import changed, iso
from evcharging.domain.alert import Alert, AlertCode, AlertState
from evcharging.domain.payment import PaymentState
from evcharging.domain.payment_steps import requested
from evcharging.domain.provider import OutcomeKind, ProviderStatus
from evcharging.domain.reconcile import Comparison
from evcharging.domain.session import SessionStatus
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.paying_world import VISA, PayingWorld, while_paid
from evcharging.tests.stages.store_world import put, session


def event_about(reference: str, payment_id: str = "pi_1", event_id: str = "evt_1") -> bytes:
    about = {"id": payment_id, "metadata": {"reference": reference}}
    return json.dumps(
        {"id": event_id, "type": "charge.refunded", "created": 1_767_268_800, "data": {"object": about}}
    ).encode()


async def refunded_past_central(world: PayingWorld, cents: int) -> str:
    """Somebody refunds something with the provider itself; the reference."""
    payment = await world.charged()
    assert payment.known is not None and payment.state is PaymentState.CAPTURED
    await world.provider.refund("by-hand", payment.known.payment_id, cents)
    return payment.reference


@while_paid
async def test_an_event_has_the_payment_looked_up_and_says_nothing_itself(world: PayingWorld) -> None:
    reference = await refunded_past_central(world, 1)
    await world.event(event_about(reference))
    await world.settle()
    [payment] = world.payments()
    assert (payment.state, payment.refunded_cents) == (PaymentState.PART_REFUNDED, 1)


@while_paid
async def test_an_event_that_comes_again_does_nothing(world: PayingWorld) -> None:
    payment = await world.charged()
    for _ in range(3):
        await world.event(event_about(payment.reference))
    await world.settle()
    assert dict(world.looks())["look", OutcomeKind.OK] == 1


@while_paid
async def test_events_that_are_forged_old_or_about_nothing_here_are_refused_in_a_sentence(world: PayingWorld) -> None:
    payment = await world.charged()
    body = event_about(payment.reference)
    forged = f"t={int(world.clock.now().timestamp())},v1=00"
    assert "not signed with the provider's secret" in await world.event(body, forged, 400)
    assert "has no Stripe-Signature" in await world.event(body, "", 400)
    assert "Nothing was paid here" in await world.event(event_about("session-9"), status=400)
    assert "cannot be read" in await world.event(b"{}", status=400)
    signature = signed(body, SECRET, world.clock.now() - timedelta(minutes=6))
    assert "more than 5 minutes ago" in await world.event(body, signature, 400)
    assert [each.state for each in world.payments()] == [PaymentState.CAPTURED]


@in_world()
async def test_where_payments_are_off_there_are_no_events_and_nothing_is_compared(world: World) -> None:
    answer = await world.http.post("/payments/events", content=b"{}")
    assert answer.status_code == 404
    assert "Payments are off" in answer.text
    assert (await world.http.post("/api/v1/payments/reconcile")).status_code == 404


@while_paid
async def test_a_hold_that_nobody_here_knows_is_released_once_it_is_15_minutes_old(world: PayingWorld) -> None:
    await world.provider.authorize("key-1", "session-9", VISA, 5000)
    young = await world.post("/api/v1/payments/reconcile")
    assert (young["found"], young["theirs"]) == (0, 1)
    await world.pass_time(901)
    found = await world.post("/api/v1/payments/reconcile")
    assert [(each["remedy"], each["reference"]) for each in found["differences"]] == [("void", "session-9")]
    [orphan] = world.books.all_of("session-9", world.clock.now())
    assert orphan.status is ProviderStatus.VOIDED
    assert (await world.post("/api/v1/payments/reconcile"))["found"] == 0


@while_paid
async def test_a_hold_of_ours_is_released_15_minutes_after_its_session_has_ended(world: PayingWorld) -> None:
    ended = changed(session("session-0-0-7"), cp_id="CP-001", status=SessionStatus.FAILED, ended_at=world.clock.now())
    held = (await world.provider.authorize("key-7", ended.session_id, VISA, 5000)).payment
    asked = requested(ended.session_id, ended.driver_id, ended.cp_id, VISA, 5000, world.clock.now())
    put(world.store, ended, changed(asked, known=held, operation=None, state=PaymentState.HELD), shard="earlier")
    await world.pass_time(901)
    found = await world.post("/api/v1/payments/reconcile")
    assert [each["remedy"] for each in found["differences"]] == ["void"]
    await world.settle()
    assert [each.status for each in world.books.all_of(ended.session_id, world.clock.now())] == [ProviderStatus.VOIDED]
    assert [each.state for each in world.payments()] == [PaymentState.VOIDED]


@while_paid
async def test_what_differs_is_looked_up_and_the_last_comparison_is_told(world: PayingWorld) -> None:
    await refunded_past_central(world, 2)
    found = await world.post("/api/v1/payments/reconcile")
    assert [each["remedy"] for each in found["differences"]] == ["look"]
    await world.settle()
    assert [each.refunded_cents for each in world.payments()] == [2]
    told = await world.get("/api/v1/payments/reconcile")
    assert (told["last"]["found"], told["last"]["ours"], told["last"]["theirs"]) == (1, 1, 1)


@while_paid
async def test_a_capture_of_which_nobody_knows_is_an_alert_until_it_is_refunded(world: PayingWorld) -> None:
    outcome = await world.provider.authorize("key-1", "session-9", VISA, 5000)
    assert outcome.payment is not None
    await world.provider.capture("key-2", outcome.payment.payment_id, 5000)
    await world.pass_time(901)
    await world.post("/api/v1/payments/reconcile")
    await world.settle()
    [alert] = [each for each in world.store.select(Alert) if each.rule is AlertCode.PAYMENT_DIFFERENCE]
    assert alert.text == (
        "session-9 is paid otherwise at the provider: 5000 cents were captured, and nobody here knows for what:"
        " refund them"
    )
    await world.pass_time(3600)
    since = iso(world.clock.now())
    await world.post(f"/api/v1/payments/reconcile?from={since}")
    await world.settle()
    assert [each.state for each in world.store.fetch(Alert, [alert.alert_id])] == [AlertState.OPEN]
    await world.provider.refund("key-3", outcome.payment.payment_id, 5000)
    await world.post("/api/v1/payments/reconcile")
    await world.settle()
    assert [each.state for each in world.store.fetch(Alert, [alert.alert_id])] == [AlertState.CLOSED]


@while_paid
async def test_while_the_provider_is_away_nothing_is_compared_and_that_is_said(world: PayingWorld) -> None:
    world.provider.is_away = True
    answer = await world.post("/api/v1/payments/reconcile", 503)
    assert "The payment provider is away" in answer["detail"]
    world.provider.is_away = False
    assert (await world.post("/api/v1/payments/reconcile"))["found"] == 0


@while_paid
async def test_a_payment_that_the_provider_does_not_have_is_told_after_a_look_at_it(world: PayingWorld) -> None:
    await world.charged()
    world.forget_all()
    found = await world.post("/api/v1/payments/reconcile")
    assert [each["text"] for each in found["differences"]] == [
        "It is captured here, and the provider does not have it: ask the provider"
    ]


@while_paid
async def test_the_books_balance_and_say_what_is_owed_and_held(world: PayingWorld) -> None:
    payment = await world.charged()
    books = await world.get("/api/v1/books")
    assert books["sum_micro_euros"] == 0
    accounts = {each["account"]: each["balance"] for each in books["accounts"]}
    assert accounts["provider"] == payment.captured_cents * 10_000
    assert (books["open_holds"], books["payments"]) == (0, [{"state": "captured", "count": 1}])
    later = iso(world.clock.now() + timedelta(days=2))
    assert (await world.get(f"/api/v1/books?from={later}"))["accounts"] == []


@while_paid
async def test_an_accountant_has_every_posting_in_a_row(world: PayingWorld) -> None:
    await world.charged()
    answer = await world.http.get("/api/v1/exports/entries.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["kind"] for row in rows} == {"bill", "capture"}
    debit, credit = (sum(Decimal(row[f"{side}_euros"] or 0) for row in rows) for side in ("debit", "credit"))
    assert debit == credit > 0


@while_paid
async def test_a_receipt_has_its_number_and_says_how_it_was_paid(world: PayingWorld) -> None:
    reference = await refunded_past_central(world, 1)
    await world.event(event_about(reference))
    await world.settle()
    [payment] = world.payments()
    receipt = await world.get(f"/api/v1/sessions/{payment.session_id}/receipt")
    assert receipt["number"].startswith("2026-") and receipt["number"].endswith("-000001")
    assert receipt["paid"]["method"] == VISA
    assert (receipt["paid"]["captured_cents"], receipt["paid"]["owed_cents"]) == (payment.captured_cents, 0)
    [note] = receipt["paid"]["credit_notes"]
    assert (note["number"], note["cents"]) == (f"C{receipt['number']}", 1)
    page = (await world.http.get(f"/api/v1/sessions/{payment.session_id}/receipt.html")).text
    assert receipt["number"] in page and f"Credit note {note['number']}" in page and "Captured" in page


@while_paid
async def test_the_provider_of_this_process_says_by_itself_what_happened(world: PayingWorld) -> None:
    await refunded_past_central(world, 1)
    async with beside(world.events.run()):
        await world.until(lambda: world.payments()[0].refunded_cents == 1)


@while_paid
async def test_the_central_that_has_the_shard_compares_by_itself_and_no_other_does(world: PayingWorld) -> None:
    await world.charged()
    async with beside(world.reconciling.keep_on(lambda: False, 0)):
        await world.settle()
    assert world.store.select(Comparison) == []
    async with beside(world.reconciling.keep_on(lambda: True, 0)):
        await world.until(lambda: world.store.select(Comparison) != [])
    [comparison] = world.store.select(Comparison)
    assert (comparison.found, comparison.at - comparison.since) == (0, DAILY_SINCE)


@while_paid
async def test_while_the_provider_is_away_one_sentence_says_so(world: PayingWorld) -> None:
    world.provider.is_away = True
    async with beside(world.reconciling.keep_on(lambda: True, 0)):
        await world.until(lambda: world.said != [])
    assert len(world.said) == 1
    assert world.said[0].startswith("Payments could not be compared with the provider's")
