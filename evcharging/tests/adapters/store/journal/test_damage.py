"""A journal whose tail is torn goes on without it; one that is damaged is refused."""

from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.domain.records import JOURNAL
from evcharging.domain.supply import EngineMemory, Reading
from evcharging.tests.stages.journal_stage import opened, reading, supply
from evcharging.tests.stages.store_world import names, order, put

NOT_READINGS = tuple(kind for kind in JOURNAL if kind is not Reading)


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
