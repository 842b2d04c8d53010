"""Passwords: which may be chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.access.passwords import LONGEST, SHORTEST, one_spelling, why_no_password

COMMON = frozenset({"q1w2e3r4t5y6", "christopher1"})


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "has 12 to 128 characters, and this one has 11"),
        ("", "has 12 to 128 characters, and this one has 0"),
        ("x" * 100 + "y" * 29, "and this one has 129"),
        ("ana.nunez@example.org", "must not be the name"),
        ("ANA.NUNEZ@example.org", "must not be the name"),
        ("q1w2e3r4t5y6", "among the first that are guessed"),
        ("Christopher1", "among the first that are guessed"),
        ("aaaaaaaaaaaaaaaa", "among the first that are guessed"),
        ("121212121212", "among the first that are guessed"),
    ],
)
def test_a_password_that_is_refused_is_so_in_one_sentence_without_it(password: str, why: str) -> None:
    found = why_no_password(password, "ana.nunez@example.org", COMMON)
    assert found is not None and why in found and "\n" not in found
    assert not password or password not in found


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "twelve chars", "más vale tarde", "1 22 333 4444", "abcd" * 32, "pässwörter 中文!"],
)
def test_any_composition_will_do(password: str) -> None:
    assert why_no_password(password, "ana", COMMON) is None


@given(st.text(max_size=200))
def test_any_text_is_judged_and_what_is_taken_has_the_length(password: str) -> None:
    has_the_length = SHORTEST <= len(one_spelling(password)) <= LONGEST
    assert has_the_length or why_no_password(password, "ana", COMMON) is not None


def test_letters_are_the_same_however_they_are_written() -> None:
    assert one_spelling("contrasen\N{COMBINING TILDE}a") == one_spelling("contraseña") == "contraseña"
