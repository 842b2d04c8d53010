"""The drivers' app in a real browser, against a real network."""
