"""How long an operator waits, and what is said of orders that nobody carries out; the same for all that decide."""

from datetime import timedelta

DECIDE_WITHIN = timedelta(seconds=5)
"""How long an operator waits for an answer; after this the caller has given up."""

TOO_LATE = "the request came too late to be carried out: try again, and see that the machines' clocks agree"

USED = "this key was used for another order: give each order its own"
