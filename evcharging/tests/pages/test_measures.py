"""The house's measures find what is beyond them."""

from pathlib import Path

from tools import measures

TWICE = "class Same:\n    pass\n"
LONG = "def long() -> None:\n" + "    print()\n" * (measures.LONGEST_FUNCTION + 1)


def measured(folder: Path, **files: str) -> list[str]:
    (folder / "evcharging").mkdir()
    for name, text in files.items():
        (folder / "evcharging" / f"{name}.py").write_text(text)
    return list(measures.beyond(list(measures.sources(folder))))


def test_this_house_is_within_its_measures() -> None:
    assert list(measures.beyond(list(measures.sources()))) == []


def test_a_name_with_two_meanings_is_found(tmp_path: Path) -> None:
    assert measured(tmp_path, one=TWICE, two=TWICE) == ["Same means 2 things: evcharging/one.py, evcharging/two.py"]


def test_a_long_file_and_a_long_function_are_found(tmp_path: Path) -> None:
    comments = "# a line\n" * (measures.LONGEST_FILE + 1)
    found = measured(tmp_path, far=comments, near=LONG, ok="def short() -> None:\n    print()\n" * 20)
    assert found == [
        "evcharging/far.py has 351 lines, and at most 350 are read at a glance",
        "evcharging/near.py: long has 61 lines, and at most 60 are read at a glance",
    ]
