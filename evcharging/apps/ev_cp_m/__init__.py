"""The charging point monitor: the role's host, its two framed links, and registration."""
