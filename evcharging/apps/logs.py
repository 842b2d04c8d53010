"""Log lines in the specification's format: `YYYY-MM-DD HH:MM:SS | INFO | component | text`, in UTC."""

import logging
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

Say = Callable[[str, str], None]
"""Takes a level (debug, info, warning, error) and a sentence."""


def configure(level: str, now: Callable[[], datetime], out: TextIO | None = None) -> None:
    """Log from this level on, with the time that `now` gives."""

    def render(_: WrappedLogger, method: str, event: EventDict) -> str:
        return f"{now():%Y-%m-%d %H:%M:%S} | {method.upper()} | {event['component']} | {event['event']}"

    structlog.configure(
        processors=[render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=out or sys.stdout),
        cache_logger_on_first_use=False,
    )


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
