"""EV Central whose reservations last for seconds: `python -m tests.real.brisk_central`. All else is as it is."""

from datetime import timedelta
from functools import partial
from unittest.mock import patch

from evcharging.apps.ev_central import central
from evcharging.apps.ev_central.api_v1 import reservations_api
from evcharging.apps.ev_central.main import main
from evcharging.common.utils import changed
from evcharging.domain.reservation import Terms, why_no_time
from evcharging.roles.cadences import FULL

BRISK = Terms(
    clear=timedelta(seconds=4),
    shortest=timedelta(seconds=5),
    grace=timedelta(seconds=30),
    free_before=timedelta(seconds=6),
    least_charge=timedelta(seconds=3),
)

if __name__ == "__main__":
    with (
        patch.object(central, "FULL", changed(FULL, terms=BRISK)),
        patch.object(reservations_api, "why_no_time", partial(why_no_time, terms=BRISK)),
    ):
        main()
