"""Files with keys: made once, for their user alone, and refused in a sentence where they are not as they must be."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evcharging.adapters.key_files import (
    CentralKeys,
    KeyFileUnusable,
    KeysFile,
    OlderKey,
    OwnKey,
    central_keys,
    own_key,
    put_own_key,
    renew_signing_key,
)
from evcharging.domain.access.keys import KeyKind
from evcharging.tests.stages.store_world import NOW


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_made_at_the_first_need_and_are_the_same_from_then_on(file: Path) -> None:
    made = central_keys(file, may_make=True)
    again = central_keys(file, may_make=False)
    assert (again.master, again.signing) == (made.master, made.signing)
    assert (len(made.master), len(made.signing.keys), mode(file)) == (32, 1, 0o600)
    assert [path.name for path in file.parent.iterdir()] == ["keys.json"]


def test_of_several_programs_that_make_them_at_once_all_have_the_same(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: central_keys(file, may_make=True).master, range(8)))
    assert len(set(made)) == 1
    assert mode(file) == 0o600


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o601])
def test_keys_that_others_can_read_are_refused_with_what_to_do(file: Path, bits: int) -> None:
    central_keys(file, may_make=True)
    file.chmod(bits)
    with pytest.raises(
        KeyFileUnusable, match=rf"^{file} can be read by others, and has secrets in it: chmod 600 {file}$"
    ):
        central_keys(file, may_make=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"master": {}, "jwt": {"newest": "a", "keys": {}}}',
        '{"master": {"1": "00"}, "jwt": {"newest": "a", "keys": {"a": "%(key)s"}}}',
        '{"master": {"1": "%(key)s"}, "jwt": {"newest": "b", "keys": {"a": "%(key)s"}}}',
        '{"master": {"one": "%(key)s"}, "jwt": {"newest": "a", "keys": {"a": "%(key)s"}}}',
        '{"master": {"1": "%(key)s"}, "jwt": {"newest": "a", "keys": {"a": "%(key)sz"}}}',
    ],
)
def test_keys_that_are_broken_are_refused_without_what_is_in_them(file: Path, text: str) -> None:
    file.write_text(text % {"key": "5e" * 32} if "%" in text else text)
    file.chmod(0o600)
    with pytest.raises(KeyFileUnusable) as refused:
        central_keys(file, may_make=True)
    assert str(refused.value) == f"{file} is not a file with keys, or is broken: put it back from where you keep a copy"


def test_keys_that_are_lost_are_not_made_anew_where_others_depend_on_them(file: Path) -> None:
    with pytest.raises(
        KeyFileUnusable, match="is gone, by which the keys of points and drivers were made: put it back"
    ):
        central_keys(file, may_make=False)
    assert not file.exists()


def test_a_place_that_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(KeyFileUnusable, match=r"^Cannot read \S+/folder \(Is a directory\)"):
        central_keys(tmp_path / "folder", may_make=True)
    (tmp_path / "file").touch()
    with pytest.raises(
        KeyFileUnusable, match=r"^Cannot write \S+keys.json \((Not a directory|File exists)\): give a path"
    ):
        central_keys(tmp_path / "file" / "keys.json", may_make=True)


def test_a_key_that_signs_is_renewed_and_the_one_before_counts_on(file: Path) -> None:
    first = central_keys(file, may_make=True)
    second, third = renew_signing_key(file), renew_signing_key(file)
    assert list(second.signing.keys) == [first.signing.newest, second.signing.newest]
    assert list(third.signing.keys) == [second.signing.newest, third.signing.newest]
    assert first.master == third.master == central_keys(file, may_make=False).master
    assert mode(file) == 0o600


def test_who_uses_the_file_knows_a_renewed_key_at_once_and_keeps_the_last_that_could_be_read(file: Path) -> None:
    used = KeysFile(file, may_make=True)
    renewed = renew_signing_key(file)
    assert used.keys.signing == renewed.signing
    file.write_text("{")
    os.utime(file, ns=(1, 1))
    assert used.keys.signing == renewed.signing
    file.unlink()
    assert used.keys.signing == renewed.signing


def test_no_key_shows_in_what_is_printed_of_it(file: Path) -> None:
    keys = central_keys(file, may_make=True)
    own = OwnKey(kind=KeyKind.POINT, id="CP-001", version=2, key="5e" * 32, older=OlderKey(version=1, key="6f" * 32))
    printed = f"{keys!r} {keys} {own!r} {own} {own.older!r} {keys.signing!r} {[own, keys, file, NOW]}"
    assert not [key for key in ("5e" * 32, "6f" * 32, keys.master.hex(), str(keys.master)) if key in printed]


def test_a_points_key_comes_back_as_it_was_put(tmp_path: Path) -> None:
    file = tmp_path / "CP-001.key"
    assert own_key(file) is None
    first = OwnKey(kind=KeyKind.POINT, id="CP-001", version=1, key="5e" * 32)
    second = OwnKey(kind=KeyKind.POINT, id="CP-001", version=2, key="6f" * 32, older=OlderKey(version=1, key=first.key))
    for key in (first, second):
        put_own_key(file, key)
        assert own_key(file) == key
        assert mode(file) == 0o600
    assert second.secret == b"o" * 32


@pytest.mark.parametrize("key", ["", "5e", "zz" * 32, "5e" * 33])
def test_a_points_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    file = tmp_path / "CP-001.key"
    put_own_key(file, OwnKey(kind=KeyKind.POINT, id="CP-001", version=1, key=key))
    with pytest.raises(KeyFileUnusable, match="is not a file with keys, or is broken"):
        own_key(file)


def test_keys_are_kept_as_documented(file: Path) -> None:
    keys = CentralKeys({1: b"m" * 32}, central_keys(file, may_make=True).signing)
    newest = keys.signing.newest
    assert keys.text.decode() == (
        f'{{"master":{{"1":"{"6d" * 32}"}},"jwt":{{"newest":"{newest}","keys":{{"{newest}":"'
        f'{keys.signing.keys[newest].hex()}"}}}}}}'
    )
