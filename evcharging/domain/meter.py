"""Energy: from power and time to a register in integer mWh. Knows no clock: time passed is an argument."""

from datetime import timedelta

from evcharging.common.moments import MICROSECOND

MWH_PER_KWH = 1_000_000

W_US_PER_MWH = 3_600_000
"""1 mWh is 3.6 Ws."""


def energy_mwh(power_w: int, elapsed: timedelta) -> int:
    """Energy that `power_w` gives in a time, in whole mWh, rounded down: W x µs / 3,600,000."""
    return power_w * (elapsed // MICROSECOND) // W_US_PER_MWH


def time_to_deliver(power_w: int, amount_mwh: int) -> timedelta:
    """The shortest whole number of microseconds in which `power_w` (above 0) gives `amount_mwh`."""
    return timedelta(microseconds=-(-amount_mwh * W_US_PER_MWH // power_w))


def to_kwh(amount_mwh: int) -> float:
    """mWh as kWh, for wire and screen alone."""
    return amount_mwh / MWH_PER_KWH


def to_mwh(kwh: float) -> int:
    """kWh as mWh, to the nearest."""
    return round(kwh * MWH_PER_KWH)


def to_watts(kw: float) -> int:
    """kW as W, to the nearest."""
    return round(kw * 1000)


def to_kw(watts: int) -> float:
    """W as kW, for wire and screen alone."""
    return watts / 1000
