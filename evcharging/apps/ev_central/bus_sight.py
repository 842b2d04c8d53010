"""One message of the bus as it is shown: what it says, whether it can be read, and whether its seal holds. Knows not
who looks on."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from evcharging.adapters.bus.traffic import Passing, SetAside
from evcharging.adapters.seals import Seals
from evcharging.apps.ev_central.views_bus import BusMessageView, Seal, SetAsideView
from evcharging.common.kafka import SCHEMAS, WEBHOOK_REQUESTS
from evcharging.common.messages import Message
from evcharging.common.utils import BadJson, utc

SHOWN: Final = 16_384
"""Bytes of a message that are shown."""

UNREADABLE: Final = "It cannot be read: {}"
UNBELIEVED: Final = "It is not believed: {}"

_URL: Final = re.compile(r'("url"\s*:\s*")(?:[^"\\]|\\.)*')
"""Who has the address of a webhook may post there, which is a secret of its receiver."""


class Judge:
    """Says of messages what those say who read them. `is_secure`: whether anybody has to prove anything just now."""

    def __init__(self, seals: Seals, is_secure: Callable[[], bool] = lambda: False) -> None:
        self.is_secure = is_secure
        self._seals = seals

    def view(self, passing: Passing, number: int, seen_at: datetime) -> BusMessageView:
        """A message as it is shown."""
        message, why = _read(passing)
        seal, doubt = self._seal(passing, message)
        return BusMessageView(
            number=number,
            seen_at=utc(seen_at),
            topic=passing.topic.name,
            partition=passing.partition,
            offset=passing.offset,
            key=passing.key,
            kind=None if message is None else type(message).__name__,
            ts=None if message is None else utc(message.ts),
            text=text_of(passing),
            size=len(passing.body),
            cut=len(passing.body) > SHOWN,
            seal=seal,
            refusal=why or doubt,
            frame=None,
        )

    def _seal(self, passing: Passing, message: Message | None) -> tuple[Seal, str | None]:
        """How its seal is, and why it is not believed."""
        if message is None or not (self.is_secure() and self._seals.is_ready):
            return "none" if passing.seal is None else "unchecked", None
        reason = self._why_not(passing, message)
        found: Seal = "none" if passing.seal is None else "holds" if reason is None else "broken"
        return found, None if reason is None else UNBELIEVED.format(reason)

    def _why_not(self, passing: Passing, message: Message) -> str | None:
        try:
            return self._seals.why_not(passing.topic, message, passing.body, passing.seal)
        except Exception as error:
            # Whatever somebody has written must not end the looking on.
            return f"it cannot be judged: {error!r}"[:500]


def text_of(passing: Passing) -> str:
    """The JSON of a message, as it may be shown."""
    return _masked(passing.topic.name, passing.body[:SHOWN].decode(errors="replace"))


def _masked(topic: str, text: str) -> str:
    return _URL.sub(r"\1…", text) if topic == WEBHOOK_REQUESTS.name else text


def _read(passing: Passing) -> tuple[Message | None, str | None]:
    try:
        message: Message = SCHEMAS[passing.topic.name].decode(passing.body)
    except BadJson as error:
        return None, UNREADABLE.format(error)
    return message, None


def set_aside_view(letter: SetAside, seen_at: datetime) -> SetAsideView:
    """What was set aside, as it is shown."""
    return SetAsideView(
        seen_at=utc(seen_at),
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        refusal=(UNBELIEVED if letter.is_unbelieved else UNREADABLE).format(letter.reason),
        text=_masked(letter.topic, letter.text),
    )
