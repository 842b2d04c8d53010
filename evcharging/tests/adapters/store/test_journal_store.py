"""The engines' journal: torn tails, damage, compaction and its lock."""

import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.journal.file import JournalFile
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.domain.records import JOURNAL
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.tests.contracts.durable_contract import full_disk
from evcharging.tests.stages.store_world import LOG, NOW, names, order, put, session

NOT_READINGS = tuple(kind for kind in JOURNAL if kind is not Reading)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "engine.journal"


@pytest.fixture
def store(file: Path) -> Iterator[JournalStore]:
    store = JournalStore(file, volatile=frozenset({Reading}), compact_from=20_000)
    yield store
    store.close()


def reading(register_mwh: int, cp_id: str = "CP-1") -> Reading:
    return Reading(cp_id=cp_id, register_mwh=register_mwh, ts=NOW)


def supply(cp_id: str = "CP-1") -> Supply:
    return Supply(cp_id=cp_id, session_id="S-1", driver_id="driver-1", micro_euros_per_kwh=300_000)


def opened(file: Path) -> JournalStore:
    """The journal as it would be found again."""
    store = JournalStore(file)
    store.close()
    return store


def opened_after(store: JournalStore, file: Path) -> JournalStore:
    store.close()
    return opened(file)


def rewritings(sizes: list[int]) -> int:
    return sum(after < before for before, after in pairwise(sizes))


# Crashes and damage


def test_a_last_line_cut_off_anywhere_is_as_if_it_was_never_begun(store: JournalStore, file: Path) -> None:
    put(store, reading(1), supply(), outbox=("a",))
    kept = file.stat().st_size
    store.commit(Commit(records=[("0", reading(2))], outbox=[("0", order("b"))]))
    store.close()
    whole = file.read_bytes()
    for length in range(kept, len(whole)):
        file.write_bytes(whole[:length])
        again = opened(file)
        assert (again.select(Reading), names(again.unsent(["0"]))) == ([reading(1)], ["a"])
        assert (again.cut_off, file.read_bytes()) == (length - kept, whole[:kept])
    file.write_bytes(whole)
    assert opened(file).select(Reading) == [reading(2)]


