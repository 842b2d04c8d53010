"""Asking Central over HTTP: what can go wrong with each of several, and one sentence for all of it.
Knows not what is asked."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from evcharging.adapters.tls import why

AWAY = "away"


class Unanswered(Exception):
    """One Central did not do what it was asked. `why` is the same for the same reason; the text is for people."""

    def __init__(self, where: str, why: str, text: str = "") -> None:
        super().__init__(text)
        self.where = where
        self.why = why


@contextmanager
def asking(where: str) -> Iterator[None]:
    """Asks Central at `host:port`; whatever goes wrong, also with reading its answer, is raised as Unanswered."""
    try:
        yield
    except httpx.InvalidURL:
        raise Unanswered(where, "address", f"{where!r} is no address that Central could be at") from None
    except (httpx.HTTPError, TimeoutError) as error:
        if (fault := _tls_fault(error)) is not None:
            text = f"Cannot reach Central at {where}: {why(fault)} (--central-tls, --central-ca)"
            raise Unanswered(where, text, text) from None
        raise Unanswered(where, AWAY) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unanswered(where, "stranger", f"What answers at {where} is not Central") from None


def _tls_fault(error: BaseException | None) -> ssl.SSLError | None:
    """What TLS has to say about an error, if it is the reason."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def sentence(troubles: Sequence[Unanswered]) -> str:
    """What was wrong with each Central that was asked."""
    away = [trouble.where for trouble in troubles if trouble.why == AWAY]
    texts = [f"Cannot reach Central at {' or '.join(away)}"] if away else []
    return "; ".join([*texts, *(str(trouble) for trouble in troubles if trouble.why != AWAY)])
