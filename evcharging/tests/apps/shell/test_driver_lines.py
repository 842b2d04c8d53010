"""What a driver says of its requests: each status with its icon, each end and each ticket once."""

from datetime import UTC, datetime

import pytest

from evcharging.apps.shell.logs import sentence
from evcharging.apps.shell.narration import DriverLines
from evcharging.common.messages import DriverRequest, DriverUpdate, Ticket, UpdateStatus
from evcharging.common.messages_reservations import ReservationStatus, ReservationUpdate
from evcharging.common.utils import changed

NOON = datetime(2025, 10, 13, 12, 0, 5, tzinfo=UTC)
REQUEST = DriverRequest(ts=NOON, request_id="r", driver_id="d", cp_id="CP-001")
END = DriverUpdate(ts=NOON, request_id="r", driver_id="d", cp_id="CP-001", status=UpdateStatus.FAILED)


def test_the_icons_of_every_status_are_those_of_the_specification() -> None:
    icons = {"ACCEPTED": "✅", "IN_PROGRESS": "🔋", "COMPLETED": "✔️"}
    for status in UpdateStatus:
        update = DriverUpdate(ts=NOON, request_id="r", driver_id="d", cp_id="CP-001", status=status)
        lines = DriverLines()
        list(lines(None, [REQUEST]))
        [(_, text, about)] = lines(update, ())
        assert about is update
        icon, rest = sentence(text).split(" ", 1)
        assert rest.startswith(f"CP-001 | {status}")
        assert icon == icons.get(status, icon)


def test_an_end_that_a_driver_hears_again_is_no_news() -> None:
    lines = DriverLines()
    assert list(lines(END, ())) == []
    assert len(list(lines(None, [REQUEST]))) == 1
    assert len(list(lines(END, ()))) == 1
    assert list(lines(END, ())) == []


LATE = changed(
    END,
    ticket=Ticket(
        session_id="s", cp_id="CP-001", started_at=NOON, ended_at=NOON, kwh=1, euros_per_kwh=1, euros=1, ended_by="it"
    ),
)


def test_a_ticket_that_comes_after_the_end_is_told_once() -> None:
    lines = DriverLines()
    list(lines(None, [REQUEST]))
    list(lines(END, ()))
    assert [sentence(text)[0] for _, text, _ in lines(LATE, ())] == ["❌", "🎫"]
    assert list(lines(LATE, ())) == []


def test_a_ticket_that_comes_while_the_next_request_is_open_is_told_once() -> None:
    lines = DriverLines()
    list(lines(None, [REQUEST]))
    list(lines(END, [changed(REQUEST, request_id="next")]))
    assert [sentence(text)[0] for _, text, _ in lines(LATE, ())] == ["❌", "🎫"]
    assert list(lines(LATE, ())) == []
    assert len(list(lines(changed(END, request_id="next"), ()))) == 1


@pytest.mark.parametrize("field", ["request_id", "driver_id"])
@pytest.mark.parametrize("before", [[], [REQUEST]], ids=["before any request", "while one is open"])
def test_a_ticket_of_a_request_that_its_driver_never_made_is_not_told(before: list[DriverRequest], field: str) -> None:
    lines = DriverLines()
    list(lines(None, before))
    assert list(lines(changed(LATE, **{field: "somebody's"}), ())) == []


def test_the_ticket_of_a_request_that_ended_with_it_is_not_told_again() -> None:
    lines = DriverLines()
    list(lines(None, [REQUEST]))
    assert [sentence(text)[0] for _, text, _ in lines(LATE, ())] == ["❌", "🎫"]
    assert list(lines(LATE, ())) == []


def test_a_charge_that_ends_for_a_reservation_says_until_when() -> None:
    lines = DriverLines()
    list(lines(None, [REQUEST]))
    accepted = changed(END, status=UpdateStatus.ACCEPTED, ends_by=datetime(2025, 10, 13, 14, 55, tzinfo=UTC))
    [(_, text, _)] = lines(accepted, ())
    assert sentence(text) == "✅ CP-001 | ACCEPTED | until 14:55 UTC"


def test_a_reservation_is_said_with_its_times_its_cost_and_the_reason() -> None:
    update = ReservationUpdate(
        ts=NOON,
        request_id="b",
        reservation_id="b",
        driver_id="d",
        cp_id="CP-001",
        begins_at=datetime(2025, 10, 13, 13, tzinfo=UTC),
        ends_at=datetime(2025, 10, 13, 14, tzinfo=UTC),
        status=ReservationStatus.NO_SHOW,
        euros=6.05,
        reason="nobody came within 15 minutes",
    )
    [(level, text, _)] = DriverLines()(update, ())
    said = "from 2025-10-13 13:00 to 14:00 UTC | €6.0500 | nobody came within 15 minutes"
    assert (level, sentence(text)) == ("warning", f"📅 CP-001 | NO_SHOW | {said}")
