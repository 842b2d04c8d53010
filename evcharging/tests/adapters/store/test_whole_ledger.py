"""A ledger is looked at before it is used: one that is damaged, cut off, or put together from several is refused with
its file and what helps, and is left as it was."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.sql import whole as whole_module
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Session
from evcharging.tests.stages.audit_world import audit, ledger_with_a_story, tamper
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import put, session

REFUSED = (
    r"^The ledger \S+ is damaged \([^\n]+\): restore a backup with `evcharging restore`, or see with `evcharging audit`"
)


def opened(file: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{file}")


def many(store: SqlStore, first: int, count: int) -> None:
    for start in range(first, first + count, 50):
        put(store, *(session(f"S-{n:05}", cp_id=f"CP-{n:0300}") for n in range(start, start + 50)))


def killed(file: Path, into: Path) -> None:
    """What kill -9 would leave of a ledger that is open."""
    into.mkdir()
    for path in file.parent.glob("central.db*"):
        if not path.name.endswith((".lock", "-shm")):
            shutil.copy(path, into)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "central.db"


@pytest.mark.parametrize("between", [0, 100, 1000])
@pytest.mark.parametrize("after", [50, 700])
def test_a_copy_put_back_beside_the_log_of_a_later_run_is_used_only_if_nothing_is_missing(
    file: Path, tmp_path: Path, between: int, after: int
) -> None:
    with closing(opened(file)) as store:
        many(store, 0, 300)
    shutil.copy(file, tmp_path / "backup.db")
    if between:
        with closing(opened(file)) as store:
            many(store, 300, between)
    with closing(opened(file)) as store:
        many(store, 300 + between, after)
        killed(file, tmp_path / "left")
    shutil.copy(tmp_path / "backup.db", tmp_path / "left" / "central.db")
    before = {path.name: path.read_bytes() for path in (tmp_path / "left").glob("central.db")}
    try:
        with closing(opened(tmp_path / "left" / "central.db")) as store:
            kept = len(store.select(Session))
    except StoreUnusable as refusal:
        assert between
        assert "evcharging restore" in str(refusal)
        assert {path.name: path.read_bytes() for path in (tmp_path / "left").glob("central.db")} == before
    else:
        assert kept == 300 + between + after
        findings = audit(f"sqlite:///{tmp_path}/left/central.db").findings
        assert [text for text in findings if "led to it" not in text] == []


def test_a_gap_far_back_is_found_after_an_end_that_was_not_in_good_order(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_module, "NEWEST", 20)
    with closing(opened(file)) as store:
        many(store, 0, 200)
        connection = sqlite3.connect(file)
        connection.execute("DELETE FROM facts WHERE fact_id = 30")
        connection.commit()
        killed(file, tmp_path / "left")
        connection.close()
    opened(file).close()
    with pytest.raises(StoreUnusable, match="fact 31 does not follow from the one before"):
        opened(tmp_path / "left" / "central.db")


def test_the_log_of_another_ledger_is_refused(file: Path, tmp_path: Path) -> None:
    with closing(opened(file)) as store:
        many(store, 0, 300)
    other = tmp_path / "other" / "central.db"
    with closing(opened(other)) as store:
        many(store, 0, 700)
    with closing(opened(other)) as store:
        put(store, session("S-00001", stop=7))
        killed(other, tmp_path / "left")
    shutil.copy(file, tmp_path / "left" / "central.db")
    with pytest.raises(StoreUnusable, match="restore a backup with `evcharging restore`"):
        opened(tmp_path / "left" / "central.db")


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_ledger_that_is_cut_short_is_refused_and_left_as_it_was(file: Path, part: float) -> None:
    with closing(opened(file)) as store:
        many(store, 0, 500)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(StoreUnusable, match=r"malformed|damaged") as refusal:
        opened(file)
    assert str(file) in str(refusal.value) and "evcharging restore" in str(refusal.value)
    assert file.read_bytes() == whole[: int(len(whole) * part)]


def test_a_page_of_zeros_in_the_middle_is_refused(file: Path) -> None:
    with closing(opened(file)) as store:
        many(store, 0, 500)
    whole = bytearray(file.read_bytes())
    middle = len(whole) // 2 // 4096 * 4096
    whole[middle : middle + 4096] = bytes(4096)
    file.write_bytes(whole)
    with pytest.raises(StoreUnusable, match=REFUSED):
        opened(file)


SPOILED = {
    "DELETE FROM facts WHERE fact_id = (SELECT max(fact_id) FROM facts)": "newest fact of shard 1 is not the one",
    "DELETE FROM facts WHERE shard = '1'": "the first facts of shard 1 are missing",
    "DELETE FROM facts WHERE fact_id = 1": "the first facts of shard 0 are missing",
    "DELETE FROM facts": "the first facts of shard 0 are missing",
    "UPDATE shards SET head = 'x' WHERE shard = '0'": "newest fact of shard 0 is not the one",
    "UPDATE facts SET body = replace(body, '300000', '300001') WHERE fact_id = 3": "fact 3 does not follow",
    "DELETE FROM facts WHERE fact_id = 5": "fact 6 does not follow from the one before",
}


@pytest.mark.parametrize(("statement", "said"), SPOILED.items())
def test_a_ledger_whose_chains_do_not_end_as_its_shards_say_is_refused(file: Path, statement: str, said: str) -> None:
    ledger_with_a_story(f"sqlite:///{file}")
    tamper(f"sqlite:///{file}", statement)
    with pytest.raises(StoreUnusable, match=REFUSED) as refusal:
        opened(file)
    assert said in str(refusal.value)


@pytest.mark.parametrize(("statement", "said"), SPOILED.items())
def test_so_is_one_on_postgresql(postgres: Postgres, statement: str, said: str) -> None:
    url = postgres.url(postgres.new_database())
    ledger_with_a_story(url)
    postgres.ask(statement, url.rpartition("/")[2])
    with pytest.raises(StoreUnusable, match=REFUSED) as refusal:
        SqlStore(url)
    assert said in str(refusal.value)


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_log_without_its_ledger_is_not_thrown_away(file: Path, tmp_path: Path, how: str) -> None:
    with closing(opened(file)) as store:
        many(store, 0, 50)
        killed(file, tmp_path / "left")
    left = tmp_path / "left" / "central.db"
    if how == "removed":
        left.rename(tmp_path / "kept")
    else:
        shutil.copy(left, tmp_path / "kept")
        left.write_bytes(b"")
    with pytest.raises(StoreUnusable, match=r"^The ledger \S+ is gone or empty, but what was written last is in"):
        opened(left)
    shutil.copy(tmp_path / "kept", left)
    with closing(opened(left)) as store:
        assert len(store.select(Session)) == 50


def test_a_large_ledger_is_looked_at_for_a_few_seconds_and_no_longer(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_module, "STEPS", 10)
    with closing(opened(file)) as store:
        many(store, 0, 500)
    whole = bytearray(file.read_bytes())
    whole[-4096:] = bytes(4096)
    file.write_bytes(whole)
    assert whole_module.broken(file) is not None
    assert whole_module.broken(file, within_s=-1.0) is None
