"""Sites that are described, for the pages that show them."""

from typing import Any

from tests.browser.conftest import Central

NORTH, SOUTH = "SITE-001", "SITE-002"
MADRID, SEVILLE = (40.4168, -3.7038), (37.3891, -5.9845)
AT_NORTH, AT_SOUTH = ("CP-001", "CP-003"), ("CP-002",)
"""Where the three points of a network with two sites are."""


def are_known(central: Central) -> bool:
    """Whether Central has counted at both sites."""
    return len(central.http.get("/api/v1/sites").json()["items"]) == 2


def describe(central: Central, site_id: str, **said: Any) -> dict[str, Any]:
    """Say all of a site: its name, its address, and `at`, its latitude and longitude."""
    if "at" in said:
        said["coordinates"] = dict(zip(("latitude", "longitude"), said.pop("at"), strict=True))
    answer = central.http.put(f"/api/v1/sites/{site_id}", json=said).raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def plan_of(central: Central, site_id: str = NORTH) -> dict[str, tuple[float, float, int]]:
    """Where the points of a site stand by its plan."""
    plan = central.http.get(f"/api/v1/sites/{site_id}").raise_for_status().json()["plan"]
    return {each["cp_id"]: (each["x_m"], each["y_m"], each["angle"]) for each in (plan or {"points": []})["points"]}


def planned(**placed: tuple[float, float, int]) -> dict[str, Any]:
    """A plan; `CP_001` stands for CP-001."""
    return {
        "points": [
            {"cp_id": name.replace("_", "-"), "x_m": x, "y_m": y, "angle": angle}
            for name, (x, y, angle) in placed.items()
        ]
    }
