"""A throw-away authority and certificates of its, made by `openssl` for tests and for a broker of one's own. Nothing
that it makes is for use: keys lie there unprotected."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
NAMES = "DNS:localhost,IP:127.0.0.1,IP:::1"


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of a certificate and of its key, in PEM."""

    cert: Path
    key: Path


def authority(folder: Path, name: str = "authority") -> Pair:
    """One that others can be told to trust."""
    pair = _pair(folder, name)
    _openssl("req", "-x509", *KEY, "-keyout", pair.key, "-out", pair.cert, "-days", "30", "-subj", f"/CN={name}")
    return pair


def certificate(signed_by: Pair, name: str = "server", *, days: int = 7, names: str = NAMES) -> Pair:
    """One for a server of these names, beside its authority; with less than 0 days it has expired."""
    folder = signed_by.cert.parent
    pair, request, extra = _pair(folder, name), folder / f"{name}.csr", folder / f"{name}.ext"
    extra.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
    _openssl("req", "-new", *KEY, "-keyout", pair.key, "-out", request, "-subj", f"/CN={name}")
    by: list[str | Path] = ["-CA", signed_by.cert, "-CAkey", signed_by.key, "-CAcreateserial", "-extfile", extra]
    _openssl("x509", "-req", "-in", request, *by, "-days", str(days), "-out", pair.cert)
    return pair


def lock(key: Path, locked: Path) -> None:
    """Write a key down once more, under a password."""
    _openssl("pkcs8", "-topk8", "-in", key, "-out", locked, "-passout", "pass:word")


def _pair(folder: Path, name: str) -> Pair:
    folder.mkdir(parents=True, exist_ok=True)
    return Pair(folder / f"{name}.pem", folder / f"{name}.key")


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
