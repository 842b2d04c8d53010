"""What a program trusts of a Central that is reached over TLS: by its settings."""

import ssl
from typing import Protocol

from evcharging.adapters.tls import client_context


class Reaching(Protocol):
    """The settings of a program that reaches Central."""

    @property
    def central_tls(self) -> bool: ...

    @property
    def central_ca(self) -> str | None: ...


def trust_of(settings: Reaching) -> ssl.SSLContext | None:
    """What TLS is spoken by; None without. Raises BadTls."""
    return client_context(settings.central_ca) if settings.central_tls else None
