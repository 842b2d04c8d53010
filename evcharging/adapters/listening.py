"""A socket that listens, or one sentence why it cannot. Needs Python's own library alone: ports are looked at before
anything is installed. Knows no protocol."""

import errno
import os
import socket
from ipaddress import ip_address

BACKLOG = 1024


class CannotListen(OSError):
    """The server cannot listen where it was told to."""


class PortTaken(CannotListen):
    """Another program already listens on the port. `setting` is the variable that chooses the port, where it is known
    to whoever says this."""

    def __init__(self, port: int, setting: str = "") -> None:
        self.port = port
        other = f"set {setting} to another one" if setting else "choose another port"
        super().__init__(f"Port {port} is already in use: stop what uses it, or {other}")


def address(host: str, port: int) -> str:
    """`host:port`, or `[host]:port` where the host is an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refusal(host: str, port: int, error: Exception) -> CannotListen:
    """What is to be said of an error in listening."""
    if not isinstance(error, OSError):
        return CannotListen(f"Cannot listen on {address(host, port)}: that is not the name of a host")
    if error.errno == errno.EADDRINUSE:
        return PortTaken(port)
    known = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
    return CannotListen(f"Cannot listen on {address(host, port)}: {known.lower()}")


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
        raise refusal(host, port, error) from None
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
