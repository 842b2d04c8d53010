"""How a program is served over TLS, and where it may be served without: by its settings. Knows no server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

from evcharging.adapters.beside import beside
from evcharging.adapters.tls import BadTls, Renewing, server_context, warnings
from evcharging.apps.shell.logs import LogLine
from evcharging.common.hosts import is_for_this_machine
from evcharging.domain.access.modes import why_not_listen

LOOK_EVERY = 10.0
"""Seconds between looks at whether the files of a certificate have changed."""


class Serving(Protocol):
    """The settings of a program that can be served over TLS."""

    @property
    def tls_cert(self) -> str | None: ...

    @property
    def tls_key(self) -> str | None: ...

    @property
    def insecure(self) -> bool: ...


def files_of(settings: Serving) -> tuple[str, str] | None:
    """The files of a certificate and its key, or None without TLS. Raises BadTls where one of both is given."""
    cert, key = settings.tls_cert, settings.tls_key
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise BadTls("A certificate serves nobody without its key: give both --tls-cert and --tls-key, or neither")
    return cert, key


def tls_of(settings: Serving) -> ssl.SSLContext | None:
    """What a program serves TLS by; None without. Raises BadTls."""
    files = files_of(settings)
    return None if files is None else server_context(*files)


@asynccontextmanager
async def serving_tls(settings: Serving, log: LogLine) -> AsyncIterator[ssl.SSLContext | None]:
    """What a program serves TLS by, renewed with its files until the block is left; None without. Raises BadTls."""
    files, context = files_of(settings), tls_of(settings)
    if files is None or context is None:
        yield None
        return
    for warning in warnings(*files, datetime.now(UTC)):
        log("warning", warning)
    async with beside(_renew(Renewing(context, *files, log))):
        yield context


async def _renew(renewing: Renewing) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        renewing.look()


def why_not_serve(settings: Serving, host: str, *, speaks_tls: bool = True) -> str | None:
    """Why a program does not listen at a host, in one sentence; None where it may. `speaks_tls`: its certificate is of
    use there."""
    return why_not_listen(
        is_for_this_machine=is_for_this_machine(host),
        has_tls=files_of(settings) is not None,
        is_insecure=settings.insecure,
        speaks_tls=speaks_tls,
    )
