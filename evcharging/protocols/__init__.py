"""The wires, without sockets: bytes and moments in, events and bytes out."""
