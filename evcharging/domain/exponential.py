"""The exponential and the logarithm with the same bits on every machine. A platform's own `exp`, `log` and `pow` round
as they like; IEEE 754 fixes only + - * / of doubles, and these are made of nothing else, but for `frexp` and `ldexp`,
which move the binary point and round nothing. Knows nothing of the domain.

Relative to the true value, `exp` is within 3e-16 of it, and `log` within 5e-16."""

from math import factorial, frexp, ldexp

LN_2_HIGH = float.fromhex("0x1.62e42fefa38p-1")
LN_2_LOW = float.fromhex("0x1.ef35793c7673p-45")
"""The logarithm of 2 in two parts. The first has 42 bits, so that its product with a power's number is exact."""
SQRT_HALF = float.fromhex("0x1.6a09e667f3bcdp-1")

FARTHEST = 700.0
"""Beyond it, a power is not a normal double any more."""

EXP_TERMS = tuple(1 / factorial(n) for n in range(13, -1, -1))
"""Taylor's series, the highest power first. For |r| <= ln 2 / 2, what is left out is below 5e-18."""
LOG_TERMS = tuple(2 / (2 * n + 1) for n in range(11, -1, -1))
"""The series of 2 artanh(s) / s in s squared. For s squared <= 0.0295, what is left out is below 1e-19."""


def exp(x: float) -> float:
    """e to the power of `x`, at most 700; below -700 it is 0. With k the whole number next to x / ln 2 and
    r = x - k ln 2, it is 2^k times e^r (reduction by Cody and Waite)."""
    if x < -FARTHEST:
        return 0.0
    if x > FARTHEST:
        raise OverflowError(f"The exponential of {x} is beyond 1e304")
    power = round(x / LN_2_HIGH)
    rest = x - power * LN_2_HIGH - power * LN_2_LOW
    return ldexp(_polynomial(EXP_TERMS, rest), power)


def log(x: float) -> float:
    """The natural logarithm of `x`, above 0. With x = 2^k m and m between the roots of 1/2 and 2, it is
    k ln 2 + ln m, and ln m = 2 artanh(s) with s = (m - 1) / (m + 1)."""
    if x <= 0:
        raise ValueError(f"{x} has no logarithm")
    m, power = frexp(x)
    if m < SQRT_HALF:
        m, power = m * 2, power - 1
    s = (m - 1) / (m + 1)
    return power * LN_2_HIGH + (s * _polynomial(LOG_TERMS, s * s) + power * LN_2_LOW)


def _polynomial(terms: tuple[float, ...], x: float) -> float:
    """Horner's rule."""
    value = 0.0
    for term in terms:
        value = value * x + term
    return value
