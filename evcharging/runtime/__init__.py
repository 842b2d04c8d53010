"""What gives roles time, transport and durability: the wall clock and real parts, or a heap and nothing."""
