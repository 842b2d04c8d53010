"""The outside: one folder a need with its contract in front, one file a technology. Decides nothing."""
