"""A past that never was: the records of sessions that follow one another evenly, the same for the same seed, one by one
and in the order in which a Central would write them. Knows no database."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from operator import itemgetter
from random import Random

from evcharging.common.messages import EndReason, SupplyEnded
from evcharging.domain.charging_point import Point
from evcharging.domain.meter import energy_mwh
from evcharging.domain.meter_value import QUARTER, MeterValue, next_quarter
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request, Session, SessionStatus, bill_of, failed, finalised, supplying
from evcharging.domain.totals import Minute, Step, begin_of, shares

END = datetime(2026, 1, 1, tzinfo=UTC)
"""The present moment of the generated history."""

MINUTES_KEPT = timedelta(days=14)
SHARDS = 8
AT_ONCE = 1_000
"""Sessions that begin before the ends of earlier ones are looked for."""

POWERS_W = (7_400, 11_000, 22_000, 50_000)
START_TAKES = timedelta(seconds=2)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

DENIED = 0.05
"""Of all requests that are accepted, before how many one is denied."""
NOT_STARTED, HELD = 0.02, 0.001
"""Of all sessions."""
ENDS = (*[EndReason.COMPLETE] * 7, *[EndReason.UNPLUGGED] * 2, EndReason.STOPPED)
DOUBT = "the final reading is lower than the last one"


@dataclass(frozen=True)
class Plan:
    """How much there is; `meter_values` of each session that charged."""

    sessions: int = 100_000
    meter_values: int = 4
    points: int = 10_000
    sites: int = 100
    drivers: int = 50_000
    days: int = 365
    seed: int = 1

    @property
    def longest(self) -> timedelta:
        """No session takes longer, from its request to its end."""
        return START_TAKES + QUARTER * (self.meter_values + 1) + SECOND

    @property
    def gap(self) -> timedelta:
        """The time from one session to the next one. Raises ValueError where a point would have two at once."""
        gap = (timedelta(days=self.days) - self.longest) / max(self.sessions, 1)
        if gap * self.points < self.longest:
            raise ValueError(f"{self.points} points have no room for so many sessions: make it more points, or days")
        return gap


@dataclass
class _Place:
    """A point as it was registered, and its register in mWh."""

    cp_id: str
    site_id: str
    power_w: int
    micro_euros_per_kwh: int
    shard: int
    register_mwh: int = 0


class Past:
    """All of it can be read once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._chance = Random(plan.seed)
        self._places = [self._place(number) for number in range(plan.points)]
        self._begin = END - timedelta(days=plan.days)
        self._numbers = [count(1) for _ in range(SHARDS)]
        self._later: list[tuple[datetime, Record]] = []
        self._steps = [QUARTER * number for number in range(plan.meter_values)]
        self._minutes: dict[datetime, Minute] = {}

    def _place(self, number: int) -> _Place:
        return _Place(
            cp_id=f"CP-{number + 1:05}",
            site_id=f"SITE-{number % self._plan.sites + 1:03}",
            power_w=POWERS_W[number % len(POWERS_W)],
            micro_euros_per_kwh=self._chance.randrange(250_000, 600_000, 1_000),
            shard=(number + 1) % SHARDS,
        )

    def records(self) -> Iterator[Record]:
        """Points, and then requests, sessions, meter values, bills and minutes as time goes on."""
        gap = self._plan.gap
        yield from map(self._point, self._places)
        for number in range(self._plan.sessions):
            at = self._begin + number * gap
            if number % AT_ONCE == 0:
                yield from self._until(at)
            yield from self._asked(self._places[number % self._plan.points], at)
        yield from self._until(END + self._plan.longest)

    def _point(self, place: _Place) -> Point:
        return Point(
            cp_id=place.cp_id,
            location=f"Bay {place.cp_id[3:]}",
            registered_at=self._begin,
            own_micro_euros_per_kwh=place.micro_euros_per_kwh,
            site_id=place.site_id,
        )

    def _until(self, now: datetime) -> Iterator[Record]:
        self._later.sort(key=itemgetter(0))
        over = bisect_right(self._later, now, key=itemgetter(0))
        for _, record in self._later[:over]:
            yield record
        del self._later[:over]
        # All that flows in a minute is known once its sessions were asked for, before it begins.
        while self._minutes and (first := next(iter(self._minutes))) + MINUTE <= now:
            yield from self._minutes.pop(first).totals()

    def _asked(self, place: _Place, at: datetime) -> Iterator[Record]:
        driver_id = f"driver-{int(self._chance.random() * self._plan.drivers) + 1:05}"
        if self._chance.random() < DENIED:
            yield self._request(place, driver_id, at, reason=f"{place.cp_id} is busy")
        session_id = f"session-{place.shard}-1-{next(self._numbers[place.shard])}"
        request = self._request(place, driver_id, at, session_id=session_id)
        yield request
        yield self._session(
            place,
            Session(
                session_id=session_id,
                request_id=request.request_id,
                driver_id=driver_id,
                cp_id=place.cp_id,
                status=SessionStatus.AUTHORISED,
                micro_euros_per_kwh=place.micro_euros_per_kwh,
                requested_at=at,
            ),
        )

    def _request(
        self, place: _Place, driver_id: str, at: datetime, *, session_id: str | None = None, reason: str | None = None
    ) -> Request:
        return Request(
            request_id=f"req-{self._chance.getrandbits(128):032x}",
            driver_id=driver_id,
            cp_id=place.cp_id,
            limit_mwh=None,
            requested_at=at,
            accepted=session_id is not None,
            reason=reason,
            session_id=session_id,
        )

    def _session(self, place: _Place, asked: Session) -> Session:
        """The session as it stood in the end; what its meter said and what it cost come later."""
        begin = asked.requested_at + START_TAKES
        lot = self._chance.random()
        if lot < NOT_STARTED:
            return failed(asked, begin + 5 * SECOND, "it did not answer")
        first = next_quarter(begin)
        self._measure(place, asked.session_id, begin, first)
        last = max(begin, first + QUARTER * (self._plan.meter_values - 1))
        end = last + (first + QUARTER * self._plan.meter_values - last) * (0.1 + 0.85 * self._chance.random())
        final = SupplyEnded(
            ts=end,
            cp_id=asked.cp_id,
            session_id=asked.session_id,
            started_at=begin,
            register_start_mwh=place.register_mwh,
            register_stop_mwh=place.register_mwh + energy_mwh(place.power_w, end - begin),
            ended_by=ENDS[int(lot * 1e6) % len(ENDS)],
        )
        is_held = self._chance.random() < HELD
        session = finalised(supplying(asked, place.register_mwh, begin), final, DOUBT if is_held else None)
        place.register_mwh = final.register_stop_mwh
        if not is_held:
            self._bill(bill_of(session, place.site_id))
        return session

    def _measure(self, place: _Place, session_id: str, begin: datetime, quarter: datetime) -> None:
        """The first reading in each quarter of an hour: readings come every second, from the begin on."""
        first = quarter + timedelta(microseconds=begin.microsecond)
        for step in self._steps:
            at = first + step
            register_mwh = place.register_mwh + energy_mwh(place.power_w, at - begin)
            value = MeterValue(session_id=session_id, at=at, register_mwh=register_mwh, power_w=place.power_w)
            self._later.append((at, value))

    def _bill(self, bill: Bill) -> None:
        self._later.append((bill.ended_at, bill))
        if bill.ended_at < END - MINUTES_KEPT:
            return
        for at, energy in shares(bill.energy_mwh, bill.started_at, bill.ended_at, Step.MINUTE).items():
            self._minute(at).add(bill.site_id, energy_mwh=energy)
        last = self._minute(begin_of(Step.MINUTE, bill.ended_at))
        last.add(bill.site_id, sessions=1, micro_euros=bill.micro_euros)

    def _minute(self, at: datetime) -> Minute:
        if at not in self._minutes:
            self._minutes[at] = Minute(at)
        return self._minutes[at]
