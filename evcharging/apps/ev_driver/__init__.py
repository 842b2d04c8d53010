"""The driver: the role's host and its requests file."""
