"""How every program runs: one event loop, signals that end it cleanly, one sentence for what it cannot do."""

import asyncio
import atexit
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from time import perf_counter
from typing import Literal, cast

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.key_files import KeyFileUnusable
from evcharging.adapters.listening import CannotListen, PortTaken, listen
from evcharging.adapters.metrics import OTHER
from evcharging.adapters.store import Fenced, StoreUnavailable
from evcharging.apps.shell.logs import LogLine
from evcharging.apps.shell.meters import HostMeter, bus_samples
from evcharging.apps.shell.options import UserError
from evcharging.apps.shell.serving import Serving, why_not_serve
from evcharging.apps.shell.status import BEAT_EVERY, Check, Status
from evcharging.common.setting import settings_of
from evcharging.common.settings import Settings
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost

if sys.platform != "win32":
    import resource

    import uvloop

PATIENCE = 5.0
"""Seconds after which a store that does not answer makes a program not ready."""

FILES = 40
"""Files and connections that any program needs at once, beside its links."""

LISTENING = {"http_port": "http_host", "listen_port": "listen_host", "health_port": "health_host"}
"""Settings that are a port on which a program listens, and the address that each belongs to."""

WITHOUT_TLS = frozenset({"health_host"})
"""Those addresses at which a certificate is of no use: an engine and its monitor are on one machine."""

SETTLED_AFTER = 30.0
"""Seconds after which what a program has made is there to stay, such as roles and links."""

