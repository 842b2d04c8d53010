"""Whether a file was changed since it was looked at. Knows nothing of what is in it."""

from pathlib import Path

Mark = tuple[int, int, int] | None
"""What is different of a file that was changed; None where there is none."""


def mark_of(file: Path) -> Mark:
    """How a file is marked now."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
