"""Holds HTTP answers to the OpenAPI document of the app that gave them."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Document = dict[str, Any]

HERE = "urn:document"
PROBLEM = "application/problem+json"
TEXTS = ("text/html", "text/csv")
MISTAKE = 500
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def is_moment(value: object) -> bool:
    """RFC 3339, with its time zone."""
    return not isinstance(value, str) or datetime.fromisoformat(value).utcoffset() is not None


class ApiContract:
    """One OpenAPI document, and whether answers are as it says."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._registry: Registry[Any] = Registry().with_resource(HERE, DRAFT202012.create_resource(document))
        self._paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in document["paths"]]

    def operations(self) -> Iterator[tuple[str, str, Document]]:
        """Every method, path and operation."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method, path, item[method]

    def errors(self, schema: Document, value: object) -> list[str]:
        """How a value breaks a schema of this document."""
        placed = _placed(schema)
        validator = Draft202012Validator(placed, registry=self._registry, format_checker=FORMATS)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]

    async def hold(self, answer: httpx.Response) -> None:
        """Fail where an answer is not as its operation says, or an error is not a problem."""
        await answer.aread()
        kind = answer.headers.get("content-type", "").partition(";")[0]
        operation = self._operation(answer.request)
        if operation is None:
            assert answer.is_success or answer.has_redirect_location or kind == PROBLEM, (
                f"{answer.request.url} answers with {kind}"
            )
            return
        said = operation["responses"].get("default" if answer.status_code == MISTAKE else str(answer.status_code))
        assert said, f"{answer.request.method} {answer.request.url}: {answer.status_code} is not documented"
        if "content" not in said:
            assert answer.content == b"", f"{answer.request.url}: {answer.status_code} has a body"
            return
        assert kind in said["content"], f"{answer.request.url}: {answer.status_code} as {kind} is not documented"
        value = answer.text if kind in TEXTS else answer.json()
        assert self.errors(said["content"][kind]["schema"], value) == []

    def _operation(self, request: httpx.Request) -> Document | None:
        path = request.url.raw_path.decode().partition("?")[0]
        exact = [known for _, known in self._paths if known == path]
        known = exact or [known for pattern, known in self._paths if pattern.fullmatch(path)]
        operations: Document = self.document["paths"][known[0]] if known else {}
        return operations.get(request.method.lower())


def _placed(schema: Any) -> Any:
    """The schema with its references made to name the document that they are in."""
    if isinstance(schema, dict):
        return {
            name: HERE + value if name == "$ref" and isinstance(value, str) else _placed(value)
            for name, value in schema.items()
        }
    return [_placed(value) for value in schema] if isinstance(schema, list) else schema
