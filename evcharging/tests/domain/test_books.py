"""Entries add up to nothing, and what is captured, paid back and owed is what was billed, to the cent."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import BadJson, changed, from_json, to_json
from evcharging.domain.books import (
    FEES,
    LOSSES,
    PROVIDER,
    RECEIVABLE,
    ROUNDING,
    Books,
    Entry,
    EntryKind,
    Posting,
    bill_entry,
    capture_entry,
    dispute_entry,
    fee_entry,
    refund_entry,
)
from evcharging.domain.money import of_cents, to_cents
from evcharging.domain.price import estimate, price_of_energy
from evcharging.domain.provider import Dispute
from evcharging.domain.session import Bill
from evcharging.tests.domain.tariffs import EURO, HOUR, KWH, MINUTE, tariff_of
from evcharging.tests.domain.test_price import tariffs
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.scenario import ALICE, CP, T0, after

LATER = T0 + HOUR


def bill_by(tariff: Tariff, watts: int = 22_000, minutes: int = 37, idle: int = 0) -> Bill:
    price = estimate(tariff, T0, watts, minutes * MINUTE, idle * MINUTE)
    return changed(single_bill(0), micro_euros=price.gross, price=price, tariff="tested@1")


def single_bill(energy_mwh: int, unit: int = 300_000) -> Bill:
    return Bill(
        session_id="s-1",
        driver_id=ALICE,
        cp_id=CP,
        started_at=T0,
        ended_at=LATER,
        energy_mwh=energy_mwh,
        micro_euros_per_kwh=unit,
        micro_euros=price_of_energy(energy_mwh, unit),
        ended_by="vehicle full",
    )


bills = st.builds(bill_by, tariffs, st.integers(0, 350_000), st.integers(0, 600), st.integers(0, 300)) | st.builds(
    single_bill, st.integers(0, 100 * KWH), st.integers(0, EURO)
)


def test_a_bill_is_owed_by_the_driver_and_earned_by_component() -> None:
    element = Element(session_micro_euros=EURO, energy_micro_euros_per_kwh=300_000, idle_micro_euros_per_minute=EURO)
    tariff = tariff_of(element, vat_permille=210, idle_cap_micro_euros=5 * EURO)
    entry = bill_entry(bill_by(tariff, 20_000, 60, idle=10))
    assert entry.entry_id == "s-1:bill"
    assert {posting.account: posting.micro_euros for posting in entry.postings} == {
        RECEIVABLE: 14_520_000,
        "revenue:session": -1_000_000,
        "revenue:energy": -6_000_000,
        "revenue:idle_time": -5_000_000,
        "vat:210": -2_520_000,
    }


def test_a_bill_by_a_single_price_is_energy_without_vat() -> None:
    entry = bill_entry(single_bill(10 * KWH))
    assert [(posting.account, posting.micro_euros) for posting in entry.postings] == [
        (RECEIVABLE, 3_000_000),
        ("revenue:energy", -3_000_000),
    ]


def test_an_entry_that_does_not_add_up_cannot_be_made_nor_read() -> None:
    postings = (Posting(account=RECEIVABLE, micro_euros=5), Posting(account=PROVIDER, micro_euros=-4))
    with pytest.raises(ValueError, match="add up to 1 micro-euro, and not to 0"):
        Entry(entry_id="e", kind=EntryKind.FEE, subject_id="s", at=T0, postings=postings)
    good = fee_entry("s", "capture", 30, T0)
    assert from_json(Entry, to_json(good)) == good
    with pytest.raises(BadJson, match="add up to"):
        from_json(Entry, to_json(good).replace(b"300000", b"300001", 1))


@searched(200)
@given(bill=bills, captured=st.floats(0, 1), refunds=st.lists(st.floats(0, 1), max_size=3))
def test_captured_less_refunded_is_the_bill_in_cents_or_owed(bill: Bill, captured: float, refunds: list[float]) -> None:
    whole = to_cents(bill.micro_euros)
    cents = int(captured * whole)
    sums = sorted({0, *(int(share * cents) for share in refunds)})
    books = Books([bill_entry(bill), capture_entry("s-1", bill.micro_euros, cents, LATER)])
    for number, (before, now) in enumerate(pairwise(sums)):
        books.add(refund_entry("s-1", bill, cents, (before, now), after(number)))
    assert sum(line.balance for line in books.trial_balance()) == 0
    assert books.balance(PROVIDER) == of_cents(cents - sums[-1])
    assert books.open_items() == ({"s-1": of_cents(whole - cents)} if whole > cents else {})


@searched(100)
@given(bill=bills, share=st.floats(0, 1))
def test_a_bill_that_is_paid_back_whole_leaves_nothing_in_any_account(bill: Bill, share: float) -> None:
    whole = to_cents(bill.micro_euros)
    first = int(share * whole)
    entries = [bill_entry(bill), capture_entry("s-1", bill.micro_euros, whole, LATER)]
    entries += [refund_entry("s-1", bill, whole, (a, b), LATER) for a, b in ((0, first), (first, whole)) if b > a]
    if whole:
        assert all(line.balance == 0 for line in Books(entries).trial_balance())


def test_parts_of_a_cent_are_rounded_away_once() -> None:
    bill = single_bill(10_500, 1_000_000)
    assert bill.micro_euros == 10_500
    books = Books([bill_entry(bill), capture_entry("s-1", bill.micro_euros, 1, LATER)])
    assert (books.balance(PROVIDER), books.balance(ROUNDING), books.open_items()) == (10_000, 500, {})


def test_a_bill_of_less_than_half_a_cent_is_rounded_away_whole() -> None:
    bill = single_bill(4_999, 1_000_000)
    books = Books([bill_entry(bill), capture_entry("s-1", bill.micro_euros, 0, LATER)])
    assert (books.balance(PROVIDER), books.balance(ROUNDING), books.open_items()) == (0, 4_999, {})


def test_what_was_captured_beyond_the_bill_is_owed_to_the_driver_and_paid_back_first() -> None:
    bill = single_bill(10 * KWH)
    books = Books([bill_entry(bill), capture_entry("s-1", bill.micro_euros, 350, LATER)])
    assert books.open_items() == {"s-1": -500_000}
    books.add(refund_entry("s-1", bill, 350, (0, 80), LATER))
    assert books.open_items() == {}
    assert books.balance("revenue:energy") == -2_700_000
    assert books.balance(PROVIDER) == 2_700_000


def test_what_was_captured_without_a_bill_is_paid_back_to_nothing() -> None:
    books = Books([capture_entry("s-1", 0, 350, LATER), refund_entry("s-1", None, 350, (0, 350), LATER)])
    assert all(line.balance == 0 for line in books.trial_balance())


def test_a_dispute_is_open_until_it_is_won_or_lost() -> None:
    begun = [bill_entry(single_bill(10 * KWH)), capture_entry("s-1", 3_000_000, 300, LATER)]
    opened = [*begun, dispute_entry("s-1", Dispute.OPEN, 300, LATER), fee_entry("s-1", "dispute", 2000, LATER)]
    assert Books(opened).open_items() == {"s-1": 3_000_000}
    assert Books(opened).balance(FEES) == 20_000_000
    won, lost = (Books([*opened, dispute_entry("s-1", end, 300, LATER)]) for end in (Dispute.WON, Dispute.LOST))
    assert (won.open_items(), won.balance(PROVIDER), won.balance(LOSSES)) == ({}, -17_000_000, 0)
    assert (lost.open_items(), lost.balance(PROVIDER), lost.balance(LOSSES)) == ({}, -20_000_000, 3_000_000)


def test_an_entry_that_comes_again_counts_once_and_another_with_its_id_is_refused() -> None:
    fee = fee_entry("s-1", "capture", 30, T0)
    books = Books([fee, from_json(Entry, to_json(fee))])
    assert books.balance(FEES) == 300_000
    with pytest.raises(ValueError, match="s-1:fee:capture is there twice"):
        books.add(changed(fee, at=T0 + timedelta(seconds=1)))
