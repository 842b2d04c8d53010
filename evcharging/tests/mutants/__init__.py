"""Deliberate breakages of the mechanisms that the proof relies on: each must be found by it, or it proves nothing."""
