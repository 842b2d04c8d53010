"""What each program does, without I/O: messages and moments in, effects out. Knows no clock, transport or store."""
