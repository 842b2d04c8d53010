"""The proof: the real roles, hosts, bus and stores on virtual time, with faults from a seed, and what must hold all the
same. Knows no screen and no command line."""
