"""Power at a site: its circuits, and how what they carry is shared among vehicles. Pure: the moment is an argument."""
