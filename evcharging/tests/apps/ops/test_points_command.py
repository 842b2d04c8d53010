"""`evcharging points`: keys for points, for whoever has the machine on which Central's ledger is."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.shell.key_desk import KeyDesk, NotEnrolled
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import KeyKind, derived_key
from evcharging.tests.stages.cli_stage import evcharging, sentence

MASTER = bytes(range(32))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/central.db"


def key_of(kind: KeyKind, owner: str, version: int) -> bytes:
    return derived_key(MASTER, kind, owner, version)


def enrolled(url: str, token: str) -> int:
    """The version of the key that a token gives."""
    with closing(SqlStore(url)) as store:
        desk = KeyDesk(store.accounts, key_of, lambda: datetime.now(UTC))
        return desk.enrol(token).identity.version


def token_in(output: str) -> str:
    return output.split("CP_MONITOR_ENROL=")[1].split(maxsplit=1)[0]


def test_the_command_that_is_printed_has_a_token_that_counts_once(url: str) -> None:
    result = evcharging("points", "enrol", "CP-001", "--db-url", url, "--host", "central.example")
    assert result.exit_code == 0, result.output
    assert "evcharging monitor --cp-id CP-001 --central-host central.example --central-port 8000" in result.output
    token = token_in(result.output)
    assert enrolled(url, token) == 1
    with pytest.raises(NotEnrolled):
        enrolled(url, token)


def test_what_was_done_is_noted_as_done_by_a_command(url: str) -> None:
    evcharging("points", "enrol", "CP-001", "--db-url", url)
    with closing(SqlStore(url)) as store:
        (action,) = store.facts(OperatorAction)
    assert (action.action, action.subject, action.actor_id, action.via) == (
        "invite_point",
        "CP-001",
        "command",
        "command",
    )


def test_a_key_is_listed_and_revoked(url: str) -> None:
    enrolled(url, token_in(evcharging("points", "enrol", "CP-001", "--db-url", url).output))
    listed = evcharging("points", "list", "--db-url", url).output
    assert listed == "1 point with a key\n  CP-001  version 1\n"
    revoked = evcharging("points", "revoke", "CP-001", "--db-url", url).output
    assert revoked == "No key of CP-001 counts any more; its link is cut within five seconds\n"
    assert "CP-001  revoked at " in evcharging("points", "list", "--db-url", url).output


def test_a_point_without_a_key_has_none_to_revoke(url: str) -> None:
    assert sentence(evcharging("points", "revoke", "CP-001", "--db-url", url)) == "CP-001 has no key"


def test_what_no_point_may_be_called_is_one_sentence(url: str) -> None:
    said = sentence(evcharging("points", "enrol", "a b", "--db-url", url))
    assert said == "'a b': an ID is 1 to 64 of the characters A-Z a-z 0-9 . _ @ : -"
