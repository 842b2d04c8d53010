"""The journal: a store in memory whose every commit is a line of a file first."""
