"""The books are held to bills and payments, and the numbers of receipts to one another, on both databases."""

from contextlib import closing

import pytest

from evcharging.adapters.store.audit.trial import trial
from evcharging.adapters.store.backup.snapshot import snapshot
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages_operators import AssignTariff, OperatorAnswer, RefundPayment
from evcharging.domain.audit_books import FROM_STEPS
from evcharging.domain.books import PROVIDER, Entry
from evcharging.domain.record import Record
from evcharging.domain.session import Bill
from evcharging.roles.central.central import Central
from evcharging.roles.role import Started
from evcharging.runtime.central_program import POINTS
from evcharging.tests.stages.audit_world import audit, story, tamper, tell
from evcharging.tests.stages.central_stage import well
from evcharging.tests.stages.paying_stage import PayingStage
from evcharging.tests.stages.reservations_stage import FEES, HOUR, MINUTE, until, wish
from evcharging.tests.stages.scenario import CP, T0, another, the


def paid_story() -> PayingStage:
    """Three sessions that were paid: one of them whole, one in part, and one refunded."""
    stage = PayingStage()
    stage.open_point()
    for number, energy in enumerate((10_000_000, 400_000_000, 20_000_003)):
        session = stage.charged(energy, request_id=f"R-{number}", seconds=3600 * 20)
    order = RefundPayment(
        ts=stage.now, request_id=another("refund"), cp_id=CP, session_id=session.session_id, cents=123, note="too slow"
    )
    stage.tell(order)
    return stage


def committed(url: str, stage: PayingStage) -> None:
    """Commit all that it has recorded."""
    records: list[Record] = [each for each in stage.said if isinstance(each, Record)]
    tell(url, *records)


@pytest.fixture
def books(empty: str) -> str:
    committed(empty, paid_story())
    return empty


def about_books(url: str) -> list[str]:
    """What an audit says, but for what is in a table and not in the facts."""
    return [text for text in audit(url).findings if "in its table" not in text]


def test_books_that_agree_with_bills_and_payments_are_clean(books: str) -> None:
    assert audit(books).findings == []


def test_a_ledger_without_entries_is_clean(empty: str) -> None:
    tell(empty, *story(1))
    assert audit(empty).findings == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE entries SET postings = REPLACE(postings, '3000000', '3000001') WHERE kind = 'capture'",
            "Entry {first}:capture",
        ),
        (
            "DELETE FROM entries WHERE kind = 'bill'",
            "0 micro-euro in receivable for the bill of {first}",
        ),
        ("DELETE FROM entries WHERE kind = 'refund'", "The number C"),
        ("UPDATE tickets SET micro_euros = 1", "The bill of {first} cannot be booked"),
        ("UPDATE entries SET subject_id = 'session-9'", "and neither a bill nor a payment of session-9"),
        ("UPDATE tickets SET number = REPLACE(number, '000002', '000009')", "000002 is missing"),
        ("UPDATE tickets SET number = REPLACE(number, '000002', '000001')", "000001 was given twice"),
        ("UPDATE tickets SET number = NULL WHERE number LIKE '%000003'", "000003 is missing"),
        ("UPDATE receipt_series SET last = 7 WHERE series NOT LIKE 'C%'", "000004 to"),
        ("DELETE FROM receipt_series", "and no such series"),
        ("UPDATE totals SET micro_euros = 1 WHERE subject = 'books/debit/receivable'", "The totals have"),
    ],
)
def test_what_was_changed_in_the_books_is_found(books: str, statement: str, said: str) -> None:
    first = next(iter(paid_story().every(Entry).values())).subject_id
    tamper(books, statement.replace("%", "%%") if books.startswith("postgresql") else statement)
    assert any(said.format(first=first) in text for text in audit(books).findings)


def test_a_payment_that_says_more_than_the_books_is_found(books: str) -> None:
    tamper(books, "UPDATE payments SET known = REPLACE(known, '\"captured_cents\":300', '\"captured_cents\":299')")
    assert any("in provider for the capture of" in text for text in about_books(books))


def missed(stage: PayingStage) -> str:
    """A reservation for which nobody came; its number, which is that of its bill too."""
    stage.tell(AssignTariff(ts=stage.now, request_id=another("assign"), cp_id=CP, tariff=FEES))
    stage.tell(wish())
    until(stage, T0 + HOUR + 15 * MINUTE)
    return "B-1"


def test_a_fee_and_its_refund_are_booked_by_the_number_of_the_reservation(empty: str) -> None:
    stage = PayingStage()
    stage.open_point()
    fee = missed(stage)
    order = RefundPayment(
        ts=stage.now, request_id=another("refund"), cp_id=CP, session_id=fee, cents=605, note="the way was closed"
    )
    assert the(OperatorAnswer, stage.tell(order)).refusal is None
    assert {entry.subject_id for entry in stage.every(Entry).values()} == {fee}
    assert {each.kind for each in stage.every(Entry).values()} == set(FROM_STEPS)
    assert (stage.in_books().open_items(), stage.in_books().balance(PROVIDER)) == ({}, 0)
    committed(empty, stage)
    assert audit(empty).findings == []
    with snapshot(empty) as ledger:
        books = trial(ledger, None, None)
    assert (books.billed_cents, books.captured_cents, books.refunded_cents) == (605, 605, 605)


def test_a_shard_that_takes_over_goes_on_with_the_next_number(empty: str) -> None:
    stage = paid_story()
    committed(empty, stage)
    with closing(SqlStore(empty)) as store:
        [(_, central)] = POINTS.recover(store, 1, {stage.name: 2}, stage.cadences)
    assert isinstance(central, Central)
    stage.role = central
    stage.tell(Started(), stage.status(), well(link=2))
    stage.charged(request_id="R-9")
    numbers = [bill.number for bill in stage.every(Bill).values()]
    assert numbers == [f"{T0.year}-{stage.name}-{count:06}" for count in (1, 2, 3, 4)]
