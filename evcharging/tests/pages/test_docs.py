"""The documentation is true: links lead somewhere, commands parse, and what is named exists."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from evcharging.apps.ev_central.access.routes import ROUTES
from evcharging.apps.psp.api import ENDPOINTS
from evcharging.apps.shell.cli import PROGRAMS
from evcharging.common.config import GROUPS
from evcharging.common.schema import MESSAGES, Schema
from evcharging.common.setting import file_variable, settings_of
from evcharging.common.states import CPEvent, CPState
from evcharging.common.utils import to_json
from evcharging.tests.places import ROOT
from evcharging.tests.stages.central_world import contract
from tools.docs import message_docs, metric_docs, permission_docs, state_diagram
from tools.docs.generated_docs import drifts, with_blocks

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "console" / "README.md"])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

NO_API = {
    "/metrics",
    "/",
    "/ws",
    "/openapi.json",
    "/docs",
    "/setup",
    "/favicon.svg",
    "/assets/{path}",
    "/app",
    "/app/{path}",
}
OTHER_VARIABLES = {
    "CENTRAL_URL",
    "DRIVER_PASSWORD",
    "JOBS",
    "KAFKA_VERSION",
    "KILLS",
    "PYTHON",
    "PYTHONPATH",
    "PYTHON_IMAGE",
    "SEED",
    "SEEDS",
    "TOKEN",
}
OTHER_FLAGS = {
    "--build-arg",
    "--check",
    "--write",
    "--help",
    "--version",
    "--runs",
    "--cov",
    "--strict",
    "--free",
    "--load",
    "--password-file",
    "--sealed",
    "--stopped",
}

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SHELL = {"bash", "console", "sh"}
VARIABLE = re.compile(r"\b(?:CENTRAL|CP_ENGINE|CP_MONITOR|DRIVER|NETWORK|SIMULATION)_[A-Z_]+\b|\b[A-Z][A-Z_]+(?==)")


@dataclass(frozen=True)
class Page:
    """One page: its text, its fenced blocks by language, and what else stands in code letters."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        return FENCE.sub("", self.text)

    def blocks(self, *languages: str) -> list[str]:
        return [body for language, body in FENCE.findall(self.text) if language in languages]

    def codes(self) -> list[str]:
        return CODE.findall(self.prose)

    def commands(self) -> list[str]:
        """What a reader may type: each line of a shell block, without what it prints, and commands within the prose."""
        typed = [line for body in self.blocks("console") for line in _joined(body) if line.startswith("$ ")]
        listed = [line for body in self.blocks("bash", "sh", "") for line in _joined(body)]
        return [line.removeprefix("$ ").partition(" #")[0].strip() for line in [*typed, *listed, *self.codes()]]

    def anchors(self) -> set[str]:
        """What headings are called in links, as GitHub does it."""
        headings = re.findall(r"^#+ +(.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _joined(body: str) -> list[str]:
    return body.replace("\\\n", " ").splitlines()


@pytest.fixture(params=NAMES)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(ROOT / request.param)


def words_of(command: str) -> list[str]:
    """A command's words without variables that are set before it, the folder of the program, and where its output
    goes."""
    words = [*takewhile(lambda word: word != ">", shlex.split(command))]
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        del words[0]
    return [words[0].removeprefix(".venv/bin/"), *words[1:]] if words else []


def of_our_programs(page: Page) -> Iterator[list[str]]:
    """The arguments of every `evcharging ...`, also where it is said as `python -m evcharging.apps....main ...`."""
    mains = {module: name for name, module in PROGRAMS.items()}
    for command in page.commands():
        if "evcharging" not in command:
            continue
        match words_of(command):
            case ["evcharging", *arguments]:
                yield arguments
            case ["python", "-m", module, *arguments] if module in mains:
                yield [mains[module], *arguments]


# Links and names


def test_every_relative_link_leads_to_a_file_and_a_heading_of_it(page: Page) -> None:
    for target in LINK.findall(page.prose):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            file = (page.path.parent / path).resolve() if path else page.path
            assert file.exists(), target
            assert not anchor or anchor in Page(file).anchors(), target


def test_every_path_in_code_letters_exists_and_holds_what_is_named_in_it(page: Page) -> None:
    for code in page.codes():
        if re.fullmatch(r"(?:evcharging|tests|tools|benchmarks|docker|docs|console)/[\w./-]*(?::\w+)?", code):
            path, _, name = code.partition(":")
            assert (ROOT / path).exists(), code
            assert not name or re.search(rf"\b(?:def|class) {name}\b", (ROOT / path).read_text(encoding="utf-8")), code


def test_every_setting_is_declared(page: Page) -> None:
    settings = [setting for group in GROUPS for setting in settings_of(group)]
    files = {file_variable(setting) for setting in settings if setting.is_secret}
    declared = {setting.variable for setting in settings} | files | OTHER_VARIABLES
    said = [*page.codes(), *page.blocks("bash", "console", "sh", "")]
    assert {name for text in said for name in VARIABLE.findall(text)} - declared == set()


# Commands


@cache
def command_of(name: str) -> click.Command:
    command: click.Command = import_module(PROGRAMS[name]).main
    return command


def flags_of(command: click.Command) -> set[str]:
    own = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
    return own.union(*map(flags_of, command.commands.values())) if isinstance(command, click.Group) else own


def test_every_command_of_ours_parses(page: Page) -> None:
    for name, *arguments in of_our_programs(page):
        if name.startswith("-"):
            assert name in OTHER_FLAGS
            continue
        try:
            command_of(name).make_context(name, [*arguments])
        except click.exceptions.Exit:
            assert "--help" in arguments


def test_a_simulation_gives_what_the_page_shows(page: Page) -> None:
    for block in page.blocks("console"):
        command, _, shown = block.partition("\n")
        words = words_of(command.removeprefix("$ "))
        if words[:2] == ["evcharging", "simulate"]:
            assert CliRunner().invoke(command_of("simulate"), words[2:]).stdout == shown


def test_every_flag_in_code_letters_is_one_of_some_program(page: Page) -> None:
    known = set().union(*(flags_of(command_of(name)) for name in PROGRAMS)) | OTHER_FLAGS
    assert {flag for code in page.codes() for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code)} - known == set()


