"""The charging point engine: the role's host, its health link, and the hand at the point."""
