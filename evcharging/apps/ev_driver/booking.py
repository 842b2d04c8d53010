"""A driver books a point, or any point of a site, and the program ends with the answer. Knows no rule."""

import asyncio
from contextlib import AsyncExitStack, nullcontext
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

from evcharging.adapters.bus.kafka.bus import open_kafka
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_driver.keys import keys_of, seals_of, token_of
from evcharging.apps.ev_driver.signing_in import central_tls
from evcharging.apps.ev_driver.streams import Streams
from evcharging.apps.shell.clocks import wall_clock
from evcharging.apps.shell.fleets import component
from evcharging.apps.shell.kafka import kafka_settings
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.narration import DriverLines, Narrator
from evcharging.apps.shell.options import UserError
from evcharging.apps.shell.program import running
from evcharging.common.config import DriverSettings
from evcharging.common.messages_reservations import ReservationStatus, ReserveAtSite, ReserveRequest
from evcharging.common.setting_values import addresses, checked_id
from evcharging.common.utils import Frozen
from evcharging.domain.reservation import why_no_time
from evcharging.roles.booker import Booker
from evcharging.roles.driver import ANY_POINT_OF
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_booker
from evcharging.runtime.work import Work

LONGEST_WAIT = 60.0
"""Seconds that somebody has to answer."""


class PlaceAndTime(Frozen, frozen=True, kw_only=True):
    """What is booked: a point, or @ and a site, and for which time."""

    place: str
    begins_at: datetime
    ends_at: datetime


def booking_of(place: str, begins_at: str | None, ends_at: str | None) -> PlaceAndTime:
    """What somebody asks to book; raises UserError in one sentence."""
    try:
        checked_id(place.removeprefix(ANY_POINT_OF))
    except ValueError as error:
        raise UserError(f"--reserve {place[:80]!r} is no charging point, nor @ and a site: {error}") from None
    booking = PlaceAndTime(place=place, begins_at=_moment("--from", begins_at), ends_at=_moment("--to", ends_at))
    refusal = why_no_time(booking.begins_at, booking.ends_at, datetime.now(UTC))
    if refusal is not None:
        raise UserError(refusal)
    return booking


def _moment(flag: str, text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UserError(f"{flag} {text or ''} is no moment: give one with its zone, such as 2026-01-01T12:00Z")
    return moment


def request_of(booking: PlaceAndTime, driver_id: str, now: datetime) -> ReserveRequest | ReserveAtSite:
    """The request that says it."""
    request_id = f"reserve-{uuid4().hex}"
    if booking.place.startswith(ANY_POINT_OF):
        return ReserveAtSite(
            ts=now,
            request_id=request_id,
            driver_id=driver_id,
            site_id=booking.place.removeprefix(ANY_POINT_OF),
            begins_at=booking.begins_at,
            ends_at=booking.ends_at,
        )
    return ReserveRequest(
        ts=now,
        request_id=request_id,
        driver_id=driver_id,
        cp_id=booking.place,
        begins_at=booking.begins_at,
        ends_at=booking.ends_at,
    )


class _AnswerWatch(Narrator):
    """Narrates, and notices the answer."""

    def __init__(self, booker: Booker, answered: asyncio.Event) -> None:
        super().__init__(DriverLines(), lambda driver_id: f"Driver:{driver_id}")
        self._booker = booker
        self._answered = answered

    def committed(self, work: Work) -> None:
        """Say what happened, and whether that is the answer."""
        super().committed(work)
        if self._booker.answer is not None:
            self._answered.set()


async def book(settings: DriverSettings, booking: PlaceAndTime, stop: asyncio.Event) -> None:
    """Book it over Kafka; raises UserError where it is refused, or nobody answers."""
    driver_id = settings.driver_id
    clock = wall_clock(settings.log_level, settings.log_format, component("Driver", [driver_id]))
    log, store = speaker(component("Driver", [driver_id])), MemoryStore()
    keys = keys_of(settings, [driver_id])
    tokens = {each: token_of(key, clock.now) for each, key in keys.items()}
    centrals = addresses(settings.central_host, settings.central_port)
    streams = Streams(centrals, central_tls(settings), tokens, log, Random()) if tokens else None
    booker = Booker(request_of(booking, driver_id, clock.now()), linked=streams is not None)
    answered = asyncio.Event()
    watch = _AnswerWatch(booker, answered)
    async with AsyncExitStack() as stack:
        enter, kafka = stack.enter_async_context, kafka_settings(settings)
        bus = await enter(open_kafka(settings.kafka_bootstrap, None, log, kafka, seals_of(keys.values())))
        life = await enter(running(clock, log, lambda wake: Host(store, bus, observer=watch, on_ready=wake)))
        add_booker(life.host, store, bus, booker, linked=streams is not None)
        await enter(streams.heard(life.host.tell) if streams is not None else nullcontext())
        waiting = [asyncio.create_task(each.wait()) for each in (answered, stop)]
        await asyncio.wait(waiting, timeout=LONGEST_WAIT, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()
    if booker.answer is None:
        raise UserError(f"Nobody has answered for {booking.place}: see that Central runs, and ask again")
    if booker.answer.status is ReservationStatus.REFUSED:
        raise UserError(booker.answer.reason or "The reservation was refused")
