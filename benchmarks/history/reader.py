"""Asks a Central for one page after another: the paths are lines on standard input. Says that it has begun, and at last
how many pages it read. `python -m benchmarks.history.reader PORT SECONDS`"""

import sys
from http.client import HTTPConnection
from itertools import cycle
from time import monotonic


def main() -> None:
    """Read for so many seconds."""
    connection = HTTPConnection("127.0.0.1", int(sys.argv[1]))
    paths = cycle(sys.stdin.read().split())
    pages = 0
    _read(connection, next(paths))
    print("begun", flush=True)
    until = monotonic() + float(sys.argv[2])
    while monotonic() < until:
        _read(connection, next(paths))
        pages += 1
    print(pages)


def _read(connection: HTTPConnection, path: str) -> None:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    connection.getresponse().read()


if __name__ == "__main__":
    main()
