"""`evcharging audit --actions`: who did what, a line for each, and whom and what it can be narrowed to."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evcharging.apps.ops.audit import main
from evcharging.domain.access.action import OperatorAction
from evcharging.tests.stages.audit_world import tell
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.store_world import NOW

STOP = OperatorAction(
    action_id="action-0-1-1",
    at=NOW,
    actor_kind="person",
    actor_id="account-1",
    via="console",
    role="operator",
    action="stop",
    subject="CP-001",
    request_id="R-1",
    before='{"stopped":false}',
    after='{"stopped":true}',
)
REFUSED = OperatorAction(
    action_id="action-0-1-2",
    at=NOW + timedelta(hours=1),
    actor_kind="machine",
    actor_id="key-1",
    via="api",
    action="limit_point",
    subject="CP-002",
    asked='{"limit":{"watts":5000}}',
    refusal="CP-002 is not a known charging point",
    left_out=3,
)
SAID = [
    'account-1 (person operator, console) stop CP-001: {"stopped":false} became {"stopped":true}',
    'key-1 (machine, api) limit_point CP-002 {"limit":{"watts":5000}}: refused, CP-002 is not a known charging point'
    " (3 refused before it were not noted)",
]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A ledger with two actions."""
    url = empty_ledger(tmp_path / "central.db")
    tell(url, STOP, REFUSED)
    return url


def printed(url: str, *flags: str) -> Result:
    return CliRunner().invoke(main, ["--db-url", url, *flags])


def lines(url: str, *flags: str) -> list[str]:
    """What is printed, without the moments."""
    result = printed(url, "--actions", *flags)
    assert result.exit_code == 0
    return [line.partition(" ")[2] for line in result.stdout.splitlines()]


def test_each_action_is_a_line_in_order_of_its_moment(url: str) -> None:
    assert lines(url) == SAID
    assert printed(url, "--actions").stdout.startswith("2026-")


def test_they_are_narrowed_to_somebody_something_or_what_came_later(url: str) -> None:
    assert lines(url, "--actor", "account-1") == SAID[:1]
    assert lines(url, "--subject", "CP-002") == SAID[1:]
    assert lines(url, "--since", (NOW + timedelta(minutes=1)).isoformat()) == SAID[1:]
    assert lines(url, "--actor", "nobody") == []


def test_scripts_get_each_as_one_line_of_json(url: str) -> None:
    stop, refused = map(json.loads, printed(url, "--actions", "--json").stdout.splitlines())
    assert (stop["action"], stop["before"], stop["after"]) == ("stop", {"stopped": False}, {"stopped": True})
    assert (refused["asked"], refused["left_out"], refused["role"]) == ({"limit": {"watts": 5_000}}, 3, None)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--actor", "account-1"], "--actor, --subject and --since choose among actions: say --actions too"),
        (["--actions", "--since", "noon"], "--since noon is no moment: give one such as 2026-01-31T12:00:00Z"),
        (["--actions", "--since", "2026-01-31"], "--since 2026-01-31 has no time zone: give one such as"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(url: str, flags: list[str], said: str) -> None:
    result = printed(url, *flags)
    assert result.exit_code == 2
    assert said in result.stderr
