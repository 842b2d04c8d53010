"""The hand at the point: a line on the terminal, `p`, `u`, `f` or `r` and perhaps a point's id, becomes an action."""

import asyncio
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from evcharging.common.messages import Action

KEYS = {"p": Action.PLUG, "u": Action.UNPLUG, "f": Action.FAULT, "r": Action.RECOVER}
HELP = "Keys: p plug, u unplug, f fault, r recover, then Enter; with several points, the point's ID after the key"


LOOK_EVERY = 0.5
"""Seconds after which a terminal is looked at again."""


class BadKey(ValueError):
    """The line is not an action; the text says what would be."""


def parse_key(line: str, cp_ids: Sequence[str]) -> tuple[str, Action]:
    """The point and the action of one line, such as `p` or `f CP-002`; raises BadKey."""
    words = line.split()
    action = KEYS.get(words[0].lower()) if words else None
    if action is None or len(words) > 2:
        raise BadKey(HELP)
    cp_id = words[1] if len(words) == 2 else cp_ids[0]
    if cp_id not in cp_ids:
        raise BadKey(f"{cp_id} is not here; here are {', '.join(cp_ids[:10])}")
    return cp_id, action


def watch_keys(cp_ids: Sequence[str], act: Callable[[str, Action], None], log: Callable[[str, str], None]) -> None:
    """Read the terminal for as long as the program runs; where there is none, do nothing."""
    if not sys.stdin or not sys.stdin.isatty():
        return
    loop = asyncio.get_running_loop()
    log("info", HELP)

    def handle(line: str) -> None:
        try:
            act(*parse_key(line, cp_ids))
        except BadKey as error:
            log("warning", str(error))

    def read() -> None:
        # All mean that it is over: the loop is closed, or the terminal is closed or gone.
        with suppress(RuntimeError, ValueError, OSError):
            for line in _typed(sys.stdin.fileno()):
                loop.call_soon_threadsafe(handle, line)

    # Who reads a terminal in the background would be stopped.
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    threading.Thread(target=read, name="keys", daemon=True).start()


def _typed(terminal: int) -> Iterator[str]:
    """The lines that are typed while this process is in the foreground. Not read by `sys.stdin`: Python aborts where a
    thread is in it when the interpreter ends."""
    rest = b""
    while True:
        if _is_in_background(terminal):
            time.sleep(LOOK_EVERY)
            continue
        ready, _, _ = select.select([terminal], [], [], LOOK_EVERY)
        if ready:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                if _is_in_background(terminal):
                    continue
                raise
            if not part:
                return
            *lines, rest = (rest + part).split(b"\n")
            yield from (line.decode(errors="replace") for line in lines)


def _is_in_background(terminal: int) -> bool:
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:  # not the terminal that this process belongs to, which knows no background
        return False
