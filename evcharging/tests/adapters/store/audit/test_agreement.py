"""Requests, sessions and bills that do not fit together are found, and what only looks so is not."""

import pytest

from evcharging.common.messages import SupplyEnded
from evcharging.common.messages_operators import SettleSession
from evcharging.common.utils import changed
from evcharging.domain.record import Record
from evcharging.domain.resolution import resolved
from evcharging.domain.session import Session, bill_of, finalised
from evcharging.domain.supply import final_reading
from evcharging.tests.stages.audit_world import ENDED, ENERGY_MWH, audit, held, opened, story, supply, tell


def over(number: int = 1) -> Session:
    record = story(number)[-2]
    assert isinstance(record, Session)
    return record


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (story()[:-1], f"S-1 at CP-1 delivered {ENERGY_MWH} mWh and has no bill"),
        ([*story()[:1], bill_of(over())], "The bill of S-1 at CP-1 has no session"),
        ([*story()[:-1], changed(bill_of(over()), micro_euros=1)], "says micro_euros 1, its session makes it 18333"),
        ([*story()[:-1], changed(bill_of(over()), energy_mwh=0)], "says energy_mwh 0, its session makes it 61111"),
        ([*story()[:-2], bill_of(over())], "S-1 at CP-1 has a bill, but is SUPPLYING without final readings"),
        ([*held(), bill_of(over())], "S-1 at CP-1 is SUSPECT and has a bill, which must be held"),
        ([*story(), changed(bill_of(over()), ended_by="x"), bill_of(over())], "S-1 was billed more than once"),
        ([*story(), changed(over(), session_id="S-2")], "Request R-1 has 2 sessions"),
        ([*story()[:1], *story()[2:]], "S-1 says that request R-1 led to it; that request does not say so"),
        (story()[:2], "Request R-1 was accepted and has no session"),
        ([*opened(1), *opened(2), changed(opened(2)[1], cp_id="CP-1")], "CP-1 has 2 open sessions"),
    ],
)
def test_what_does_not_fit_together_is_found(empty: str, records: list[Record], said: str) -> None:
    tell(empty, *records)
    assert any(said in text for text in audit(empty).findings)


def test_a_bill_that_is_held_is_told_and_is_no_difference(empty: str) -> None:
    tell(empty, *held())
    report = audit(empty)
    assert report.findings == []
    assert report.remarks == ["The bill of S-1 at CP-1 is held: the clock is wrong; the bill is held"]


def test_a_bill_that_was_settled_by_hand_is_what_the_operator_said_and_no_difference(empty: str) -> None:
    *before, suspect = held()
    assert isinstance(suspect, Session)
    order = SettleSession(
        ts=ENDED, request_id="settle-1", cp_id="CP-1", session_id="S-1", energy_mwh=7, note="seen", by="operator"
    )
    session = resolved(suspect, order, ENDED)
    tell(empty, *before, suspect, session, bill_of(session))
    report = audit(empty)
    assert (bill_of(session).energy_mwh, report.findings, report.remarks) == (7, [], [])


def test_a_session_without_energy_needs_no_bill(empty: str) -> None:
    final: SupplyEnded = changed(final_reading(supply(), epoch=1, seq=1), register_stop_mwh=500)
    tell(empty, *story()[:-2], finalised(over(), final))
    assert audit(empty).findings == []
