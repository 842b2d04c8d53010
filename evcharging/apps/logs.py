"""Log lines in the specification's format: `YYYY-MM-DD HH:MM:SS | INFO | component | text`, in UTC.
A program never ends because of its log: not when nobody reads it any more, nor when there is no room for it."""

import io
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

Say = Callable[[str, str], None]
"""Takes a level (debug, info, warning, error) and a sentence."""


def configure(level: str, now: Callable[[], datetime], out: TextIO | None = None) -> None:
    """Log from this level on, with the time that `now` gives."""

    def render(_: WrappedLogger, method: str, event: EventDict) -> str:
        return f"{now():%Y-%m-%d %H:%M:%S} | {method.upper()} | {event['component']} | {one_line(event['event'])}"

    writer = _Writer(out or sys.stdout)
    structlog.configure(
        processors=[render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda: writer,
        cache_logger_on_first_use=False,
    )


def one_line(text: str) -> str:
    """The text with what would break the line, or the terminal, written as an escape."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class _Writer:
    """Writes whole lines."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="backslashreplace")

    def write(self, line: str) -> None:
        """Write a line, if that is possible."""
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except BrokenPipeError:
            self._let_go()
        except OSError:
            return

    debug = info = warning = error = write

    def _let_go(self) -> None:
        """Nobody reads any more; what Python still holds, and what follows, goes nowhere."""
        with suppress(OSError), Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), self._out.fileno())


def speaker(component: str) -> Say:
    """The voice of one program, `Central`, `CP_E:<id>`, `CP_M:<id>` or `Driver:<id>`."""
    logger = structlog.get_logger(component=component)
    voices: dict[str, Callable[[str], None]] = {
        "debug": logger.debug,
        "info": logger.info,
        "warning": logger.warning,
        "error": logger.error,
    }
    return lambda level, text: voices[level](text)
