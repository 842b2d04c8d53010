"""A simulated building."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.power.building import PERIOD, building_ma
from evcharging.tests.stages.scenario import T0


@given(most_ma=st.integers(6_000, 10_000_000), second=st.floats(0, 86_400))
def test_it_takes_from_two_fifths_of_its_most_up_to_all_of_it(most_ma: int, second: float) -> None:
    assert 0.4 * most_ma - 1 <= building_ma(most_ma, T0 + timedelta(seconds=second)) <= most_ma


def test_it_goes_from_its_least_to_its_most_and_back() -> None:
    assert [building_ma(10_000, T0 + PERIOD * part / 4) for part in range(5)] == [4_000, 7_000, 10_000, 7_000, 4_000]
