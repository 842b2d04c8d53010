"""Looks whether the ports of `make run` are free, before the minute that installing takes: `python3 -m tools.ports`.
Needs Python's own library alone. Flags are not known here; what else is wrong, the program itself says."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from evcharging.adapters.listening import CannotListen, PortTaken, listen

PORTS = {"CENTRAL_HTTP": "8000", "CENTRAL_LISTEN": "9999"}
LINE = re.compile(r"""\s*(?:export\s+)?(\w+)\s*=\s*(["']?)(.*?)\2\s*(?:\s#.*)?""")


def values_in(dotenv: Path) -> Iterator[tuple[str, str]]:
    """The plain lines of a `.env`."""
    if dotenv.is_file():
        for line in dotenv.read_text(encoding="utf-8-sig", errors="replace").splitlines():
            if found := LINE.fullmatch(line):
                yield found[1].upper(), found[3]


def why_not(values: Mapping[str, str]) -> str | None:
    """Why the network could not listen, in one sentence; None where it could."""
    held = []
    try:
        for name, default in PORTS.items():
            host, port = values.get(f"{name}_HOST", "127.0.0.1"), values.get(f"{name}_PORT", default)
            if port.isdigit() and int(port) < 65536:
                try:
                    held.append(listen(host, int(port)))
                except PortTaken as taken:
                    return str(PortTaken(taken.port, f"{name}_PORT"))
                except CannotListen as error:
                    return str(error)
    finally:
        for listening in held:
            listening.close()
    return None


def main() -> None:
    """Exit with 1 and a sentence where a port is taken."""
    found = why_not({**dict(values_in(Path(".env"))), **{name.upper(): value for name, value in os.environ.items()}})
    if found:
        sys.exit(f"Error: {found}")


if __name__ == "__main__":
    main()
