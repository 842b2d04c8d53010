"""Whatever the ledger has: what changed after a moment makes of the network then the network of any later moment, in
every store; and a network that lived is told as it was shown."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from evcharging.adapters.store.history import History
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.replaying import past_of
from evcharging.common.kafka import SHOWN
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.charging_point import Point
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.metered_past import phases
from evcharging.domain.notice import Notice, NoticeCode, noticed
from evcharging.domain.record import Record
from evcharging.domain.replay import PointThen, changes, folded, snapshot
from evcharging.domain.session import Session, SessionStatus
from evcharging.domain.states_past import AFTER, Facts, PastState, states_of
from evcharging.runtime.virtual import VirtualTime
from evcharging.simulation.run import START, Scenario, build
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.store_world import NOW, put

POINTS = ("CP-1", "CP-2")
MINUTES = st.integers(0, 30)
SHORT = st.integers(0, 8)
OFTEN = (NoticeCode.CENTRAL_OK, NoticeCode.CENTRAL_OK, NoticeCode.POINT_ONLINE, NoticeCode.POINT_ONLINE)
"""A Central that begins, and points that come again, are what it is hardest to be right about."""
CODES = st.sampled_from([*OFTEN, *OFTEN, NoticeCode.BILL_HELD, *map(NoticeCode, AFTER)])
STATUSES = st.sampled_from([*SessionStatus])


def at(minute: float) -> datetime:
    return NOW + timedelta(minutes=minute)


def a_point(cp_id: str, registered: int | None, retired: int | None) -> Point:
    return Point(
        cp_id=cp_id,
        registered_at=None if registered is None else at(registered),
        retired_at=None if retired is None else at(retired),
    )


def a_notice(number: int, code: NoticeCode, minute: int, cp_id: str) -> Record:
    return noticed(code, f"N-{number}", at(minute), None if code is NoticeCode.CENTRAL_OK else cp_id)


def a_session(number: int, cp_id: str, minute: int, lasts: list[int], status: SessionStatus) -> Session:
    """As far as its status says, with what comes later left out."""
    started, ended, left = (at(minute + sum(lasts[: n + 1])) for n in range(3))
    begun = status is not SessionStatus.AUTHORISED
    over = status not in (SessionStatus.AUTHORISED, SessionStatus.SUPPLYING)
    return Session(
        session_id=f"S-{number}",
        request_id=f"R-{number}",
        driver_id=f"driver-{number}",
        cp_id=cp_id,
        status=status,
        micro_euros_per_kwh=300_000,
        requested_at=at(minute),
        started_at=started if begun else None,
        ended_at=ended if over else None,
        unplugged_at=left if status is SessionStatus.COMPLETED else None,
        register_stop_mwh=1_000_000 if over else 0,
    )


def a_value(session: int, minute: int, register: int) -> Record:
    return MeterValue(session_id=f"S-{session}", at=at(minute), register_mwh=register, power_w=0)


def an_action(number: int, cp_id: str, minute: int, place: str) -> Record:
    return OperatorAction(
        action_id=f"A-{number}",
        at=at(minute),
        actor_kind="person",
        actor_id="ann",
        via="console",
        action="register_point",
        subject=cp_id,
        before=f'{{"location": "{place}"}}',
    )


CP_IDS = st.sampled_from(POINTS)
NUMBERS = st.integers(0, 10**9)
LEDGERS = st.tuples(
    st.tuples(*(st.builds(a_point, st.just(cp_id), st.none() | MINUTES, st.none() | MINUTES) for cp_id in POINTS)),
    st.lists(st.builds(a_notice, NUMBERS, CODES, MINUTES, CP_IDS), max_size=12, unique_by=lambda each: each.key),
    st.lists(
        st.builds(a_session, st.integers(0, 9), CP_IDS, MINUTES, st.lists(SHORT, min_size=3, max_size=3), STATUSES),
        max_size=5,
        unique_by=lambda each: each.key,
    ),
    st.lists(st.builds(a_value, st.integers(0, 9), MINUTES, st.integers(0, 1_000_000)), max_size=6),
    st.lists(
        st.builds(an_action, NUMBERS, CP_IDS, MINUTES, st.sampled_from(["north", "south"])),
        max_size=3,
        unique_by=lambda each: each.key,
    ),
)


@contextmanager
def kept(records: list[Record]) -> Iterator[tuple[History, History]]:
    """A ledger with them in memory, and one in SQLite."""
    memory = MemoryStore()
    with TemporaryDirectory() as folder, closing(SqlStore(empty_ledger(Path(folder) / "central.db"))) as store:
        put(memory, *records)
        put(store, *records)
        yield memory, store


def then(store: History, moment: datetime) -> dict[str, PointThen]:
    return snapshot(past_of(store, moment, moment), moment)


@searched(60)
@given(ledger=LEDGERS, first=st.integers(0, 70), lasts=st.integers(0, 40))
def test_what_changed_after_a_moment_makes_of_it_any_later_one(
    ledger: tuple[list[Record], ...], first: int, lasts: int
) -> None:
    begin, end = at(first / 2), at((first + lasts) / 2)
    with kept([record for some in ledger for record in some]) as stores:
        told = []
        for store in stores:
            later = changes(past_of(store, begin, end), begin, end)
            assert folded(then(store, begin), later) == then(store, end)
            told.append((later, then(store, end)))
        assert told[0] == told[1]


CAME_BACK_UNSEEN: tuple[list[Record], ...] = (
    [a_point("CP-1", None, None), a_point("CP-2", None, None)],
    [a_notice(0, NoticeCode.POINT_FAULTY, 0, "CP-2"), a_notice(1, NoticeCode.POINT_ONLINE, 3, "CP-2")],
    [
        a_session(1, "CP-2", 0, [0, 1, 0], SessionStatus.IDLE),
        a_session(2, "CP-2", 2, [0, 0, 0], SessionStatus.AUTHORISED),
    ],
)
"""A point was faulty, and came online without having gone offline: the request in between says until when it was so."""


@searched(300)
@given(ledger=LEDGERS, cut=st.integers(1, 39))
@example(ledger=CAME_BACK_UNSEEN, cut=1)
def test_a_time_in_two_parts_is_told_as_the_whole(ledger: tuple[list[Record], ...], cut: int) -> None:
    begin, middle, end = at(0), at(cut), at(40)
    store = MemoryStore()
    put(store, *(record for some in ledger for record in some))
    whole = changes(past_of(store, begin, end), begin, end)
    parts = [
        change
        for since, until in ((begin, middle), (middle, end))
        for change in changes(past_of(store, since, until), since, until)
    ]
    assert parts == whole


@searched(200)
@given(ledger=LEDGERS, minute=st.integers(0, 60))
def test_a_state_is_the_one_that_the_ribbon_of_the_point_shows(ledger: tuple[list[Record], ...], minute: int) -> None:
    store = MemoryStore()
    put(store, *(record for some in ledger for record in some))
    moment = at(minute / 2)
    found = then(store, moment)
    for cp_id, point in found.items():
        one_after_another = [each for each in store.select(Session, {"cp_id": [cp_id]}) if not overlaps(each, store)]
        if len(one_after_another) < len(store.select(Session, {"cp_id": [cp_id]})):
            continue
        said = [notice for notice in store.select(Notice, {"cp_id": [cp_id]}) if notice.code in set(AFTER)]
        began = [notice.ts for notice in store.select(Notice, {"code": [NoticeCode.CENTRAL_OK.value]})]
        known = Facts(notices=said, sessions=one_after_another, central_began=began)
        spans = states_of(known, at(-1), at(200))
        shown = next(span.state for span in spans if span.begin <= moment < span.end)
        if len({notice.ts for notice in said}) == len(said):
            assert LIKE[shown] == point.state


LIKE = {
    PastState.FREE: CPState.ACTIVATED,
    PastState.OCCUPIED: CPState.ACTIVATED,
    PastState.CHARGING: CPState.SUPPLYING,
    PastState.STOPPED: CPState.STOPPED,
    PastState.FAULTY: CPState.FAULT,
    PastState.OFFLINE: CPState.DISCONNECTED,
    PastState.UNKNOWN: None,
}


def overlaps(session: Session, store: History) -> bool:
    """Whether a session has its point at the same time as another one."""
    others = [each for each in store.select(Session, {"cp_id": [session.cp_id]}) if each != session]
    return any(begins(each) <= ends(session) and begins(session) <= ends(each) for each in others)


def begins(session: Session) -> datetime:
    return session.requested_at


def ends(session: Session) -> datetime:
    last = phases(session)[-1]
    return at(10_000) if last is None else last


SMALL = Scenario(
    points=3,
    drivers=8,
    hours=1,
    seed=7,
    interval=timedelta(seconds=10),
    pause=timedelta(minutes=20),
    faults_per_day=48,
)


def test_an_hour_of_drivers_and_faults_is_told_as_it_was_shown() -> None:
    time = VirtualTime(START)
    network = build(SMALL, time)
    panel = network.bus.subscribe(SHOWN, group="panel", partitions=range(network.bus.partitions))
    shown: dict[str, PointShown] = {}
    noted: list[tuple[datetime, dict[str, PointShown]]] = []
    for step in range(1, 361):
        moment = START + timedelta(seconds=10 * step - 5)
        time.run_until(moment)
        for fetched in panel.poll(10_000):
            shown.update((each.cp_id, each) for each in fetched.messages if isinstance(each, PointShown))
        noted.append((moment, dict(shown)))
    for moment, points in noted:
        assert {cp_id: looks(view) for cp_id, view in points.items()} == {
            cp_id: told(each) for cp_id, each in then(network.ledger, moment).items()
        }, moment
    assert {point.state.value for _, points in noted for point in points.values()} >= {"FAULT", "SUPPLYING"}


def looks(view: PointShown) -> tuple[object, ...]:
    session = view.session
    return view.state, session and (session.session_id, session.status, session.driver_id), view.location


def told(each: PointThen) -> tuple[object, ...]:
    found = each.session
    session = found and (found.session.session_id, found.status.value, found.session.driver_id)
    return each.state, session, each.point.location


def test_a_session_that_goes_on_is_told_so_far_as_its_meter_was_heard() -> None:
    store = MemoryStore()
    put(store, a_point("CP-1", 0, None), a_session(1, "CP-1", 1, [1, 1, 1], SessionStatus.SUPPLYING))
    put(store, a_value(1, 10, 500_000))
    [point] = then(store, at(20)).values()
    assert point.session is not None
    assert point.session.growth is not None
    assert (point.session.growth.watts, point.session.growth.figures(at(20))) == (None, (500_000, 150_000))
    [before] = then(store, at(6)).values()
    assert before.session is not None
    assert before.session.growth is not None
    assert before.session.growth.figures(at(6)) == (250_000, 75_000)
    assert changed(before.session.growth, end=None).watts is None
