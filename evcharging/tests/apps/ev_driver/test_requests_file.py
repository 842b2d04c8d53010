"""The requests file: what it may hold, and one sentence for what it may not."""

import os
from pathlib import Path

import pytest

from evcharging.apps.ev_driver.requests_file import LARGEST, BadRequestsFile, read_requests
from evcharging.tests.places import ROOT

NOTHING = "{path} names no charging point: write one ID a line, such as CP-001, or @SITE-1 for any of a site"
SAMPLE = ROOT / "requests.txt"


def write(folder: Path, content: bytes) -> str:
    path = folder / "requests.txt"
    path.write_bytes(content)
    return str(path)


def test_ids_come_in_the_order_of_the_file_as_often_as_they_stand_there(tmp_path: Path) -> None:
    assert read_requests(write(tmp_path, b"CP-002\nCP-001\nCP-002\n")) == ["CP-002", "CP-001", "CP-002"]


@pytest.mark.parametrize(
    "content",
    [
        b"CP-001\nCP-002",
        b"CP-001\r\nCP-002\r\n",
        b"\xef\xbb\xbfCP-001\nCP-002\n",
        b"\n\n  CP-001\t\n\n# all of it\nCP-002 # and more\n#CP-003\n",
    ],
    ids=["no last line break", "Windows", "byte order mark", "comments and blanks"],
)
def test_line_ends_blanks_and_comments_do_not_matter(tmp_path: Path, content: bytes) -> None:
    assert read_requests(write(tmp_path, content)) == ["CP-001", "CP-002"]


def test_a_line_may_name_a_site_for_any_point_there(tmp_path: Path) -> None:
    assert read_requests(write(tmp_path, b"@SITE-1\nCP-001\n")) == ["@SITE-1", "CP-001"]
    with pytest.raises(BadRequestsFile, match="line 1: '@SITE/1' is no site ID; "):
        read_requests(write(tmp_path, b"@SITE/1\n"))


def test_the_sample_names_at_least_ten_points() -> None:
    assert len(set(read_requests(str(SAMPLE)))) >= 10


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "{path} names no charging point: write one ID a line, such as CP-001, or @SITE-1 for any of a site"),
        (
            b"# nothing\n\n",
            "{path} names no charging point: write one ID a line, such as CP-001, or @SITE-1 for any of a site",
        ),
        (b"\xff\xfe", "{path} is not a text file in UTF-8"),
        (bytes(LARGEST + 1), "{path} is larger than 1048576 bytes: a requests file has an ID a line"),
    ],
    ids=["empty", "only comments", "not UTF-8", "too large"],
)
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(BadRequestsFile) as refused:
        read_requests(path)
    assert str(refused.value) == sentence.format(path=path)


@pytest.mark.parametrize("line", ["CP 002", "../CP-002", "CP-002,CP-003", "<script>", "CP\0002", "CP-é", "-", "x" * 65])
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, f"CP-001\n\n# a comment\n{line}\n".encode())
    with pytest.raises(BadRequestsFile) as refused:
        read_requests(path)
    assert str(refused.value).startswith(f"{path}, line 4: {line[:80]!r} is no charging point ID; an ID is 1 to 64 of")


def test_a_long_bad_line_is_not_repeated_whole(tmp_path: Path) -> None:
    with pytest.raises(BadRequestsFile) as refused:
        read_requests(write(tmp_path, b"?" * 100_000))
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("name", "why"),
    [("nowhere.txt", "no such file or directory"), (".", "is a directory"), ("x" * 300, "file name too long")],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, why: str) -> None:
    path = os.fspath(tmp_path / name)
    with pytest.raises(BadRequestsFile) as refused:
        read_requests(path)
    assert str(refused.value) == f"Cannot read the requests file {path}: {why}"


def test_no_name_is_said_so() -> None:
    with pytest.raises(BadRequestsFile, match=r"Cannot read the requests file \(without a name\): is a directory"):
        read_requests("")


def test_a_source_without_end_is_not_read_for_ever() -> None:
    with pytest.raises(BadRequestsFile, match="is larger than 1048576 bytes"):
        read_requests("/dev/zero")
