"""Frozen structures as JSON and as flat fields, and moments as text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given

from evcharging.common.messages import Message, UpdateStatus
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import BadJson, as_fields, from_fields, from_json, iso, to_json
from evcharging.tests.laws.any_message import any_of, example
from evcharging.tests.stages.scenario import law

EASTERN = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"),
        (datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC), "2026-03-01T12:00:00.000005Z"),
        (datetime(2026, 3, 1, 17, tzinfo=EASTERN), "2026-03-01T12:00:00Z"),
        (datetime(1, 1, 1, tzinfo=EASTERN), "0001-01-01T00:00:00+05:00"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=5))), "9999-12-31T23:00:00-05:00"),
    ],
)
def test_a_moment_is_said_in_utc_where_utc_has_it(moment: datetime, text: str) -> None:
    assert iso(moment) == text


@law
@given(message=any_of(PointShown))
def test_fields_become_the_same_structure_again(message: Message) -> None:
    assert from_fields(PointShown, as_fields(message)) == message


def test_fields_are_plain_values_with_moments_left_as_they_are() -> None:
    view = example(PointShown)
    fields = as_fields(view)
    assert type(fields["state"]) is str
    assert fields["ts"] == view.ts
    assert isinstance(fields["session"], dict)


def test_a_field_that_does_not_fit_is_named_in_one_short_sentence() -> None:
    with pytest.raises(BadJson, match="state") as caught:
        from_fields(PointShown, as_fields(example(PointShown)) | {"state": "\n" * 1000})
    assert len(str(caught.value)) <= 200
    assert "\n" not in str(caught.value)


def test_one_text_can_be_read_without_keeping_a_reader() -> None:
    assert from_json(CPState, to_json(CPState.FAULT)) is CPState.FAULT
    with pytest.raises(BadJson, match="NONSENSE"):
        from_json(UpdateStatus, b'"NONSENSE"')
