"""The requests file: a line has the ID of a charging point, or @ and the ID of a site for any point there; blank lines
and `#` comments between. Knows no driver."""

from pathlib import Path

from evcharging.common.setting_values import checked_id
from evcharging.roles.driver import ANY_POINT_OF

LARGEST = 1024 * 1024


class BadRequestsFile(ValueError):
    """The file cannot be used; the text says why and where."""


def read_requests(path: str) -> list[str]:
    """The points and sites in the file's order; raises BadRequestsFile."""
    points = []
    for number, line in enumerate(_text_of(path).splitlines(), 1):
        name = line.partition("#")[0].strip()
        if name:
            points.append(_checked(path, number, name))
    if not points:
        raise BadRequestsFile(
            f"{path} names no charging point: write one ID a line, such as CP-001, or @SITE-1 for any of a site"
        )
    return points


def _text_of(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise BadRequestsFile(f"{path} is larger than {LARGEST} bytes: a requests file has an ID a line")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequestsFile(f"{path} is not a text file in UTF-8") from None
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise BadRequestsFile(f"Cannot read the requests file {path or '(without a name)'}: {reason}") from None


def _checked(path: str, number: int, name: str) -> str:
    try:
        checked_id(name.removeprefix(ANY_POINT_OF))
    except ValueError as error:
        what = "site ID" if name.startswith(ANY_POINT_OF) else "charging point ID"
        raise BadRequestsFile(f"{path}, line {number}: {name[:80]!r} is no {what}; {error}") from None
    return name
