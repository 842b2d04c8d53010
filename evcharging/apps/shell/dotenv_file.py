"""Looks at `.env` before settings are read from it: what cannot be read is refused, and a name that is nearly that of a
setting is told. Knows no program."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values as values_in
from dotenv.parser import Binding, parse_stream

from evcharging.common.config import GROUPS, BadSettings
from evcharging.common.setting import file_variable, settings_of

DOTENV = Path(".env")
LARGEST = 1024 * 1024
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")


def dotenv_warnings(path: Path = DOTENV) -> list[str]:
    """A sentence for each name in the file that begins as our settings do and is none; raises BadSettings for a file,
    or a line, that cannot be read. A folder of that name, such as some have for Python, is none of ours."""
    try:
        if not (path.is_file() or path.is_fifo()):
            return []
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise BadSettings(f"Cannot read the file {path}: {(error.strerror or str(error)).lower()}") from None
    if len(content) > LARGEST:
        raise BadSettings(f"The file {path} is larger than {LARGEST} bytes: it has one setting a line")
    return [*_unknown(path, _lines(path, _text(path, content)))]


def dotenv_values(path: Path = DOTENV) -> dict[str, str]:
    """All that the file sets, as settings are read from it; nothing where it is not there."""
    return {name: value for name, value in values_in(path, encoding="utf-8").items() if value is not None}


def _text(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if NO_TEXT.search(text):
        raise BadSettings(f"The file {path} is not a text file in UTF-8")
    return text


def _lines(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """The number and name of each line that sets something."""
    for binding in parse_stream(StringIO(text, newline="")):
        if binding.key is not None and binding.value is not None:
            yield _number(binding), binding.key
        elif binding.error or binding.key is not None:
            line = binding.original.string.strip().partition("\n")[0]
            how = "with a quotation mark at both ends or at none" if "=" in line else "or # before it"
            raise BadSettings(f"{path}, line {_number(binding)}, cannot be read: write NAME=value, {how}")


def _number(binding: Binding) -> int:
    string = binding.original.string
    before = string[: len(string) - len(string.lstrip())]
    return binding.original.line + len(re.findall(r"\r\n|\n|\r", before))


def _unknown(path: Path, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    settings = [setting for group in GROUPS for setting in settings_of(group)]
    known = {setting.variable for setting in settings}
    known |= {file_variable(setting) for setting in settings if setting.is_secret}
    prefixes = tuple(group.model_config.get("env_prefix", "") for group in GROUPS)
    told = set(known)
    for number, name in lines:
        if name.upper().startswith(prefixes) and name.upper() not in told:
            told.add(name.upper())
            near = get_close_matches(name.upper(), sorted(known), n=1, cutoff=0.7)
            meant = f": is {near[0]} meant?" if near else ""
            yield f"{path}, line {number}: {name[:80]} is not a setting{meant}"
