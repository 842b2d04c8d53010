"""Which names a program is called by over HTTP. A page of another site can let its own name lead to this machine, so a
name counts only if it cannot be such a one. Knows no server."""

import re
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

LOCALHOST = "localhost"

_HOST = re.compile(rb"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{0,5}))?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def names_of(text: str) -> frozenset[str]:
    """Names with commas between them, in small letters; raises ValueError in one sentence."""
    names = frozenset(name for each in text.split(",") if (name := each.strip().lower()))
    for name in names:
        if len(name) > 253 or not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no host name: it has letters, digits, hyphens and dots, and no port")
    return names


Networks = tuple[IPv4Network | IPv6Network, ...]


def networks_of(text: str) -> Networks:
    """Addresses such as 10.0.0.7, or of whole networks such as 10.0.0.0/8, with commas between them; raises ValueError
    in one sentence."""
    return tuple(_network(each.strip()) for each in text.split(",") if each.strip())


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is no IP address, and no network such as 10.0.0.0/8") from None


def is_for_this_machine(host: str) -> bool:
    """Whether what listens on this address is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == LOCALHOST


def is_known(hosts: Sequence[bytes], names: Collection[str]) -> bool:
    """Whether the Host headers of a request are one that names an IP address, localhost or one of these names; which
    port it names does not count."""
    found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if found is None or int(found[3] or 0) > 65535:
        return False
    if found[1]:
        return _is_literal(IPv6Address, found[1])
    name = found[2].decode().lower()
    return name == LOCALHOST or name in names or _is_literal(IPv4Address, found[2])


def _is_literal(kind: type[IPv4Address | IPv6Address], text: bytes) -> bool:
    try:
        kind(text.decode())
    except ValueError:
        return False
    return True
