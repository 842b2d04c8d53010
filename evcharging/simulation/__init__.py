"""What to simulate: vehicles, arrivals, faults, and what came of it. Uses the live system's own roles and host."""
