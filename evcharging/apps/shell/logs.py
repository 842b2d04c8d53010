"""Log lines in the specification's format, `YYYY-MM-DD HH:MM:SS | INFO | component | text` in UTC, or as JSON.
A program never ends because of its log: not when nobody reads it any more, nor when there is no room for it."""

import io
import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from errno import EIO
from pathlib import Path
from typing import Protocol, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from evcharging.common.utils import iso

LogLine = Callable[[str, str], None]
"""Takes a level (debug, info, warning, error) and a sentence."""

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

IDS = ("cp_id", "session_id", "request_id", "driver_id")
"""What a line of JSON names of that which it is about."""


Text = str | Callable[[], str]
"""A sentence, or what makes it if somebody hears it."""


class LogFunction(Protocol):
    """Says a sentence; `about` is the message, record or role that it is about, whose ids a line of JSON names."""

    def __call__(self, level: str, text: Text, about: object = None, /) -> None: ...


def configure(level: str, now: Callable[[], datetime], out: TextIO | None = None, *, form: str = "text") -> None:
    """Log from this level on, with the time that `now` gives; `form` is text or json."""
    line = as_json if form == "json" else as_text

    def render(_: WrappedLogger, method: str, event: EventDict) -> str:
        return line(now(), method.upper(), event["component"], event["event"], event["about"])

    writer = _Writer(out or sys.stdout)
    structlog.configure(
        processors=[render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda: writer,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, Libraries)]:
        root.removeHandler(handler)
    root.addHandler(Libraries(logging.WARNING))


def as_text(moment: datetime, level: str, component: str, text: str, _: object) -> str:
    """A line as the specification has it."""
    return f"{moment:%Y-%m-%d %H:%M:%S} | {level} | {component} | {one_line(text)}"


def as_json(moment: datetime, level: str, component: str, text: str, about: object) -> str:
    """A line that is one JSON object, in printable ASCII alone."""
    ids = {name: value for name in IDS if (value := getattr(about, name, None))}
    fields = {"ts": iso(moment), "level": level, "component": component, "message": text, **ids}
    return json.dumps(fields, separators=(",", ":")).replace("\x7f", "\\u007f")


def sentence(text: Text) -> str:
    """The sentence, made where it has not been made yet."""
    return text if isinstance(text, str) else text()


def one_line(text: str) -> str:
    """The text with what would break the line, or the terminal, written as an escape."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class Libraries(logging.Handler):
    """What libraries warn of, as one line of our own: without this, Python would write their stack traces."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say one thing."""
        error = record.exc_info[1] if record.exc_info else None
        text = record.getMessage().partition("\n")[0]
        level = "error" if record.levelno >= logging.ERROR else "warning"
        speaker(record.name.partition(".")[0])(level, f"{text}: {error!r}" if error else text)


class _Writer:
    """Writes whole lines."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="backslashreplace")

    def write(self, line: str) -> None:
        """Write a line, if that is possible."""
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except OSError as error:
            if isinstance(error, BrokenPipeError) or (error.errno == EIO and self._is_terminal):
                self._let_go()

    debug = info = warning = error = write

    def _let_go(self) -> None:
        """Nobody reads any more, or the terminal is gone; what Python still holds, and what follows, goes nowhere."""
        with suppress(OSError), Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), self._out.fileno())


def speaker(component: str) -> LogFunction:
    """The voice of one program, `Central`, `CP_E:<id>`, `CP_M:<id>` or `Driver:<id>`."""
    logger = structlog.get_logger(component=component)
    heard: dict[str, Callable[..., None]] = {
        level: getattr(logger, level) for level, number in LEVELS.items() if logger.is_enabled_for(number)
    }

    def say(level: str, text: Text, about: object = None) -> None:
        voice = heard.get(level)
        if voice is not None:
            voice(sentence(text), about=about)

    return say
