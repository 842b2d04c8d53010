"""TLS by files: a certificate that is proven to work before anybody relies on it, and is taken anew when its files
change. Knows no socket."""

import os
import ssl
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from evcharging.adapters.file_marks import Mark, mark_of

SOON = timedelta(days=14)
"""How long before its end a certificate is warned of."""

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"
"""What TLS 1.2 may be spoken with; TLS 1.3 has good ones alone."""

SHAKE_HANDS_WITHIN: Final = 8.0
"""How long a caller may take to come to terms, in seconds."""

EXPIRED, NOT_YET = 10, 9
"""What OpenSSL calls a certificate that no longer, or does not yet, count."""


class BadTls(ValueError):
    """A certificate or key is of no use; the text says which and why, in one sentence."""


def server_context(cert: str, key: str) -> ssl.SSLContext:
    """What serves TLS 1.2 or newer by the certificate (with its chain, if any) and key of these PEM files. Raises
    BadTls. A context that serves can be given newer files by its `load_cert_chain`; `Renewing` does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    # WebSockets begin with HTTP/1.1, and nothing else is spoken here.
    context.set_alpn_protocols(["http/1.1"])
    _load(context, cert, key)
    _shake_hands(context, cert)
    return context


def client_context(ca: str | None) -> ssl.SSLContext:
    """What speaks TLS 1.2 or newer with servers whose certificate one of these (a PEM file) has signed, or one that the
    system trusts. Raises BadTls."""
    context = ssl.create_default_context(cafile=None)
    if ca is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _read(ca, "certificates")
        try:
            context.load_verify_locations(ca)
        except ssl.SSLError:
            raise BadTls(f"{ca} holds no certificates in PEM") from None
        # A server's own certificate may be trusted by itself, where no authority has signed it.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def own_context() -> ssl.SSLContext:
    """What speaks TLS 1.2 or newer with a port of this very process. Who answers there is no question, and whom others
    call by the names in its certificate neither."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def warnings(cert: str, key: str, now: datetime) -> list[str]:
    """What is not well with a pair that works, a sentence each."""
    found = []
    if os.name == "posix" and stat.S_IMODE(Path(key).stat().st_mode) & 0o077:
        found.append(f"{key} can be read by others on this machine: chmod 600 {key}")
    ends = ends_at(cert, key)
    if ends - now < SOON:
        found.append(f"The certificate {cert} expires on {ends:%Y-%m-%d}: renew it")
    return found


def ends_at(cert: str, key: str) -> datetime:
    """When a certificate expires. Raises BadTls."""
    shown = _shake_hands(server_context(cert, key), cert)
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), tz=UTC)


def why(error: ssl.SSLError) -> str:
    """Why a client and a server did not come to terms, in half a sentence for people."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}:
        return "one side speaks TLS, and the other does not"
    return f"TLS did not come about ({(error.reason or str(error)).lower().replace('_', ' ')})"


class Renewing:
    """Sees to it that a context serves by what its files hold now. Files that are of no use change nothing: who renews
    a certificate writes one file after the other."""

    def __init__(self, context: ssl.SSLContext, cert: str, key: str, say: Callable[[str, str], None]) -> None:
        self._context, self._cert, self._key, self._say = context, cert, key, say
        self._seen = self._marks()

    def look(self) -> bool:
        """Take what has changed; whether that was so. `say` hears of it, and what is wrong with it."""
        marks = self._marks()
        if marks == self._seen:
            return False
        self._seen = marks
        try:
            server_context(self._cert, self._key)
        except BadTls as error:
            self._say("warning", f"The certificate from before goes on: {error}")
            return False
        self._context.load_cert_chain(self._cert, self._key)
        self._say("info", f"The certificate in {self._cert} has been renewed")
        return True

    def _marks(self) -> list[Mark]:
        return [mark_of(Path(file)) for file in (self._cert, self._key)]


def _load(context: ssl.SSLContext, cert: str, key: str) -> None:
    for file, what in ((cert, "certificate"), (key, "key")):
        _read(file, what)
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except ssl.SSLError as error:
        raise BadTls(_why_not(cert, key, error)) from None


def _no_password() -> str:
    raise BadTls("The key of the certificate is kept under a password, and nobody is here to type it: give one without")


def _why_not(cert: str, key: str, error: ssl.SSLError) -> str:
    if error.reason in {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"}:
        return f"The key in {key} does not belong to the certificate in {cert}"
    if "-----BEGIN CERTIFICATE-----" not in _read(cert, "certificate"):
        return f"{cert} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"
    if "PRIVATE KEY-----" not in _read(key, "key"):
        return f"{key} holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----"
    return f"{cert} and {key} are not the certificate and key of a server ({(error.reason or str(error)).lower()})"


def _read(file: str, what: str) -> str:
    try:
        return Path(file).read_text("ascii", errors="replace")
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "no file name"
        raise BadTls(f"Cannot read the {what} {file}: {reason}") from None


def _shake_hands(serving: ssl.SSLContext, cert: str) -> dict[str, object]:
    """Let a client that trusts this certificate alone meet it, in memory; what it saw. Raises BadTls."""
    client = client_context(cert)
    client.check_hostname = False
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server)
    theirs = serving.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(3):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                raise BadTls(_why_not_trusted(cert, error)) from None
            except ssl.SSLError as error:
                raise BadTls(f"{cert} cannot be served: {(error.reason or str(error)).lower()}") from None
    return dict(ours.getpeercert() or {})


def _why_not_trusted(cert: str, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == EXPIRED:
        return f"The certificate in {cert} has expired: renew it"
    if error.verify_code == NOT_YET:
        return f"The certificate in {cert} does not count yet: look at its dates and at this machine's clock"
    return f"The certificate in {cert} cannot be served: {error.verify_message}"
