"""The description of the HTTP API: valid OpenAPI 3.1, complete, with examples that fit."""

import re
from typing import Any
from urllib.parse import urljoin

import pytest
from jsonschema import Draft202012Validator

from evcharging.apps.ev_central import views, views_access, views_ledger, views_tariffs
from evcharging.common.utils import from_json, to_json
from evcharging.tests.contracts.api_contract import PROBLEM, ApiContract, Document
from evcharging.tests.stages.central_world import contract

PROMISED = {
    "get": (
        "/health",
        "/health/live",
        "/health/ready",
        "/cp",
        "/cp/{cp_id}",
        "/cp/free",
        "/telemetry",
        "/requests/ongoing",
    ),
    "post": (
        "/cp/register",
        "/cp/register/many",
        "/cp/stop",
        "/cp/resume",
        *(f"/cp/{{cp_id}}/{action}" for action in ("stop", "resume")),
        "/cp/{cp_id}/forget-run",
        "/sessions/{session_id}/settle",
    ),
    "delete": ("/cp/{cp_id}",),
}
TEXTS = {"/receipt": "text/html", ".csv": "text/csv"}
PAGED = ("/sessions", "/tickets", "/requests", "/drivers", "/messages")


@pytest.fixture(scope="module")
def api() -> ApiContract:
    return contract()


def sample(api: ApiContract, schema: Document) -> Any:
    """A value made of a schema's examples; fails where a figure or a text has none."""
    if "$ref" in schema:
        schema = api.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for word in ("examples", "enum"):
        if word in schema:
            return schema[word][0]
    if "anyOf" in schema:
        return sample(api, schema["anyOf"][0])
    match schema.get("type"):
        case "object":
            return {name: sample(api, part) for name, part in schema["properties"].items()}
        case "array":
            return [sample(api, schema["items"])]
        case "boolean":
            return True
    pytest.fail(f"no example in {schema}")


def contents(operation: Document) -> list[tuple[str, str, Document]]:
    """Status, media type and schema of every answer."""
    return [
        (status, kind, content["schema"])
        for status, answer in operation["responses"].items()
        for kind, content in answer.get("content", {}).items()
    ]


def test_the_document_is_openapi_3_1_with_a_title_and_a_version(api: ApiContract) -> None:
    assert api.document["openapi"].startswith("3.1.")
    assert {"title", "version", "summary"} <= api.document["info"].keys()


def test_the_api_is_beside_its_description_also_below_a_path(api: ApiContract) -> None:
    [server] = api.document["servers"]
    for base in ("http://central.test:8000/", "https://example.test/grid/"):
        assert urljoin(f"{base}openapi.json", server["url"]) == base


def test_every_promised_endpoint_is_described(api: ApiContract) -> None:
    described = {(method, path) for method, path, _ in api.operations()}
    assert {(method, path) for method, paths in PROMISED.items() for path in paths} <= described
    assert {("get", path) for path in PAGED} <= described


def test_every_operation_has_a_name_of_its_own_a_summary_and_an_answer(api: ApiContract) -> None:
    names = [operation["operationId"] for _, _, operation in api.operations()]
    assert len(set(names)) == len(names)
    for method, path, operation in api.operations():
        assert operation["summary"], (method, path)
        assert {"200", "201", "202", "204"} & operation["responses"].keys(), (method, path)
        declared = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))


def test_every_schema_is_a_json_schema(api: ApiContract) -> None:
    for name, schema in api.document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description") or "enum" in schema, name


def test_every_example_fits_its_property(api: ApiContract) -> None:
    for schema in api.document["components"]["schemas"].values():
        for name, part in schema.get("properties", {}).items():
            for example in part.get("examples", ()):
                assert api.errors(part, example) == [], name


def test_every_answer_has_an_example_that_fits_its_schema(api: ApiContract) -> None:
    for method, path, operation in api.operations():
        for status, _, schema in contents(operation):
            assert api.errors(schema, sample(api, schema)) == [], (method, path, status)


def test_every_answer_example_fits_its_model_too(api: ApiContract) -> None:
    kinds = [
        kind
        for module in (views, views_access, views_ledger, views_tariffs)
        for kind in vars(module).values()
        if is_view(kind)
    ]
    assert len(kinds) > 10
    for kind in kinds:
        from_json(kind, to_json(sample(api, {"$ref": f"#/components/schemas/{kind.__name__}"})))


def is_view(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, views.View) and kind is not views.View


def test_what_can_be_sent_has_an_example_that_fits(api: ApiContract) -> None:
    bodies = [
        content["schema"]
        for _, _, operation in api.operations()
        if "requestBody" in operation
        for content in operation["requestBody"]["content"].values()
    ]
    assert bodies
    for schema in bodies:
        assert api.errors(schema, sample(api, schema)) == []


def test_every_error_is_described_as_a_problem(api: ApiContract) -> None:
    for method, path, operation in api.operations():
        for status, kind, schema in contents(operation):
            if status in ("200", "201", "202") or (path.startswith("/health") and status == "503"):
                texts = [text for word, text in TEXTS.items() if word in path]
                assert kind in ("application/json", *texts)
            else:
                assert (kind, schema) == (PROBLEM, {"$ref": "#/components/schemas/Problem"}), (method, path, status)
        assert "default" in operation["responses"]


def test_every_reference_leads_somewhere(api: ApiContract) -> None:
    known = {f"#/components/schemas/{name}" for name in api.document["components"]["schemas"]}
    assert set(references(api.document)) <= known


def references(value: Any) -> list[str]:
    """All references within a document."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for part in value.values() for each in references(part)]
    return [each for part in value for each in references(part)] if isinstance(value, list) else []
