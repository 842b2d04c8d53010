"""The page of the first change is true: what it says can be done in a copy of the source, and works there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evcharging.tests.places import ROOT

PAGE = ROOT / "docs" / "first-change.md"
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST_FILES = 6


def blocks(kind: str) -> list[str]:
    return [found[2] for found in BLOCKS.finditer(PAGE.read_text(encoding="utf-8")) if found[1] == kind]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The source, without what was built or brought about."""
    unwanted = shutil.ignore_patterns("__pycache__", "static", "fixtures")
    for name in ("evcharging", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(copy: Path, *command: str, given: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(
        command, cwd=copy, env=environment, input=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_message_a_rule_a_record_and_a_view_are_added_as_the_page_says(copy: Path) -> None:
    for patch in blocks("diff"):
        run(copy, "git", "apply", "-C1", "-", given=patch)
    [typed] = blocks("console")
    [name] = re.findall(r"tools\.migration (\w+)", typed)
    assert "Wrote" in run(copy, sys.executable, "-m", "tools.migration", name)
    [test] = blocks("python")
    file = copy / "evcharging" / "tests" / "test_notes.py"
    file.write_text(test, encoding="utf-8")
    said = run(copy, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file))
    assert len(re.findall(r"^async def test_", test, re.MULTILINE)) == said.splitlines()[0].count(".")


def test_it_touches_few_files() -> None:
    files = {name for patch in blocks("diff") for name in re.findall(r"^\+\+\+ b/(\S+)$", patch, re.MULTILINE)}
    assert 0 < len(files) <= MOST_FILES
