"""`evcharging books` reads the ledger alone, beside whoever writes it."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evcharging.apps.ops.books import main
from evcharging.tests.adapters.store.audit.test_audited_books import committed, paid_story
from evcharging.tests.stages.audit_world import tamper
from evcharging.tests.stages.empty_ledger import empty_ledger


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = empty_ledger(tmp_path / "central.db")
    committed(address, paid_story())
    return address


def said(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, [*arguments])
    assert result.exit_code == status, result.output
    return result.output


def test_the_books_say_what_was_billed_captured_refunded_and_is_open(url: str) -> None:
    books = json.loads(said("--db-url", url, "--json"))
    assert (books["sum_micro_euros"], books["open_holds"]) == (0, 0)
    assert books["billed_cents"] == 300 + 12_000 + 600
    assert (books["captured_cents"], books["refunded_cents"]) == (300 + 5000 + 600, 123)
    assert [each["micro_euros"] for each in books["receivables"]] == [70_000_000]
    assert books["receivable_micro_euros"] == 70_000_000


def test_people_read_a_line_an_account(url: str) -> None:
    text = said("--db-url", url)
    assert "revenue:energy" in text and "all adds up to 0.00 EUR" in text and "70.00 EUR" in text


def test_an_accountant_has_a_line_a_posting(url: str, tmp_path: Path) -> None:
    file = tmp_path / "books.csv"
    said("--db-url", url, "--csv", str(file))
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert list(rows[0]) == ["date", "entry", "number", "kind", "subject", "account", "debit_euros", "credit_euros"]
    assert {row["kind"] for row in rows} == {"bill", "capture", "refund"}


def test_a_time_before_all_entries_has_none(url: str) -> None:
    assert json.loads(said("--db-url", url, "--json", "--to", "2001-01-01T00:00Z"))["entries"] == 0


def test_a_moment_without_a_time_zone_is_refused(url: str) -> None:
    assert "--from 2026-01-01 has no time zone" in said("--db-url", url, "--from", "2026-01-01", status=2)


def test_entries_that_do_not_add_up_are_said(url: str, tmp_path: Path) -> None:
    tamper(url, "UPDATE entries SET postings = REPLACE(postings, ':3000000', ':3000001') WHERE kind = 'capture'")
    assert "The books add up to 1 micro-euro, and not to 0" in said("--db-url", url, status=1)
    assert "evcharging audit" in said("--db-url", url, "--csv", str(tmp_path / "books.csv"), status=2)
