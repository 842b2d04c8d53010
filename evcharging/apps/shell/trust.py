"""What a program trusts of a Central that is reached over TLS, or that is in its own process: by its settings."""

import ssl
from typing import Protocol

from evcharging.adapters.tls import client_context, own_context
from evcharging.apps.shell.serving import Serving


class Reaching(Protocol):
    """The settings of a program that reaches Central."""

    @property
    def central_tls(self) -> bool: ...

    @property
    def central_ca(self) -> str | None: ...


def trust_of(settings: Reaching) -> ssl.SSLContext | None:
    """What TLS is spoken by; None without. Raises BadTls."""
    return client_context(settings.central_ca) if settings.central_tls else None


def trust_in_oneself(settings: Serving) -> ssl.SSLContext | None:
    """What TLS is spoken by with a Central in this process that is served so; None without."""
    return own_context() if settings.tls_cert is not None else None
