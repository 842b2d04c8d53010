"""Watches over a Kafka that was found: whether it answers, and whether its topics are still the ones that they were.
Knows no message, reader or writer."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from confluent_kafka.admin import AdminClient

from evcharging.adapters.bus import Place
from evcharging.adapters.bus.kafka.probe import Probe
from evcharging.adapters.bus.kafka.security import LogLine
from evcharging.adapters.bus.kafka.topics import NAMES, Cluster, is_still, unreachable_at

LOOK_EVERY = 5.0
"""Seconds after which topics are looked at without any sign of trouble: a change is noticed within 10 s, and healed."""

LOOK_AGAIN = 2.0


class Watch:
    """Made and used in a running event loop. `moved` is called with the names of topics that are other ones now, `sure`
    whenever `is_unsure` ends, and `well` whenever Kafka was looked at and is as it must be, with whether topics are
    other ones."""

    def __init__(
        self,
        cluster: Cluster,
        log: LogLine,
        look: Callable[[LogLine], Awaitable[Cluster]],
        *,
        moved: Callable[[frozenset[str]], None],
        sure: Callable[[], None],
        well: Callable[[bool], None],
    ) -> None:
        self.cluster = cluster
        self.away = False
        self.is_unsure = False
        """Whether topics may be other ones than those that readers believe to read."""
        self.on_away: list[Callable[[bool], None]] = []
        self._address = str(cluster.settings["bootstrap.servers"])
        self._say = log
        self._look = look
        self._moved = moved
        self._sure = sure
        self._well = well
        self._ill: str | None = None
        self._gaps: set[Place] = set()
        self._alarm = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._probe = Probe(cluster.settings, self._hear)
        self._task = asyncio.create_task(self._run())

    @property
    def trouble(self) -> str | None:
        """What is wrong with Kafka or its topics, in one sentence."""
        return unreachable_at(self._address) if self.away else self._ill

    def alarm(self) -> None:
        """Something may be wrong: look now."""
        self._alarm.set()

    def miss(self, place: Place) -> None:
        """A reader was to go on at an offset that there is not."""
        self._gaps.add(place)
        self._alarm.set()

    async def close(self) -> None:
        """Watch no longer."""
        self._probe.close()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    # Whether Kafka answers

    def _hear(self, answers: bool) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._turn, not answers)

    def _turn(self, away: bool) -> None:
        self.away = away
        if away:
            self._say("warning", f"{unreachable_at(self._address)}, retrying")
        else:
            self._say("info", f"Kafka at {self._address} answers again")
            # It may have come back without its topics.
            self._alarm.set()
        for tell in list(self.on_away):
            tell(away)

    # Whether its topics are the same

    async def _run(self) -> None:
        admin = AdminClient(self.cluster.settings)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._alarm.wait()
            if self._alarm.is_set() or not await asyncio.to_thread(is_still, self.cluster, admin):
                await self._look_after()

    async def _look_after(self) -> None:
        """Wait until Kafka is there and has all topics, as many partitions each. Of those that are other ones now, all
        is read that comes in them."""
        found = await self._found()
        # What was wrong until now is over; many a client tells of it late.
        self._alarm.clear()
        self._ill = None
        changed = found.changed_since(self.cluster)
        self._gaps = {place for place in self._gaps if place[0] not in changed}
        if changed:
            what = "its messages" if changed == NAMES else f"the messages of {', '.join(sorted(changed))}"
            self._say("warning", f"Kafka has lost {what}")
            self.cluster = found
            self._moved(changed)
        if self._gaps:
            names = ", ".join(sorted({topic for topic, _ in self._gaps}))
            self._say("warning", f"Kafka does not have what was to be read next in {names}; going on with the oldest")
            self._gaps.clear()
        self._be_sure()
        self._well(bool(changed))

    async def _found(self) -> Cluster:
        """Kafka, once it is there and as it must be."""
        while True:
            self.is_unsure = True
            try:
                return await self._look(self._hear_of_topics)
            except ValueError as error:
                self._be_sure()
                if self._ill != (text := str(error)):
                    self._ill = text
                    self._say("error", text)
                await asyncio.sleep(LOOK_AGAIN)

    def _be_sure(self) -> None:
        self.is_unsure = False
        self._sure()

    def _hear_of_topics(self, level: str, text: str) -> None:
        self._ill = text.removesuffix("; retrying") if level == "warning" else None
        self._say(level, text)
