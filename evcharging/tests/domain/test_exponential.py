"""The exponential and the logarithm: as good as a platform's own, and the same bits everywhere."""

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evcharging.domain.exponential import exp, log
from evcharging.tests.stages.scenario import law

EXP_BOUND, LOG_BOUND = Decimal("3e-16"), Decimal("5e-16")
PLATFORM = 2.5e-16
"""How far a platform's own may be off."""

exponents = st.floats(-700, 700)
positives = st.floats(1e-300, 1e300)
near_one = st.floats(0.5, 2)


def off(found: float, true: Decimal) -> Decimal:
    """The error, relative to the true value."""
    return abs(Decimal(found) - true) / abs(true)


@pytest.mark.parametrize("start", range(-700, 700, 50))
def test_the_exponential_is_the_platforms_own_over_a_dense_range(start: int) -> None:
    for step in range(5_000):
        x = start + step / 100
        assert math.isclose(exp(x), math.exp(x), rel_tol=float(EXP_BOUND) + PLATFORM, abs_tol=0)


def test_the_exponential_is_the_platforms_own_where_batteries_are() -> None:
    for step in range(100_000):
        x = -step / 10_000
        assert math.isclose(exp(x), math.exp(x), rel_tol=float(EXP_BOUND) + PLATFORM, abs_tol=0)


def test_the_logarithm_is_the_platforms_own_over_a_dense_range() -> None:
    for step in range(1, 100_000):
        for x in (step / 50_000, step / 7, 1e-250 * step, 1e250 * step):
            assert math.isclose(log(x), math.log(x), rel_tol=float(LOG_BOUND) + PLATFORM, abs_tol=0)


@law
@given(x=exponents)
def test_the_exponential_is_within_its_bound_of_the_true_value(x: float) -> None:
    with localcontext(prec=40):
        assert off(exp(x), Decimal(x).exp()) < EXP_BOUND


@law
@given(x=positives | near_one)
@example(math.nextafter(1, 0))
@example(math.nextafter(1, 2))
@example(math.sqrt(0.5))
@example(math.nextafter(math.sqrt(0.5), 0))
@example(math.sqrt(2))
def test_the_logarithm_is_within_its_bound_of_the_true_value(x: float) -> None:
    with localcontext(prec=40):
        assert x == 1 or off(log(x), Decimal(x).ln()) < LOG_BOUND


@law
@given(x=exponents)
def test_the_logarithm_takes_the_exponential_back(x: float) -> None:
    assert math.isclose(log(exp(x)), x, rel_tol=1e-15, abs_tol=1e-15)


@pytest.mark.parametrize(
    ("x", "bits"),
    [
        (0.0, "0x1.0000000000000p+0"),
        (1.0, "0x1.5bf0a8b14576ap+1"),
        (-1.0, "0x1.78b56362cef38p-2"),
        (-0.1, "0x1.cf46d99d52b3ap-1"),
        (-12.5, "0x1.f42ed3f68e690p-19"),
        (700.0, "0x1.d945df4f8ec8ep+1009"),
        (-700.0, "0x1.14f2b0fb9307fp-1010"),
        (-700.5, "0x0.0p+0"),
    ],
)
def test_the_bits_of_an_exponential_never_change(x: float, bits: str) -> None:
    assert exp(x).hex() == bits


@pytest.mark.parametrize(
    ("x", "bits"),
    [
        (1.0, "0x0.0p+0"),
        (2.0, "0x1.62e42fefa39efp-1"),
        (0.5, "-0x1.62e42fefa39efp-1"),
        (10.0, "0x1.26bb1bbb55516p+1"),
        (0.7, "-0x1.6d3c324e13f4fp-2"),
        (1.4, "0x1.588c2d913348fp-2"),
        (1e300, "0x1.5963447f87fb5p+9"),
    ],
)
def test_the_bits_of_a_logarithm_never_change(x: float, bits: str) -> None:
    assert log(x).hex() == bits


def test_what_has_no_value_is_refused() -> None:
    with pytest.raises(OverflowError, match="beyond"):
        exp(700.5)
    for x in (0.0, -1.0):
        with pytest.raises(ValueError, match="has no logarithm"):
            log(x)
