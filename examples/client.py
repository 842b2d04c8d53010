"""A client of Central's HTTP API with Python's own library alone: prints each point, and what the newest tickets cost.

Usage: python examples/client.py [http://localhost:8000]
"""

import json
import sys
from typing import Any
from urllib.request import urlopen


class CentralClient:
    """EV Central at an address such as `http://localhost:8000`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def get(self, path: str) -> Any:
        """The JSON at a path; raises HTTPError, whose body is a problem (RFC 9457), where that is refused."""
        with urlopen(f"{self._url}{path}", timeout=10) as answer:
            return json.load(answer)

    def points(self) -> list[dict[str, Any]]:
        """All points, page by page."""
        points: list[dict[str, Any]] = []
        page = self.get("/cp?limit=100")
        while page:
            points += page
            page = self.get(f"/cp?limit=100&after={page[-1]['cp_id']}")
        return points


def main(url: str) -> None:
    """Print what there is."""
    central = CentralClient(url)
    for point in central.points():
        session = point["session"]
        doing = f"{session['kwh']:.3f} kWh for {session['driver_id']}" if session else "nobody"
        print(f"{point['cp_id']:10} {point['state']:13} {point['euros_per_kwh']:.2f} EUR/kWh  {doing}")
    for ticket in central.get("/tickets?limit=3"):
        print(f"{ticket['session_id']} {ticket['kwh']:.4f} kWh {ticket['euros']:.4f} EUR {ticket['ended_by']}")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["http://localhost:8000"])
