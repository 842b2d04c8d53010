"""What the parts of a site say of themselves: what they hear, and what their timers ring for."""

from collections.abc import Callable
from datetime import datetime

from evcharging.roles.role import Effects, Input

Handlers = dict[type[Input], Callable[..., Effects]]
Timeouts = dict[str, Callable[[str, datetime], Effects]]
