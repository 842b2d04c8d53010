"""Who may do what: modes, people, permissions, keys and what is noted of each. Knows no request and no store."""
