"""A socket that listens, or one sentence why it cannot. Knows no protocol."""

import errno
import os
import socket

from evcharging.adapters.link import address
from evcharging.adapters.tcp import CannotListen, PortTaken

BACKLOG = 1024


def listen(host: str, port: int, backlog: int = BACKLOG) -> socket.socket:
    """Listens on a host's port, 0 for any that is free; raises PortTaken or CannotListen."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(backlog)
    except (OSError, UnicodeError, TypeError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortTaken(f"Port {port} is already in use: stop what uses it, or choose another port") from None
        why = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "that is not the name of a host"
        raise CannotListen(f"Cannot listen on {address(host, port)}: {why}") from None
    return listening