def test_after_a_torn_line_the_journal_goes_on(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    store.close()
    file.write_bytes(file.read_bytes()[:-3])
    again = JournalStore(file)
    put(again, reading(2), supply())
    again.close()
    assert opened(file).select(Reading) == [reading(2)]


def test_a_last_line_with_holes_from_a_power_cut_is_cut_off(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    kept = file.stat().st_size
    put(store, reading(2))
    store.close()
    text = file.read_bytes()
    file.write_bytes(text[: kept + 9] + bytes(len(text) - kept - 10) + b"\n")
    again = opened(file)
    assert again.select(Reading) == [reading(1)]
    assert again.cut_off == len(text) - kept


@pytest.mark.parametrize("line", [2, 3, 4, 5])
@pytest.mark.parametrize("change", [b"#", b"\0"], ids=["a wrong byte", "a zero"])
def test_damage_before_the_end_is_refused_by_its_line_and_nothing_is_changed(
    store: JournalStore, file: Path, line: int, change: bytes
) -> None:
    for n in range(3):
        put(store, reading(n))
    store.close()
    lines = file.read_bytes().splitlines(keepends=True)
    middle = len(lines[line - 1]) // 2
    lines[line - 1] = lines[line - 1][:middle] + change + lines[line - 1][middle + 1 :]
    file.write_bytes(b"".join(lines))
    with pytest.raises(
        StoreUnavailable, match=rf"^[^\n]+ is damaged in line {line} \(its checksum is wrong\): [^\n]+$"
    ):
        JournalStore(file)
    assert file.read_bytes() == b"".join(lines)


def test_a_last_line_that_is_whole_but_wrong_is_damage_and_not_a_crash(store: JournalStore, file: Path) -> None:
    put(store, supply())
    store.close()
    file.write_bytes(file.read_bytes().replace(b"driver-1", b"driver-2"))
    with pytest.raises(StoreUnavailable, match="damaged in line 3"):
        JournalStore(file)


def test_records_of_a_kind_that_is_not_known_are_refused(store: JournalStore, file: Path) -> None:
    put(store, supply(), reading(1))
    store.close()
    with pytest.raises(StoreUnavailable, match=r"line 3 \(records of the kind Reading are not known\)"):
        JournalStore(file, kinds=NOT_READINGS)


def test_records_that_do_not_fit_their_kind_are_refused(store: JournalStore, file: Path) -> None:
    class Reading(EngineMemory, frozen=True, kw_only=True):
        register_mwh: str

    put(store, reading(1))
    store.close()
    with pytest.raises(StoreUnavailable, match=r"line 3 \(Expected `str`, got `int`"):
        JournalStore(file, kinds=[*NOT_READINGS, Reading])


# Durability and size


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every sync to the disk."""
    synced: list[int] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(descriptor)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    return synced


def test_only_what_a_power_cut_may_take_is_not_synced(store: JournalStore, synced: list[int]) -> None:
    def syncs(commit: Commit) -> int:
        before = len(synced)
        store.commit(commit)
        return len(synced) - before

    assert syncs(Commit(records=[("0", reading(1))], log_id=LOG, positions={("cp.status", 0): 1})) == 0
    assert syncs(Commit(sent=[7])) == 0
    assert syncs(Commit(records=[("0", reading(2)), ("0", supply())])) == 1
    assert syncs(Commit(outbox=[("0", order("a"))])) == 1
    before = len(synced)
    store.claim(["0"])
    assert len(synced) == before + 1


def test_a_new_file_and_its_folder_are_synced(tmp_path: Path, synced: list[int]) -> None:
    opened(tmp_path / "new")
    assert len(synced) == 2


def test_a_write_that_fails_half_way_leaves_the_file_as_it_was(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    before = file.read_bytes()
    with full_disk(file.parent, free=100), pytest.raises(StoreUnavailable, match=r"File too large\): raise the limit"):
        store.commit(Commit(records=[("0", reading(n)) for n in range(10)]))
    assert file.read_bytes() == before
    assert store.select(Reading) == [reading(1)]


def test_what_was_not_synced_is_in_the_file_all_the_same(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    copy = file.with_name("copy")
    copy.write_bytes(file.read_bytes())
    assert opened(copy).select(Reading) == [reading(1)]


def test_a_journal_that_has_grown_is_rewritten_and_keeps_everything(store: JournalStore, file: Path) -> None:
    store.commit(Commit(log_id="log-2", positions={("cp.status", 1): 5}))
    put(store, session("old"), supply("CP-2"), session("young"), outbox=("a", "b", "c"))
    store.commit(Commit(sent=[2, 3]))
    sizes = []
    for n in range(1000):
        store.commit(Commit(records=[("0", reading(n))], log_id=LOG, positions={("cp.status", 0): n}))
        sizes.append(file.stat().st_size)
    assert max(sizes) < 21_000
    assert rewritings(sizes) >= 3
    again = opened_after(store, file)
    for kind in (Reading, Supply, type(session())):
        assert again.page(kind, limit=9) == store.page(kind, limit=9) != []
    assert again.select(Reading) == [reading(999)]
    assert again.unsent(["0"]) == [(1, order("a"))]
    assert again.positions(LOG) == {("cp.status", 0): 999}
    assert again.positions("log-2") == {("cp.status", 1): 5}


def test_numbers_and_runs_go_on_after_a_rewriting(store: JournalStore, file: Path) -> None:
    store.commit(Commit(sent=put(store, outbox=("a", "b"))))
    size = 0
    while size < file.stat().st_size:
        size = file.stat().st_size
        store.commit(Commit(records=[("0", reading(size))]))
    store.close()
    again = JournalStore(file)
    assert again.claim(["0"]) == {"0": 2}
    assert again.commit(Commit(outbox=[("0", order("c"))])) == [3]
    again.close()


def test_a_large_state_is_not_rewritten_until_it_has_grown_fourfold(store: JournalStore, file: Path) -> None:
    fleet = [("0", reading(1, f"CP-{n}")) for n in range(1000)]
    sizes = []
    for _ in range(21):
        store.commit(Commit(records=[*fleet]))
        sizes.append(file.stat().st_size)
    assert rewritings(sizes) == 5


def test_a_rewriting_that_a_crash_cut_short_is_begun_anew(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    store.close()
    file.with_name("engine.journal.new").write_bytes(b"evcharging jou")
    assert opened(file).select(Reading) == [reading(1)]


def test_a_rewriting_that_fails_harms_no_commit(store: JournalStore, file: Path) -> None:
    file.with_name("engine.journal.new").mkdir()
    for n in range(500):
        store.commit(Commit(records=[("0", reading(n))]))
    assert file.stat().st_size > 40_000
    assert opened_after(store, file).select(Reading) == [reading(499)]


def test_a_rewriting_that_breaks_off_leaves_the_old_file_and_no_other(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    store.close()
    before = file.read_bytes()
    journal = JournalFile(file)
    with full_disk(file.parent, free=1000), pytest.raises(StoreUnavailable, match=r"^Cannot rewrite the journal"):
        journal.rewrite([b"1" * 10_000])
    journal.close()
    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["engine.journal", "engine.journal.lock"]


# Who may use it, and what it is


def test_a_second_process_is_told_that_the_journal_is_in_use(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    with pytest.raises(StoreUnavailable, match=r"^The journal \S+ is in use by another process: [^\n]+$"):
        JournalStore(file)
    store.close()
    assert opened(file).select(Reading) == [reading(1)]


def test_a_journal_is_held_through_a_rewriting(store: JournalStore, file: Path) -> None:
    inode = file.stat().st_ino
    while file.stat().st_ino == inode:
        put(store, reading(1))
    with pytest.raises(StoreUnavailable, match="in use"):
        JournalStore(file)


def test_an_empty_file_is_a_new_journal_and_folders_are_made(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for file in (tmp_path / "empty", tmp_path / "a" / "b" / "new"):
        store = JournalStore(file)
        put(store, reading(1))
        store.close()
        assert opened(file).select(Reading) == [reading(1)]


def a_directory(folder: Path) -> Path:
    return folder


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "deeper" / "engine.journal"


def a_device(_: Path) -> Path:
    return Path("/dev/full")


def where_nobody_may_write(_: Path) -> Path:
    return Path("/proc/evcharging/engine.journal")


def another_text(folder: Path) -> Path:
    (folder / "requests.txt").write_text("CP-001\nCP-002\n")
    return folder / "requests.txt"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (a_directory, "is not a file: give the path of one"),
        (a_device, "is not a file: give the path of one"),
        (below_a_file, "Not a directory): give another path"),
        (where_nobody_may_write, "check the path and the disk"),
        (another_text, "is not a journal of this program: give another path"),
    ],
)
def test_a_place_that_cannot_be_a_journal_is_told_in_one_sentence_and_left_alone(
    tmp_path: Path, place: Callable[[Path], Path], said: str
) -> None:
    file = place(tmp_path)
    before = another_text(tmp_path).read_bytes()
    with pytest.raises(StoreUnavailable, match=r"^[^\n]+$") as trouble:
        JournalStore(file)
    assert said in str(trouble.value)
    assert another_text(tmp_path).read_bytes() == before
