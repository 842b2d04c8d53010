"""The house's own measures, held by `make check`: names that mean one thing, files and functions that are read at a
glance. `python -m tools.measures` prints what is beyond them, and ends with status 1 if anything is."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).parents[1]
FOLDERS = ("evcharging", "benchmarks", "examples", "tools")
LONGEST_FILE = 350
LONGEST_FUNCTION = 60
NINE_OF_TEN = 15
"""Lines; nine of ten functions are no longer than the last."""


@dataclass(frozen=True)
class Source:
    """One file of source, without tests."""

    name: str
    lines: int
    classes: tuple[str, ...]
    functions: tuple[tuple[str, int], ...]


def sources(root: Path = ROOT) -> Iterator[Source]:
    """All files that are measured."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "tests" not in path.parts:
                yield read(path, root)


def read(path: Path, root: Path = ROOT) -> Source:
    """Measure one file."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    classes = tuple(node.name for node in tree.body if isinstance(node, ast.ClassDef))
    functions = tuple(
        (node.name, _lines_of(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return Source(str(path.relative_to(root)), text.count("\n"), classes, functions)


def _lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body, without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


def beyond(found: list[Source]) -> Iterator[str]:
    """What is beyond the measures, a sentence each."""
    homes = defaultdict(list)
    for source in found:
        if source.lines > LONGEST_FILE:
            yield f"{source.name} has {source.lines} lines, and at most {LONGEST_FILE} are read at a glance"
        for name in source.classes:
            homes[name].append(source.name)
        for name, lines in source.functions:
            if lines > LONGEST_FUNCTION:
                yield f"{source.name}: {name} has {lines} lines, and at most {LONGEST_FUNCTION} are read at a glance"
    for name, files in sorted(homes.items()):
        if len(files) > 1:
            yield f"{name} means {len(files)} things: {', '.join(files)}"
    longest = nine_of_ten(found)
    if longest > NINE_OF_TEN:
        yield f"Nine of ten functions have up to {longest:.0f} lines, and should have up to {NINE_OF_TEN}"


def nine_of_ten(found: list[Source]) -> float:
    """The lines that nine of ten functions do not exceed."""
    lengths = [lines for source in found for _, lines in source.functions]
    return quantiles(lengths, n=10)[-1] if len(lengths) > 1 else float(sum(lengths))


def main() -> None:
    """Print what is beyond, or what there is."""
    found = list(sources())
    said = list(beyond(found))
    print(
        "\n".join(said) or f"{len(found)} files, {sum(source.lines for source in found):,} lines: within the measures"
    )
    sys.exit(bool(said))


if __name__ == "__main__":
    main()