SELDOM = (50_000, 20, 100)
"""How many more objects make the garbage collector look at the young ones, and how often it looks at older ones: nearly
all that a program drops is in no cycle."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if sys.platform != "win32" else ()))
"""Ctrl+C, what ends a service, and the end of a terminal."""

NO_THREAD = "can't start new thread"
NO_MEMORY = "This process gets no more memory or threads: raise `ulimit -v` and `ulimit -u`, or run fewer points"


class CannotStart(Exception):
    """Something that a program needs is not there; the text says what, where and what to do."""


def run_program(
    main: Callable[[asyncio.Event], Awaitable[None]], *, links: int = 0, listens: Settings | None = None
) -> None:
    """Run a program until it is done or a signal sets its event; what it cannot do is one sentence and exit 1.
    `links` is how many ends of TCP links it has in any case, and `listens` the settings that say on which ports it
    listens."""
    raise_descriptor_limit()
    factory = uvloop.new_event_loop if sys.platform != "win32" else None
    try:
        need_descriptors(FILES + links)
        if listens is not None:
            need_ports(listens)
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(_until_signal(main))
    except* (CannotStart, CannotListen, StoreUnavailable, Fenced, KeyFileUnusable, ValueError) as group:
        raise UserError(_first_sentence(group)) from None
    except* OSError as group:
        raise UserError(f"The operating system refuses: {_first_sentence(group)}") from None
    except* (MemoryError, RuntimeError) as group:
        if group.subgroup(lambda error: not _is_shortage(error)) is not None:
            raise
        raise UserError(NO_MEMORY) from None


def _is_shortage(error: BaseException) -> bool:
    return isinstance(error, MemoryError | BaseExceptionGroup) or NO_THREAD in str(error)


def _first_sentence(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"Another process has taken over, so this one ends: {error}" if isinstance(error, Fenced) else str(error)


class Stop(asyncio.Event):
    """Set when a program is asked to end; `is_awaited` once the program is up and waits for that."""

    def __init__(self) -> None:
        super().__init__()
        self.is_awaited = False

    async def wait(self) -> Literal[True]:
        """Wait until the program is asked to end."""
        self.is_awaited = True
        return await super().wait()


async def _until_signal(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = Stop()
    task = asyncio.ensure_future(main(stop))
    gc.set_threshold(*SELDOM)
    asyncio.get_running_loop().call_later(SETTLED_AFTER, settle)

    def ask() -> None:
        # What is not up yet breaks off, and so does what is asked a second time while it ends in good order.
        if stop.is_set() or not stop.is_awaited:
            task.cancel()
        stop.set()

    for number in STOP_SIGNALS:
        # What is started with nohup goes on when its terminal is closed.
        if number in (signal.SIGINT, signal.SIGTERM) or signal.getsignal(number) is not signal.SIG_IGN:
            with suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, ask)
    with suppress(asyncio.CancelledError):
        await task
    if stop.is_set():
        _end_at_the_next_signal()


def settle() -> None:
    """Let the garbage collector look no more at what is there by now: with thousands of points, each look at all of
    that would stop the event loop for a good part of a second."""
    gc.collect()
    gc.freeze()


def _end_at_the_next_signal() -> None:
    """All is done: whoever asks once more while the interpreter waits for its threads gets what was asked for, and who
    asks later does not disturb it, which by itself would let signals kill it then."""
    for number in STOP_SIGNALS:
        with suppress(NotImplementedError):
            asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, lambda *_: os._exit(0))
    atexit.register(lambda: [signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS])


def raise_descriptor_limit() -> None:
    """Allow this process as many open connections as the machine lets it have."""
    if sys.platform != "win32":
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def need_descriptors(count: int) -> None:
    """Refuse to start where this process may not open so many files and connections; raises CannotStart."""
    if sys.platform != "win32":
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed != resource.RLIM_INFINITY and allowed < count:
            raise CannotStart(
                f"This process may open {allowed} files and connections, and needs {count}: raise that with `ulimit -n`"
            )


def need_ports(settings: Settings) -> None:
    """Refuse to start where a port of these settings is another program's, or others could read what is said there;
    raises PortTaken or CannotListen."""
    with ExitStack() as held:
        for setting in settings_of(type(settings)):
            if setting.field in LISTENING:
                host, port = (getattr(settings, field) for field in (LISTENING[setting.field], setting.field))
                try:
                    held.enter_context(listen(host, port))
                except PortTaken:
                    raise PortTaken(port, setting.variable) from None
                _need_secrecy(settings, LISTENING[setting.field])


def _need_secrecy(settings: Settings, field: str) -> None:
    setting = next(each for each in settings_of(type(settings)) if each.field == field)
    host = getattr(settings, field)
    reason = why_not_serve(cast(Serving, settings), host, speaks_tls=field not in WITHOUT_TLS)
    if reason is not None:
        raise CannotListen(f"{setting.flag} ({setting.variable}) is {host!r}: {reason}")


def watch_bus(status: Status, bus: Bus) -> Check:
    """Not ready while the bus cannot do its work; gives what finds that out."""

    def trouble() -> str | None:
        return bus.trouble

    status.add_check(trouble)
    status.metrics.add(bus_samples(bus))
    return trouble


class Running:
    """A host and what drives it."""

    def __init__(self, host: Host, live: LiveHost) -> None:
        self.host = host
        self.live = live


def _hung(live: LiveHost) -> str | None:
    asked_at = live.asked_at
    waited = 0.0 if asked_at is None else perf_counter() - asked_at
    return f"The store has not answered for {waited:.0f} s" if waited > PATIENCE else None


async def _tell_of_lost_store(host: Host, live: LiveHost, log: LogLine) -> None:
    """Say it once, though nothing has to be committed."""
    told = False
    while True:
        found = host.lost_store()
        if found and not told and live.failing is None:
            log("warning", found)
        if told and not found:
            log("warning", "The store is there again")
        told = found is not None
        await asyncio.sleep(BEAT_EVERY)


@asynccontextmanager
async def running(
    clock: Clock,
    log: LogLine,
    make: Callable[[Callable[[], None]], Host],
    status: Status | None = None,
    program: str = OTHER,
) -> AsyncIterator[Running]:
    """A host that lives until the block is left, and then finishes what it has; `make` is given its waker. A `status`
    is failing while the host's store is, and has its numbers under the program's name."""
    live = LiveHost(clock, lambda text: log("warning", text))
    host = make(live.wake)
    if status is not None:
        status.add_check(lambda: live.failing or host.lost_store() or _hung(live))
        live.before_fold = status.look
        meter = HostMeter(program, host, live)
        host.watch(meter)
        status.metrics.add(meter.samples)
    # A host that fails ends the block too, and with it the program: nothing goes on half alive.
    async with asyncio.TaskGroup() as group:
        task = group.create_task(live.run(host))
        looking = group.create_task(_tell_of_lost_store(host, live, log))
        try:
            yield Running(host, live)
        finally:
            looking.cancel()
            if not task.done() and not await live.stop(host):
                log("warning", "Stopped before all was done; what was committed goes on at the next start")
                task.cancel()
