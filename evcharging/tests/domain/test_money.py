"""Money: whole micro-euro, rounded half up once, by one rule."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.money import to_euros, to_micro_euros
from evcharging.domain.price import price_of_energy
from evcharging.tests.stages.scenario import law

energies = st.integers(0, 10**12)
prices = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("energy_mwh", "price", "cost"),
    [
        (61_111, 300_000, 18_333),  # 22 kW for 10 s at €0.30: the specification's own session
        (1_000_000, 300_000, 300_000),
        (0, 300_000, 0),
        (61_111, 0, 0),
        (1, 499_999, 0),
        (1, 500_000, 1),
        (1, 500_001, 1),
        (1, 1_499_999, 1),
        (3, 500_000, 2),
        (10**12, 10**9, 10**15),
    ],
)
def test_a_cost_is_the_product_with_a_half_rounded_up(energy_mwh: int, price: int, cost: int) -> None:
    assert price_of_energy(energy_mwh, price) == cost


@law
@given(energy=energies, price=prices)
def test_a_cost_is_the_exact_product_rounded_to_the_nearest_micro_euro(energy: int, price: int) -> None:
    exact = Fraction(energy * price, 1_000_000)
    assert price_of_energy(energy, price) == floor(exact + Fraction(1, 2))


@law
@given(energy=energies, more=energies, price=prices)
def test_more_energy_never_costs_less(energy: int, more: int, price: int) -> None:
    assert price_of_energy(energy + more, price) >= price_of_energy(energy, price)


@law
@given(energy=energies, price=prices, more=prices)
def test_a_higher_price_never_costs_less(energy: int, price: int, more: int) -> None:
    assert price_of_energy(energy, price + more) >= price_of_energy(energy, price)


@law
@given(first=energies, second=energies, price=prices)
def test_two_halves_cost_what_the_whole_costs_but_for_one_micro_euro(first: int, second: int, price: int) -> None:
    apart = price_of_energy(first, price) + price_of_energy(second, price)
    assert abs(price_of_energy(first + second, price) - apart) <= 1


@law
@given(micro_euros=st.integers(0, 10**15))
def test_micro_euros_come_back_unchanged_from_euros(micro_euros: int) -> None:
    assert to_micro_euros(to_euros(micro_euros)) == micro_euros


MEANT = [(0.3, 300_000), (0.29, 290_000), (0.1 + 0.2, 300_000), (0.0, 0), (1e-7, 1), (5e-324, 1)]


@pytest.mark.parametrize(("euros", "micro_euros"), MEANT)
def test_euros_of_a_setting_become_the_micro_euros_that_were_meant(euros: float, micro_euros: int) -> None:
    assert to_micro_euros(euros) == micro_euros
