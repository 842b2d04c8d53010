"""The vehicles that a driver keeps on the account, for estimates. No fact: they are erased with the account."""

from typing import Annotated

from evcharging.common.lines import LINE_PATTERN
from evcharging.common.utils import Frozen, at_most, bounded, within

MOST_VEHICLES = 10

VehicleName = Annotated[str, bounded("The red one", longest=60, pattern=LINE_PATTERN)]
BatteryKwh = Annotated[float, within(0.1, 1_000, 58.0)]
MostKw = Annotated[float, within(0.1, 1_000, 11.0)]


class OwnVehicle(Frozen, frozen=True, kw_only=True):
    """What it is called, how much its battery holds, and with how much power it charges at most."""

    name: VehicleName
    battery_kwh: BatteryKwh
    kw: MostKw


class Garage(Frozen, frozen=True, kw_only=True):
    """All vehicles of an account."""

    account_id: str
    vehicles: Annotated[tuple[OwnVehicle, ...], at_most(MOST_VEHICLES)] = ()
