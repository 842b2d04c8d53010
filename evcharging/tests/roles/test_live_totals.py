"""What all points come to is kept as they change, and is what a look at all of them gives."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages_view import PointShown, ReadingShown, ReadingsShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point, is_free
from evcharging.roles.live_view import LiveView
from evcharging.roles.role import Started
from evcharging.tests.roles.test_live_view import READING, SESSION, VIEW
from evcharging.tests.stages.scenario import T0, law

IDS = st.sampled_from(["CP-001", "CP-002", "CP-003"])


@st.composite
def shown_points(draw: st.DrawFn) -> PointShown:
    state = draw(st.sampled_from(CPState))
    session = SESSION if draw(st.booleans()) else None
    return changed(VIEW, cp_id=draw(IDS), state=state, session=session, retired=draw(st.integers(0, 9)) == 0)


@st.composite
def shown_readings(draw: st.DrawFn) -> ReadingShown:
    return changed(
        READING, cp_id=draw(IDS), kw=draw(st.sampled_from([0.0, 7.4, 22.0])), register_mwh=draw(st.integers(0, 9))
    )


@law
@given(st.lists(shown_points() | shown_readings() | st.none(), max_size=40))
def test_totals_are_what_a_look_at_all_points_gives(said: list[PointShown | ReadingShown | None]) -> None:
    panel = LiveView([Point(cp_id="CP-001")])
    panel.on_message(Started(), T0)
    now = T0
    for number, message in enumerate(said):
        now += timedelta(seconds=1)
        if message is None:
            panel.on_deadline(now)
        elif isinstance(message, ReadingShown):
            panel.on_message(ReadingsShown(ts=now, cp_id=message.cp_id, readings=(message,)), now)
        else:
            panel.on_message(changed(message, ts=now, seq=VIEW.seq + number), now)
        points, totals = panel.points.values(), panel.totals
        assert +totals.states == Counter(point.state for point in points)
        assert totals.free == sum(is_free(point) for point in points)
        assert totals.sessions == sum(point.session is not None for point in points)
        assert totals.kw == round(sum(reading.kw for reading in panel.readings.values()), 3)
