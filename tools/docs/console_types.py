"""The types of the dashboard, made from the views of Central: console/src/central/views.ts.
`python -m tools.docs.console_types --check`, or `--write`."""

import sys
from pathlib import Path
from typing import Any

from evcharging.apps.ev_central.answers import all_schemas
from evcharging.apps.ev_central.problems import CODE_OF, STATUS_OF
from evcharging.apps.web.answers import CODES
from evcharging.domain.notice import NoticeCode

FILE = Path(__file__).parents[2] / "console" / "src" / "central" / "views.ts"

HEAD = """/** What Central shows, made from evcharging/apps/ev_central/views.py by tools/docs/console_types.py.
 *  Times are ISO 8601 in UTC, energy is kWh, power is kW, money is euros. */
"""

PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}
PLAIN["object"] = "Record<string, unknown>"


def type_of(schema: dict[str, Any]) -> str:
    """A JSON Schema as a type of TypeScript; raises KeyError for what no view has."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(type_of(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"'{value}'" for value in schema["enum"])
    if schema["type"] == "array":
        item = type_of(schema["items"])
        return f"({item})[]" if " | " in item else f"{item}[]"
    return PLAIN[schema["type"]]


def declaration(name: str, schema: dict[str, Any]) -> str:
    """One view as an interface, or an enumeration as a union."""
    said = " ".join(str(schema.get("description", "")).split())
    comment = f"/** {said} */\n" if said else ""
    if "enum" in schema:
        return f"{comment}export type {name} = {type_of(schema)}\n"
    fields = "".join(f"  {field}: {type_of(part)}\n" for field, part in schema["properties"].items())
    return f"{comment}export interface {name} {{\n{fields}}}\n"


def words() -> dict[str, dict[str, Any]]:
    """The codes for which the dashboard has sentences, as enumerations. What is wrong with a credential is said where
    that is found out, and is not among them."""
    own = {str(vars(error)["code"]) for error in STATUS_OF if "code" in vars(error)}
    notices = {"enum": [code.value for code in NoticeCode], "description": NoticeCode.__doc__}
    problems = {"enum": sorted({*own, *CODE_OF.values(), *CODES.values()}), "description": "What a problem is called."}
    return {"NoticeCode": notices, "ProblemCode": problems}


def text() -> str:
    """The whole file."""
    found = sorted({**all_schemas(), **words()}.items())
    return "\n".join([HEAD, *(declaration(name, schema) for name, schema in found)])


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
