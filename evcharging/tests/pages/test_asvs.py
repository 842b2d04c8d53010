"""The page of the ASVS: every requirement that it says is held has a test, and that test is there."""

import re

import pytest

from evcharging.tests.places import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
HOLDS, REST = PAGE.split("## What does not hold, or only in part")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+)[^|]*\| [^|]+ \| [^|]+ \| `(test_\w+)` \|$", HOLDS, re.MULTILINE)
TESTS = {
    name
    for folder in (ROOT / "evcharging" / "tests", ROOT / "tests")
    for file in folder.rglob("*.py")
    for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
}


def test_every_row_is_read() -> None:
    assert len(ROWS) == len(re.findall(r"^\| \d", HOLDS, re.MULTILINE)) > 60


def test_each_requirement_stands_there_once_and_in_order() -> None:
    numbers = [tuple(map(int, number.split("."))) for number, _ in ROWS]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(("number", "name"), ROWS, ids=[number for number, _ in ROWS])
def test_the_test_of_a_requirement_is_there(number: str, name: str) -> None:
    assert name in TESTS, number