def test_every_make_target_exists(page: Page) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for command in page.commands():
        if re.match(r"(?:[A-Z_]+=\S+ )*make\b", command):
            assert {word for word in words_of(command)[1:] if "=" not in word} <= set(targets), command


def test_every_python_module_that_is_run_exists(page: Page) -> None:
    for command in page.commands():
        for module in re.findall(r"python3? -m ([\w.]+)", command):
            assert find_spec(module) is not None, command


# HTTP


def paths_of(page: Page) -> Iterator[str]:
    """Every path of the API that is asked for with curl, or stands in code letters by itself or after a method."""
    for command in page.commands():
        yield from re.findall(r"https?://(?:localhost|127\.0\.0\.1):\d+(/[^\s\"'?]*)", command)
    for code in page.codes():
        if found := re.fullmatch(r"(?:(?:GET|POST) )?(/[a-z][\w/{}.-]*|/)(?:\?.*)?", code):
            yield found[1]


def test_every_http_path_exists(page: Page) -> None:
    known = [
        re.compile(re.sub(r"\{\w+\}", r"[^/]+", path))
        for path in (*contract().document["paths"], *(path for _, path, *_ in (*ROUTES, *ENDPOINTS)))
    ]
    for path in paths_of(page):
        assert path in NO_API or any(pattern.fullmatch(path) for pattern in known), path


# Messages


def test_every_message_that_is_shown_is_one(page: Page) -> None:
    decode = Schema(*MESSAGES).decode
    kinds = {kind.__name__ for kind in MESSAGES}
    for block in page.blocks("json"):
        shown = json.loads(block)
        body = shown.get("body", shown)
        if body.get("type") in kinds:
            decode(to_json(body))


# What is generated


def test_the_state_diagram_is_as_the_table_says() -> None:
    assert not drifts(state_diagram.PAGE, state_diagram.blocks()), "python -m tools.docs.state_diagram --write"


def test_the_tables_of_messages_are_as_the_schemas_say() -> None:
    assert not drifts(message_docs.PAGE, message_docs.blocks()), "python -m tools.docs.message_docs --write"


def test_the_table_of_metrics_is_as_they_are_declared() -> None:
    assert not drifts(metric_docs.PAGE, metric_docs.blocks()), "python -m tools.docs.metric_docs --write"


def test_the_page_about_permissions_is_as_the_tables_say() -> None:
    assert not drifts(permission_docs.PAGE, permission_docs.blocks()), "python -m tools.docs.permission_docs --write"


def test_what_the_readme_says_of_the_proof_is_what_the_reports_say() -> None:
    simulation, mutants, torture = (
        json.loads((ROOT / "docs" / "proof" / f"{name}.json").read_bytes())
        for name in ("simulation", "mutants", "torture")
    )
    said = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("\n> ", " ").split())
    assert f"{simulation['seeds']:,} seeds of faults with {len(simulation['violations'])} violations" in said
    assert f"{sum(row['seed'] is not None for row in mutants)} of {len(mutants)} deliberate defects" in said
    assert f"{torture['kills']} kills and {torture['pauses']} pauses during {torture['sessions']:,} sessions" in said
    assert f"lost {torture['lost']}, billed twice {torture['doubled']}," in said
    assert f"differs from metered energy by {torture['off_mwh']} mWh" in said
    assert not torture["otherwise_wrong"]


def test_a_transition_is_one_arrow() -> None:
    drawn = state_diagram.diagram({(CPState.ACTIVATED, CPEvent.STOP): CPState.STOPPED})
    assert drawn.splitlines()[2:-1] == ["    [*] --> DISCONNECTED", "    ACTIVATED --> STOPPED: STOP"]


def test_a_block_is_replaced_and_nothing_else_is_touched() -> None:
    text = "above\n<!-- generated: x -->\nold\n<!-- end: x -->\nbelow\n"
    assert with_blocks(text, {"x": "new"}) == "above\n<!-- generated: x -->\n\nnew\n\n<!-- end: x -->\nbelow\n"


@pytest.mark.parametrize("text", ["nothing", "<!-- generated: x -->\nopen", "<!-- end: x --> <!-- generated: x -->\n"])
def test_a_page_without_a_place_for_a_block_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place for the block x"):
        with_blocks(text, {"x": "new"})
