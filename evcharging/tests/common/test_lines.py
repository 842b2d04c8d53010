"""One line of text that people write: whatever else Unicode has, it can be seen, and it hides nothing."""

import re
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.config import BadSettings, MonitorSettings, read
from evcharging.common.lines import LINE_PATTERN, checked_line

HIDDEN: tuple[Literal["Cc", "Cf", "Co", "Cs", "Zl", "Zp"], ...] = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


@pytest.mark.parametrize("text", ["Bay 1", "Calle Mayor, 7", "Straße", "北站", "مرآب", "🅿️ 3", "e\u0301", "."])
def test_text_in_any_script_is_a_line(text: str) -> None:
    assert checked_line(text) == text


@given(st.characters(categories=HIDDEN))
def test_no_character_that_is_not_seen_may_be_in_it(character: str) -> None:
    with pytest.raises(ValueError, match="without control or format characters"):
        checked_line(f"Bay {character} 1")


@given(st.text(st.sampled_from(" \u00a0\u2003\u3000\u3164\u2800\u115f\u1160\uffa0"), min_size=1))
def test_what_shows_nothing_is_blank(text: str) -> None:
    with pytest.raises(ValueError, match="not blank"):
        checked_line(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_pattern_says_the_same(text: str) -> None:
    try:
        checked_line(text)
    except ValueError:
        assert not re.fullmatch(LINE_PATTERN, text)
    else:
        assert re.fullmatch(LINE_PATTERN, text)
        assert not any(unicodedata.category(each) in HIDDEN for each in text)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("location", "  ", "--location (CP_MONITOR_LOCATION) is '  ': this is text that can be seen, not blank"),
        ("location", "a\u202eb", "this is one line of text, without control or format characters"),
        ("euros_per_kwh", 1e-7, "--euros-per-kwh (CP_MONITOR_EUROS_PER_KWH) is 1e-07: a price is 0, or large enough"),
    ],
)
def test_a_monitor_says_it_at_its_start(setting: str, value: object, sentence: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(sentence)):
        read(MonitorSettings, {setting: value})
