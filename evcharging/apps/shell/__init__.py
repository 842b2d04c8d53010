"""What every program shares: command line, settings, logs, signals, clock, health and metrics. Knows no program."""
