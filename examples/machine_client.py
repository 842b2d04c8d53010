"""A program that signs in with a machine key, with Python's own library alone: adds up what each point was billed for.

An administrator makes the key, with the scope `ledger:read`, on the dashboard's page of keys or by `POST /api/v1/keys`.
It comes in a variable, since others on a machine can read with which words a program was started.

Usage: MACHINE_KEY=evk_... python examples/machine_client.py [http://localhost:8000]
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class NotAllowed(Exception):
    """Central does not do what was asked; the text says why, in one sentence."""


class SignedInClient:
    """EV Central at an address such as `http://localhost:8000`, asked with a machine key."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Any:
        """The JSON at a path; raises NotAllowed."""
        try:
            with urlopen(Request(f"{self._url}{path}", headers=self._headers), timeout=10) as answer:
                return json.load(answer)
        except HTTPError as error:
            problem = json.load(error)
            raise NotAllowed(f"{problem['detail']} ({error.code}, {problem.get('code')})") from None

    def tickets(self) -> Iterator[dict[str, Any]]:
        """All bills, page by page."""
        after: str | None = ""
        while after is not None:
            page = self.get(f"/api/v1/tickets?{urlencode({'limit': 500, **({'after': after} if after else {})})}")
            yield from page["items"]
            after = page["next"]


def main(url: str = "http://localhost:8000") -> None:
    """Print what each point was billed for, in euro."""
    euros: Counter[str] = Counter()
    try:
        for ticket in SignedInClient(url, os.environ.get("MACHINE_KEY", "")).tickets():
            euros[ticket["cp_id"]] += ticket["euros"]
    except NotAllowed as refusal:
        sys.exit(str(refusal))
    for cp_id, billed in sorted(euros.items()):
        print(f"{cp_id:10} {billed:.4f} EUR")


if __name__ == "__main__":
    main(*sys.argv[1:])
