"""Files with the keys of points: what is of no use is one sentence, and what changes counts at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evcharging.adapters.tokens import read_by_key, signer_of
from evcharging.apps.shell.options import UserError
from evcharging.apps.shell.point_keys import KeyFiles, key_files
from evcharging.common.config import MonitorSettings, read
from evcharging.domain.access.keys import KeyKind

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIRST, SECOND = "11" * 32, "22" * 32
Said = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def said() -> Said:
    return []


@pytest.fixture
def keys(said: Said) -> KeyFiles:
    return KeyFiles(None, lambda level, text: said.append((level, text)))


def test_a_point_without_a_file_has_no_key_and_says_nothing(keys: KeyFiles, said: Said) -> None:
    assert keys.read("CP-001") is None
    assert keys.token("CP-001", NOW) is None
    assert keys.sealing(["CP-001"]) == []
    assert said == []


def test_a_key_that_is_put_is_there_for_its_owner_alone(keys: KeyFiles) -> None:
    keys.put("CP-001", 1, FIRST)
    file = Path("data/CP-001.key")
    assert file.stat().st_mode & 0o777 == 0o600
    held = keys.read("CP-001")
    assert held is not None
    assert (held.version, held.key, held.older) == (1, FIRST, None)


def test_the_next_key_is_kept_beside_the_one_before_and_seals_first(keys: KeyFiles) -> None:
    keys.put("CP-001", 1, FIRST)
    keys.put("CP-001", 2, SECOND)
    (sealing,) = keys.sealing(["CP-001", "CP-002"])
    assert (sealing.version, sealing.key) == (2, bytes.fromhex(SECOND))
    assert sealing.older == (1, bytes.fromhex(FIRST))


def test_a_key_of_an_enrolment_is_alone(keys: KeyFiles) -> None:
    keys.put("CP-001", 1, FIRST)
    keys.put("CP-001", 2, SECOND, keep=False)
    held = keys.read("CP-001")
    assert held is not None
    assert held.older is None


def test_a_file_that_another_program_changes_counts_at_once(keys: KeyFiles) -> None:
    keys.put("CP-001", 1, FIRST)
    assert keys.newest("CP-001") is not None
    assert not keys.changed(["CP-001"])
    KeyFiles(None, print).put("CP-001", 2, SECOND)
    assert keys.changed(["CP-001"])
    held = keys.newest("CP-001")
    assert held is not None
    assert held.version == 2
    assert not keys.changed(["CP-001"])


def test_a_file_that_others_can_read_is_refused_at_the_start_and_what_to_do_is_said(keys: KeyFiles) -> None:
    keys.put("CP-001", 1, FIRST)
    Path("data/CP-001.key").chmod(0o644)
    with pytest.raises(UserError, match=r"data/CP-001\.key can be read by others.*chmod 600"):
        key_files(read(MonitorSettings, {}), ["CP-001"], print)


def test_a_program_goes_on_with_the_key_from_before_and_says_so_once(keys: KeyFiles, said: Said) -> None:
    keys.put("CP-001", 1, FIRST)
    assert keys.newest("CP-001") is not None
    Path("data/CP-001.key").write_text("nothing")
    for _ in range(3):
        held = keys.newest("CP-001")
        assert held is not None
        assert held.version == 1
    assert len(said) == 1
    assert said[0][1].startswith("The key from before goes on: ")


def test_the_key_of_another_point_is_refused(keys: KeyFiles) -> None:
    keys.put("CP-002", 1, FIRST)
    Path("data/CP-002.key").rename("data/CP-001.key")
    with pytest.raises(UserError, match=r"data/CP-001\.key has the key of point CP-002, and not that of CP-001"):
        key_files(read(MonitorSettings, {}), ["CP-001"], print)


def test_one_file_is_not_for_many_points() -> None:
    with pytest.raises(UserError, match="there are several points: leave it out"):
        key_files(read(MonitorSettings, {"key": "one.key"}), ["CP-001", "CP-002"], print)


def test_a_point_says_who_it_is_by_its_key_for_a_minute(keys: KeyFiles) -> None:
    keys.put("CP-001", 3, FIRST)
    token = keys.token("CP-001", NOW)
    assert token is not None
    assert signer_of(token) == (KeyKind.POINT, "CP-001", 3)
    claims = read_by_key(token, bytes.fromhex(FIRST), NOW)
    assert (claims.subject, (claims.expires_at - claims.issued_at).total_seconds()) == ("CP-001", 60)
