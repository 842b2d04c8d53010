"""The types of the drivers' app, made from OpenAPI: what a driver may ask for, and what comes over the stream.
`python -m tools.docs.app_types --check`, or `--write`."""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evcharging.apps.ev_central.access.routes import OWN, PEOPLE, ROUTES, SOCKET, permissions_for
from evcharging.apps.ev_central.views_own import OWN_FRAMES
from evcharging.domain.access.permissions import OF_ROLE, AccountRole
from evcharging.tests.stages.central_world import shared_app
from tools.docs.console_types import type_of

FILE = Path(__file__).parents[2] / "mobile" / "src" / "api" / "types.ts"

HEAD = """/** What drivers ask of Central and are told, made from OpenAPI by tools/docs/app_types.py.
 *  Times are ISO 8601 in UTC, energy is kWh, power is kW; money is euros, or micro-euro where a price has lines. */
"""
REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')


def asked_by_drivers() -> Iterable[tuple[str, str]]:
    """Every route that a driver's app may ask: of drivers, of signing in, and what drivers are offered."""
    mine = OF_ROLE[AccountRole.DRIVER]
    for line, needs in ROUTES.items():
        if line in OWN or (line in PEOPLE and not permissions_for(needs)) or mine.intersection(permissions_for(needs)):
            yield line


def named_in(part: object) -> set[str]:
    """The schemas that a part of the document names."""
    return set(REFERENCE.findall(json.dumps(part)))


def schemas(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All that is named by these routes, or by what is named."""
    every: dict[str, dict[str, Any]] = document["components"]["schemas"]
    routes = [(path, method) for method, path in asked_by_drivers() if method != SOCKET and path in document["paths"]]
    found: set[str] = set()
    new = {frame.__name__ for frame in OWN_FRAMES}.union(
        *(named_in(document["paths"][path][method.lower()]) for path, method in routes)
    )
    while new:
        found |= new
        new = set().union(*(named_in(every[name]) for name in new)) - found
    return {name: every[name] for name in sorted(found)}


def declaration(name: str, schema: dict[str, Any]) -> str:
    """One schema as an interface, or an enumeration as a union; what need not be sent is optional."""
    said = " ".join(str(schema.get("description", "")).split())
    comment = f"/** {said} */\n" if said else ""
    if "properties" not in schema:
        return f"{comment}export type {name} = {type_of(schema)}\n"
    needed = schema.get("required", ())
    fields = "".join(
        f"  {field}{'' if field in needed else '?'}: {type_of(part)}\n" for field, part in schema["properties"].items()
    )
    return f"{comment}export interface {name} {{\n{fields}}}\n"


def text() -> str:
    """The whole file."""
    return "\n".join([HEAD, *(declaration(name, schema) for name, schema in schemas(shared_app().openapi()).items())])


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--write"]:
            FILE.write_text(text(), encoding="utf-8")
        case ["--check"] if FILE.read_text(encoding="utf-8") != text():
            sys.exit(f"{FILE.name} is not as the source says: run this with --write")
        case ["--check"]:
            pass
        case _:
            sys.exit("Say --check or --write")
