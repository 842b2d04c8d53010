"""Roles whose clock is set: what they do from there is what they would have done, by the new time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages import DriverRequest, DriverUpdate, UpdateStatus
from evcharging.common.messages_link import EngineHealth
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.roles.live_view import LiveView
from evcharging.roles.monitor import Monitor, MonitorSetup
from evcharging.roles.role import ClockStepped, Effect, Input, LinkDown, LinkUp, Peer, Role, Started
from evcharging.roles.timers import moved
from evcharging.tests.laws.any_message import example
from evcharging.tests.stages.scenario import ALICE, CP, T0, after, law

WELL = EngineHealth(ts=T0, cp_id=CP, asked=CP, well=True)
VIEW = changed(example(PointShown), cp_id=CP, state=CPState.ACTIVATED, session=None, epoch=1)

Story = list[tuple[float, Input | None]]

SIGNALS: list[Input] = [
    *(kind(peer=peer) for kind in (LinkUp, LinkDown) for peer in Peer),
    WELL,
    changed(WELL, well=False, reason="smoke"),
]
UPDATES: list[Input] = [
    DriverUpdate(ts=T0, request_id=f"R-{number}", driver_id=ALICE, cp_id=CP, status=status)
    for number in (1, 2)
    for status in (UpdateStatus.ACCEPTED, UpdateStatus.COMPLETED)
]
VIEWS: list[Input] = [
    changed(VIEW, seq=number, ts=after(heard_s), last_seen=T0) for number in (1, 2) for heard_s in (0, 5, 12)
]


def monitor() -> Monitor:
    return Monitor(MonitorSetup(cp_id=CP, interval=timedelta(seconds=2), report_interval=timedelta(seconds=3)))


def driver() -> Driver:
    def intents() -> Iterator[ChargeIntent]:
        while True:
            yield ChargeIntent(cp_id=CP, wait=timedelta(seconds=4))

    numbers = count(1)
    return Driver(ALICE, intents(), lambda: f"R-{next(numbers)}", timedelta(seconds=7))


def story(inputs: list[Input]) -> st.SearchStrategy[Story]:
    """What a role is given, each so many seconds after the last; None lets time pass."""
    return st.lists(st.tuples(st.sampled_from([0, 0.5, 1, 4, 20]), st.sampled_from([None, *inputs])), max_size=15)


steps = st.sampled_from([timedelta(hours=1), timedelta(hours=-1), timedelta(seconds=2.5), timedelta(milliseconds=-1)])


class Life:
    """A role on a clock that is wrong by `wrong`."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.wrong = timedelta(0)
        self.now = T0
        self.said: list[object] = []
        self.give(Started())

    def give(self, message: Input) -> None:
        self._keep(self.role.on_message(message, self.now + self.wrong))

    def go_on(self, to: datetime) -> None:
        """Let time pass, with all that is due meanwhile."""
        while self.role.deadline is not None and self.role.deadline - self.wrong <= to:
            self.now = max(self.now, self.role.deadline - self.wrong)
            self._keep(self.role.on_deadline(self.now + self.wrong))
        self.now = to

    def set_clock(self, by: timedelta) -> None:
        self.wrong += by
        self.give(ClockStepped(by=by))

    def _keep(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            # A request that was made before goes out again as it was.
            again = isinstance(effect, DriverRequest) and effect in self.said
            self.said.append(effect if again else self.by_the_true_time(effect))

    def by_the_true_time(self, effect: Effect) -> Effect:
        ts = getattr(effect, "ts", None)
        return effect if ts is None else changed(effect, ts=ts - self.wrong)


def same(make: Callable[[], Role], story: Story, steps: list[timedelta]) -> tuple[Life, Life]:
    """Two lives of one story have the same to say and the same plans, though in one the clock is set now and then."""
    true, set_ = Life(make()), Life(make())
    for number, (seconds, message) in enumerate(story):
        if number < len(steps):
            set_.set_clock(steps[number])
        for life in (true, set_):
            life.go_on(life.now + timedelta(seconds=seconds))
            if message is not None:
                life.give(message)
        assert moved(true.role.deadline, set_.wrong) == set_.role.deadline
    assert [kind(each) for each in true.said] == [kind(each) for each in set_.said]
    return true, set_


def kind(effect: object) -> tuple[object, ...]:
    return type(effect), getattr(effect, "well", None), getattr(effect, "request_id", None)


@law
@given(story(SIGNALS), st.lists(steps, max_size=5))
def test_a_monitor_asks_and_reports_at_the_same_intervals(story: Story, steps: list[timedelta]) -> None:
    true, set_ = same(monitor, story, steps)
    assert true.said == set_.said


@law
@given(story(UPDATES), st.lists(steps, max_size=5))
def test_a_driver_asks_and_asks_again_after_the_same_time(story: Story, steps: list[timedelta]) -> None:
    same(driver, story, steps)


@law
@given(story(VIEWS), st.lists(steps, max_size=5))
def test_a_panel_vouches_for_a_point_for_as_long(story: Story, steps: list[timedelta]) -> None:
    panels: list[LiveView] = []

    def make() -> LiveView:
        panels.append(LiveView())
        return panels[-1]

    same(make, story, steps)
    true, set_ = ([view.state for view in panel.points.values()] for panel in panels)
    assert true == set_


def test_roles_that_have_not_started_have_nothing_to_move() -> None:
    roles: list[Role] = [monitor(), driver(), LiveView()]
    for role in roles:
        assert role.on_message(ClockStepped(by=timedelta(hours=1)), T0) == ()
        assert role.deadline is None
