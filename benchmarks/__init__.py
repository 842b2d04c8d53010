"""What the system costs, measured beside a bare baseline in the same run."""
