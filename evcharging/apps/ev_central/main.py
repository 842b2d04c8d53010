"""`python -m evcharging.apps.ev_central.main`: EV Central as a program of its own."""
