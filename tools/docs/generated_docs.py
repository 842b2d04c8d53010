"""Blocks of a page that are made from the source, each between two markers, and checked or written anew.
Knows not what is in them."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def with_blocks(text: str, blocks: Mapping[str, str]) -> str:
    """The page with each named block as it is now; raises ValueError where a page lacks the markers of a block."""
    for name, block in blocks.items():
        begin, end = f"<!-- generated: {name} -->\n", f"<!-- end: {name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"The page has no place for the block {name}: it stands between {begin.strip()} and {end}")
        text = f"{before}{begin}\n{block}\n\n{end}{after}"
    return text


def drifts(page: Path, blocks: Mapping[str, str]) -> bool:
    """Whether the page says something else than the source."""
    text = page.read_text(encoding="utf-8")
    return with_blocks(text, blocks) != text


def keep(page: Path, blocks: Callable[[], Mapping[str, str]], arguments: list[str]) -> None:
    """What a generator does on the command line: `--write` the page anew, or `--check` it and exit with 1."""
    match arguments:
        case ["--write"]:
            page.write_text(with_blocks(page.read_text(encoding="utf-8"), blocks()), encoding="utf-8")
        case ["--check"]:
            if drifts(page, blocks()):
                sys.exit(f"{page.name} is not as the source says: run this with --write")
        case _:
            sys.exit("Say --check or --write")
