"""Reads the meters of buildings over HTTP, and tells sites what they say. A meter that is not heard of any more counts
as its worst case, which the site sees to. Knows no role."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx

from evcharging.common.messages import Message
from evcharging.common.messages_grants import BuildingMeasured
from evcharging.common.meter_places import MeterPlace
from evcharging.common.utils import BadJson, Frozen, from_json

EVERY_S, WITHIN_S = 2.0, 2.0
"""Seconds between two readings, and in which a meter has to answer."""

MOST_BYTES = 10_000
"""Of an answer that is read."""

Log = Callable[[str, str], None]


class MeterAnswer(Frozen, frozen=True, kw_only=True):
    """What a meter answers: mA on each phase, below 0 where power is fed back; other fields do not count."""

    l1_ma: int
    l2_ma: int = 0
    l3_ma: int = 0


class BuildingMeters:
    """All meters that this process reads, each by itself, so that a slow one holds up no other."""

    def __init__(
        self, places: Sequence[MeterPlace], publish: Callable[[Message], None], now: Callable[[], datetime], log: Log
    ) -> None:
        self._places = places
        self._publish = publish
        self._now = now
        self._log = log
        self._troubles: dict[MeterPlace, str | None] = {}

    async def run(self) -> None:
        """Read them until it is cancelled."""
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=WITHIN_S) as client:
            await asyncio.gather(*(self._follow(client, place) for place in self._places))

    async def _follow(self, client: httpx.AsyncClient, place: MeterPlace) -> None:
        while True:
            self._note(place, await self.read(client, place))
            await asyncio.sleep(EVERY_S)

    async def read(self, client: httpx.AsyncClient, place: MeterPlace) -> str | None:
        """Read a meter once, and tell its site; what is wrong, if something is."""
        try:
            async with asyncio.timeout(WITHIN_S):
                answer = await client.get(place.url, headers={"accept": "application/json"})
            if answer.status_code != httpx.codes.OK:
                return f"it answers {answer.status_code}"
            if len(answer.content) > MOST_BYTES:
                return "its answer is too long"
            reading = from_json(MeterAnswer, answer.content)
            self._publish(_measured(place, reading, self._now()))
        except BadJson as error:
            return f"its answer cannot be read: {error}"
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return str(error) or "it does not answer"
        return None

    def _note(self, place: MeterPlace, trouble: str | None) -> None:
        before = self._troubles.get(place)
        self._troubles[place] = trouble
        name = f"The meter of {place.site_id}/{place.circuit_id}"
        if trouble is not None and before is None:
            self._log("warning", f"{name} at {place.url} cannot be read, and its worst case counts: {trouble}")
        elif trouble is None and before is not None:
            self._log("info", f"{name} can be read again")


def _measured(place: MeterPlace, reading: MeterAnswer, now: datetime) -> BuildingMeasured:
    return BuildingMeasured(
        ts=now,
        site_id=place.site_id,
        circuit_id=place.circuit_id,
        l1_ma=reading.l1_ma,
        l2_ma=reading.l2_ma,
        l3_ma=reading.l3_ma,
    )
