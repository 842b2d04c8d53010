"""A key is in a file for its owner alone, and what cannot be used is told in one sentence that says nothing of it."""

from pathlib import Path

import pytest

from evcharging.adapters.key_files import BadKeyFile, read_key, write_key
from evcharging.adapters.own_seals import OwnKey
from evcharging.common.utils import changed
from evcharging.domain.access.keys import KeyKind

KEY = OwnKey(kind=KeyKind.DRIVER, id="driver-alice", version=2, key=b"\x02" * 32, older=(1, b"\x01" * 32))


@pytest.mark.parametrize("key", [KEY, changed(KEY, older=None)], ids=["two", "one"])
def test_a_key_that_was_written_is_read_again(tmp_path: Path, key: OwnKey) -> None:
    file = tmp_path / "data" / "driver-alice.key"
    write_key(file, key)
    assert read_key(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["driver-alice.key"]


def test_a_newer_key_takes_the_place_of_the_one_before_also_of_one_that_others_could_read(tmp_path: Path) -> None:
    file = tmp_path / "driver-alice.key"
    file.write_text("an old one")
    file.chmod(0o644)
    write_key(file, KEY)
    assert read_key(file) == KEY


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "driver-alice.key"
    write_key(file, KEY)
    file.chmod(0o640)
    with pytest.raises(BadKeyFile, match=f"^The key {file} can be read by others on this machine: chmod 600 {file}$"):
        read_key(file)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"kind":"driver","id":"driver-alice","version":1}',
        '{"kind":"driver","id":"driver-alice","version":1,"key":"00"}',
        '{"kind":"driver","id":"driver-alice","version":1,"key":"no"}',
        '{"kind":"driver","id":"a b","version":1,"key":"' + "00" * 32 + '"}',
        '{"kind":"king","id":"driver-alice","version":1,"key":"' + "00" * 32 + '"}',
    ],
)
def test_what_is_no_key_is_refused_without_a_word_of_what_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "driver-alice.key"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(BadKeyFile) as refused:
        read_key(file)
    assert str(refused.value) == f"{file} holds no key of a point or driver: remove it, and have the key made anew"


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match=r"^The key .*none\.key cannot be read: no such file or directory$"):
        read_key(tmp_path / "none.key")
