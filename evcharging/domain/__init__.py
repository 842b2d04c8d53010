"""The rules, pure: charging points, sessions, energy and money. Knows no program, transport or store."""
