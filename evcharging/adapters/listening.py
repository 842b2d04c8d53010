"""A socket that listens, or one sentence why it cannot. Knows no protocol."""

import errno
import os
import socket
from ipaddress import ip_address

from evcharging.adapters.link import address
from evcharging.adapters.tcp import CannotListen, PortTaken

BACKLOG = 1024


def listen(host: str, port: int, backlog: int = BACKLOG) -> socket.socket:
    """Listens on a host's port, 0 for any that is free; raises PortTaken or CannotListen."""
    listening = socket.socket(_family(host))
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


def reached_at(host: str) -> str:
    """The address at which a program on this machine reaches what listens on a host: where that is every address of a
    kind, the machine's own."""
    family = _family(host)
    own = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    found = str(socket.getaddrinfo(host or own, None, family, socket.SOCK_STREAM)[0][4][0])
    return own if ip_address(found.partition("%")[0]).is_unspecified else found


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
