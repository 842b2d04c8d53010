"""Engines at which vehicles with a very small battery charge, so that power tapers within seconds:
`python -m tests.real.small_vehicles`, with the flags of `evcharging engine`."""

from unittest.mock import patch

from evcharging.apps.ev_cp_e.main import main
from evcharging.domain import fleet
from evcharging.domain.battery import Battery
from evcharging.domain.vehicle import Vehicle, Visit

BATTERY = Battery(capacity_mwh=200_000, max_w=60_000, knee_permille=500, efficiency_permille=1000)
VEHICLE = Vehicle(model="small", battery=BATTERY, onboard_ma=32_000, onboard_phases=3)
VISIT = Visit(vehicle=VEHICLE, arrival_mwh=0, linger_us=3_600_000_000)
"""It is full after half a minute at 22 kW, and stays for an hour."""

if __name__ == "__main__":
    with patch.object(fleet, "pick", lambda dice: VISIT):
        main()
