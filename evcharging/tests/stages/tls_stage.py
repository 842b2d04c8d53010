"""What tests of TLS share: a server's certificate for this machine, and what trusts it, as files and as contexts."""

import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from evcharging.adapters.tls import client_context, server_context
from tools.certificates import Pair, authority, certificate


@dataclass(frozen=True, slots=True)
class Trust:
    """A server's pair, and the authority that has signed it."""

    ca: Pair
    pair: Pair

    @property
    def flags(self) -> list[str]:
        """How a program is told to serve by it."""
        return ["--tls-cert", str(self.pair.cert), "--tls-key", str(self.pair.key)]

    def serving(self) -> ssl.SSLContext:
        """What serves."""
        return server_context(str(self.pair.cert), str(self.pair.key))

    def asking(self) -> ssl.SSLContext:
        """What asks."""
        return client_context(str(self.ca.cert))


@cache
def trust() -> Trust:
    """One for all tests of a process; it lies in the system's folder for what is thrown away."""
    ca = authority(Path(mkdtemp(prefix="evcharging-trust-")))
    return Trust(ca, certificate(ca))
