"""A limit of current or power, as people write it."""

import pytest

from evcharging.common.amperes import limit_of


@pytest.mark.parametrize(
    ("text", "ma"),
    [
        ("32A", 32_000),
        ("32 A", 32_000),
        ("6a", 6_000),
        ("16.5A", 16_500),
        ("22.08kW", 32_000),
        ("150kW", 217_391),
        ("4.14 kw", 6_000),
        ("10000A", 10_000_000),
    ],
)
def test_a_limit_is_in_amperes_on_each_phase_or_in_kilowatts_of_all_three(text: str, ma: int) -> None:
    assert limit_of(text) == ma


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'' is no limit"),
        ("32", "'32' is no limit: write amperes on each phase such as 32A, or kilowatts such as 150kW"),
        ("-32A", "no limit"),
        ("32MW", "no limit"),
        ("1e3A", "no limit"),
        ("٣٢A", "no limit"),
        ("32A\n", "no limit"),
        ("9" * 5_000 + "A", "no limit"),
        ("0A", "0A is below 6 A on each phase"),
        ("5.999A", "below 6 A"),
        ("4kW", "4kW is below 6 A on each phase (4.14 kW)"),
        ("10001A", "10001A is above 10000 A on each phase"),
        ("7MW", "no limit"),
        ("7000kW", "above 10000 A"),
    ],
)
def test_what_is_no_limit_is_said_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"limit|6 A|10000 A") as caught:
        limit_of(text)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)
