"""The clock of a program, whose time its log lines have, and what is said when the machine's own clock is not right."""

from datetime import datetime, timedelta

from evcharging.adapters.clock import NO_TIME, Clock, WallClock
from evcharging.apps.shell.logs import LogLine, configure, speaker
from evcharging.common.utils import iso

MUCH = timedelta(minutes=1)
"""What a store may be ahead of the clock without anybody saying so."""


def wall_clock(log_level: str, log_format: str, component: str, speed: float = 1.0) -> WallClock:
    """A clock that follows the machine's. The log begins with it, and says where that was set."""
    clock = WallClock(speed)
    configure(log_level, clock.now, form=log_format)
    log = speaker(component)
    clock.on_set = lambda by: log("warning", set_sentence(by))
    return clock


def set_sentence(by: timedelta) -> str:
    """That the machine's clock was set, and what follows from it."""
    how = "forward, or the machine was asleep" if by > NO_TIME else "back"
    return (
        f"The clock of this machine was set {_seconds(abs(by))} {how}; "
        "what is under way goes on as if no time had passed, and moments are by the new time from now on"
    )


def go_on_from(clock: WallClock, newest: datetime | None, what: str, log: LogLine) -> None:
    """A network with a time of its own goes on from the newest moment that it has written down, where that is ahead."""
    ahead = _ahead(clock, newest)
    if newest is not None and ahead > MUCH:
        clock.go_on_from(newest)
        log(
            "warning",
            f"The {what} goes on until {iso(newest)}, {_seconds(ahead)} ahead of the clock of this machine: "
            "the time of this network goes on from there",
        )


def warn_if_ahead(clock: Clock, newest: datetime | None, what: str, log: LogLine) -> None:
    """A program among others on other machines goes by the machine's clock, whatever it has written down."""
    ahead = _ahead(clock, newest)
    if newest is not None and ahead > MUCH:
        log(
            "warning",
            f"The {what} goes on until {iso(newest)}, {_seconds(ahead)} ahead of the clock of this machine: "
            "see that the clocks of all machines are right, for bills that disagree with them are held",
        )


def _ahead(clock: Clock, newest: datetime | None) -> timedelta:
    return NO_TIME if newest is None else newest - clock.now()


def _seconds(time: timedelta) -> str:
    return f"{time.total_seconds():,.0f} s"
