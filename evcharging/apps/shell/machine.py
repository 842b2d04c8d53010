"""What a program needs of its machine before anything else is loaded: memory, and three standard streams.
Needs Python's own library alone."""

import os
import sys
from contextlib import suppress

if sys.platform != "win32":
    import resource

MIB = 1024 * 1024
LEAST_MEMORY = 512
"""MiB of addresses below which no program of ours runs reliably."""

STREAMS = ("stdin", "stdout", "stderr")


def need_memory() -> None:
    """End with a sentence where this process may use too little memory."""
    if sys.platform == "win32":
        return
    for limit, flag in ((resource.RLIMIT_AS, "-v"), (resource.RLIMIT_DATA, "-d")):
        allowed, _ = resource.getrlimit(limit)
        if allowed != resource.RLIM_INFINITY and allowed < LEAST_MEMORY * MIB:
            has = f"This process may use {allowed // MIB} MiB of memory, and needs {LEAST_MEMORY}"
            sys.exit(f"Error: {has}: raise that with `ulimit {flag}`")


def open_streams() -> None:
    """Where a standard stream was closed before this process began, let it lead nowhere. Else the next file or socket
    would have its number, which libraries take for the stream."""
    for number in range(len(STREAMS)):
        with suppress(OSError):
            os.fstat(number)
            continue
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
    for number, name in enumerate(STREAMS):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
