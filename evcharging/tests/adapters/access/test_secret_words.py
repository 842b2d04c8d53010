"""Secrets that are handed out: by chance, long enough, and known again by their hashes alone."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.secret_words import (
    ENROLMENT,
    REFRESH,
    MachineWord,
    hash_of_word,
    is_word_of,
    machine_word,
    new_machine_word,
    new_word,
)

BYTES = 32


def bytes_of(secret: str) -> bytes:
    return base64.urlsafe_b64decode(f"{secret}=")


@pytest.mark.parametrize("prefix", ["", REFRESH, ENROLMENT])
def test_what_is_handed_out_has_256_bits_and_never_comes_again(prefix: str) -> None:
    words = {new_word(prefix) for _ in range(1_000)}
    contents = {bytes_of(word.removeprefix(prefix)) for word in words}
    assert len(contents) == 1_000
    assert {len(content) for content in contents} == {BYTES}
    # No bit is always the same: by chance that would be so once in 2^990 times.
    numbers = [int.from_bytes(content, "big") for content in contents]
    assert {bit for bit in range(8 * BYTES) if len({number >> bit & 1 for number in numbers}) < 2} == set()


def test_the_secret_of_a_machine_key_has_256_bits_too() -> None:
    words = {new_machine_word() for _ in range(1_000)}
    assert len({word.key_id for word in words}) == len({word.secret for word in words}) == 1_000
    assert {len(bytes_of(word.secret)) for word in words} == {BYTES}


def test_a_machine_key_is_read_as_it_was_handed_out() -> None:
    word = new_machine_word()
    assert machine_word(f"evk_{word.key_id}_{word.secret}") == MachineWord(word.key_id, word.secret)


@pytest.mark.parametrize("text", ["", "evk_", "evk_k1_", "evk_K1_" + "a" * 43, "evk_k1_" + "a" * 42, "evr_" + "a" * 43])
def test_what_is_no_machine_key_is_none(text: str) -> None:
    assert machine_word(text) is None


@given(st.text(), st.text())
def test_of_a_secret_its_sha_256_is_kept_and_fits_no_other(word: str, other: str) -> None:
    kept = hash_of_word(word)
    assert kept == hashlib.sha256(word.encode()).hexdigest()
    assert is_word_of(word, kept)
    assert is_word_of(other, kept) == (other == word)
