"""What the pages show of a log and of HTTP is as it is: the log is made again, and answers are held to the API."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from evcharging.common.config import CentralSettings, read
from evcharging.common.kafka import partition_of
from evcharging.tests.stages.central_world import contract
from tools.docs import sample_docs
from tools.docs.generated_docs import drifts
from tools.samples import COMMAND, NETWORK, PAGE

SHOWN = [(found[1], found[2].strip()) for found in COMMAND.finditer(PAGE.read_text(encoding="utf-8"))]
JSON = [(command, answer) for command, answer in SHOWN if not command.startswith("curl -si")]


def test_the_log_of_the_readme_is_what_a_point_and_a_driver_say() -> None:
    assert not drifts(sample_docs.PAGE, sample_docs.blocks()), "python -m tools.docs.sample_docs --write"


def test_the_page_says_of_which_network_its_answers_are() -> None:
    assert NETWORK.search(PAGE.read_text(encoding="utf-8"))
    assert len(JSON) > 15


@pytest.mark.parametrize(("command", "answer"), JSON, ids=[command for command, _ in JSON])
def test_an_answer_that_is_shown_has_just_the_fields_that_the_api_gives(command: str, answer: str) -> None:
    value = json.loads(answer)
    found = re.search(r"localhost:8000(/[^\s'?]*)", command)
    assert found
    method = "post" if " -X POST" in command else "get"
    status = str(value.get("status", 200)) if isinstance(value, dict) and "title" in value else "200"
    path = next(path for path in [found[1], *templates(method)] if fits(path, found[1], method))
    content = contract().document["paths"][path][method]["responses"][status]["content"]
    schema = next(iter(content.values()))["schema"]
    assert contract().errors(schema, value) == [], "python -m tools.samples"
    for record, kind in zip(value if isinstance(value, list) else [value], repeat_of(schema), strict=False):
        assert record.keys() == kind["properties"].keys(), "python -m tools.samples"


def templates(method: str) -> list[str]:
    """The paths with a name in them, those with more fixed words first."""
    return sorted(path for path, item in contract().document["paths"].items() if method in item)


def fits(template: str, path: str, method: str) -> bool:
    if method not in contract().document["paths"].get(template, {}):
        return False
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def repeat_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The structure of an answer, or of each element of a list."""
    name = schema.get("items", schema)["$ref"].rpartition("/")[2]
    while True:
        yield contract().document["components"]["schemas"][name]


def test_a_session_that_is_shown_is_named_by_its_shard_and_by_a_run_that_began_at_a_moment() -> None:
    shown = [pair for _, answer in JSON for pair in named(json.loads(answer))]
    assert shown
    for cp_id, session_id in shown:
        shard, run, number = map(int, session_id.removeprefix("session-").split("-"))
        assert shard == partition_of(cp_id, read(CentralSettings, {}).partitions)
        assert run > 1_700_000_000
        assert number > 0


def named(value: Any, cp_id: str = "") -> Iterator[tuple[str, str]]:
    """Each session in an answer, with its point."""
    if isinstance(value, list):
        for each in value:
            yield from named(each)
    elif isinstance(value, dict):
        cp_id = value.get("cp_id", cp_id)
        if value.get("session_id"):
            yield cp_id, value["session_id"]
        if value.get("session"):
            yield from named(value["session"], cp_id)


def test_an_answer_reaches_to_the_next_command_or_to_the_end_of_its_block() -> None:
    text = "$ curl -s http://localhost:8000/x\nold\n\n$ curl -s localhost:8000/y\n[]\n```\nmore\n"
    assert COMMAND.findall(text) == [
        ("curl -s http://localhost:8000/x", "old\n\n"),
        ("curl -s localhost:8000/y", "[]\n"),
    ]
