"""Whatever comes to a shard of Central, in whatever order and however often, and whenever it dies: a session has one
bill at most, a point one open session, a request one decision, a driver one kind of end, and nobody is shown as there
who was not heard lately."""

from collections import defaultdict
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from evcharging.common.messages import (
    Action,
    CPStatus,
    CPTelemetry,
    DriverUpdate,
    EndReason,
    HealthReport,
    Message,
    MonitorDisconnected,
    StartSupply,
    SupplyAwaited,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
    UpdateStatus,
)
from evcharging.common.messages_operators import OperatorRequest, RegisterPoint
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.roles.role import Effect
from evcharging.tests.stages.central_stage import CentralStage, ask
from evcharging.tests.stages.scenario import T0, all_of, another, story

POINTS = st.sampled_from(["CP-1", "CP-2"])
DRIVERS = st.sampled_from(["driver-alice", "driver-bob"])
SMALL = st.integers(0, 3)
REGISTERS = st.integers(0, 100_000) | st.just(2**63 - 1)
MOMENTS = st.integers(-5, 20).map(lambda second: T0 + timedelta(seconds=second)) | st.sampled_from(
    [datetime.fromisoformat("1970-01-01T00:00:00Z"), datetime.fromisoformat("9999-12-31T23:59:59-05:00")]
)
REASONS = st.none() | st.just("x" * 250)
ENDS = {UpdateStatus.COMPLETED, UpdateStatus.FAILED}


class CentralStory(RuleBasedStateMachine):
    """One shard, and whoever says anything to it."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = CentralStage()
        self.messages: list[Message] = []
        self.heard: dict[str, datetime] = {}
        self.shown: dict[str, PointShown] = {}
        self.bills: dict[str, Bill] = {}
        self.decisions: dict[str, Request] = {}
        self.orders: dict[str, StartSupply] = {}
        self.ends: defaultdict[str, set[UpdateStatus]] = defaultdict(set)
        self._take(self.stage.said)

    # What may come

    @rule(cp_id=POINTS)
    def a_point_is_ready(self, cp_id: str) -> None:
        self._say(RegisterPoint(ts=T0, request_id=another("register"), cp_id=cp_id))
        self._say(self.stage.status(cp_id=cp_id))
        self._say(HealthReport(ts=T0, cp_id=cp_id, well=True, link=9))

    @rule(number=SMALL, driver_id=DRIVERS, cp_id=POINTS, kwh=st.sampled_from([None, None, 5.0]))
    def a_driver_asks(self, number: int, driver_id: str, cp_id: str, kwh: float | None) -> None:
        self._say(ask(f"R-{number}", driver_id=driver_id, cp_id=cp_id, kwh=kwh))

    @rule(state=st.sampled_from(CPState), cp_id=POINTS, epoch=SMALL, seq=SMALL, reason=REASONS, power=SMALL)
    def an_engine_says_how_it_is(
        self, state: CPState, cp_id: str, epoch: int, seq: int, reason: str | None, power: int
    ) -> None:
        self._say(
            CPStatus(
                ts=T0,
                epoch=epoch,
                seq=seq,
                cp_id=cp_id,
                state=state,
                kw_rate=power * 22.0,
                euro_rate=0.3,
                register_mwh=0,
                reason=reason,
            )
        )

    @rule(data=st.data(), register=REGISTERS, at=MOMENTS)
    def a_supply_starts(self, data: st.DataObject, register: int, at: datetime) -> None:
        cp_id, session_id = self._any_session(data)
        self._say(SupplyStarted(ts=at, cp_id=cp_id, session_id=session_id, register_mwh=register))

    @rule(data=st.data(), reason=st.text("x", min_size=1, max_size=250))
    def a_supply_is_awaited_or_refused(self, data: st.DataObject, reason: str) -> None:
        cp_id, session_id = self._any_session(data)
        if data.draw(st.booleans()):
            self._say(SupplyAwaited(ts=T0, cp_id=cp_id, session_id=session_id))
        else:
            self._say(SupplyRefused(ts=T0, cp_id=cp_id, session_id=session_id, reason=reason))

    @rule(data=st.data(), register=REGISTERS)
    def a_reading_comes(self, data: st.DataObject, register: int) -> None:
        cp_id, session_id = self._any_session(data)
        self._say(
            CPTelemetry(
                ts=T0, cp_id=cp_id, kw=22.0, euros=1.0, driver_id="d", session_id=session_id, register_mwh=register
            )
        )

    @rule(data=st.data(), registers=st.tuples(REGISTERS, REGISTERS), moments=st.tuples(MOMENTS, MOMENTS))
    def a_supply_ends(
        self, data: st.DataObject, registers: tuple[int, int], moments: tuple[datetime, datetime]
    ) -> None:
        cp_id, session_id = self._any_session(data)
        self._say(
            SupplyEnded(
                ts=moments[1],
                cp_id=cp_id,
                session_id=session_id,
                started_at=moments[0],
                register_start_mwh=registers[0],
                register_stop_mwh=registers[1],
                ended_by=data.draw(st.sampled_from(EndReason)),
                detail=data.draw(REASONS),
            )
        )

    @rule(data=st.data(), energy=st.integers(0, 61_111), by=st.sampled_from(EndReason))
    def a_supply_ends_as_it_should(self, data: st.DataObject, energy: int, by: EndReason) -> None:
        cp_id, session_id = self._any_session(data)
        session = self.stage.every(Session).get(session_id)
        begun = session.register_start_mwh if session else 0
        self._say(
            SupplyEnded(
                ts=T0 + timedelta(seconds=10),
                cp_id=cp_id,
                session_id=session_id,
                started_at=T0,
                register_start_mwh=begun,
                register_stop_mwh=begun + energy,
                ended_by=by,
            )
        )

    @rule(cp_id=POINTS, well=st.booleans(), link=SMALL, reason=REASONS)
    def a_monitor_reports(self, cp_id: str, well: bool, link: int, reason: str | None) -> None:
        self._say(HealthReport(ts=T0, cp_id=cp_id, well=well, link=link, reason=reason))

    @rule(cp_id=POINTS, link=SMALL | st.just(9))
    def a_link_ends(self, cp_id: str, link: int) -> None:
        self._say(MonitorDisconnected(ts=T0, cp_id=cp_id, link=link))

    @rule(cp_id=POINTS, action=st.sampled_from(Action))
    def an_operator_asks(self, cp_id: str, action: Action) -> None:
        self._say(OperatorRequest(ts=T0, request_id=another("operator"), cp_id=cp_id, action=action))

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def something_comes_again(self, data: st.DataObject) -> None:
        self._say(data.draw(st.sampled_from(self.messages)))

    @rule(seconds=st.sampled_from([0, 0.5, 3, 5, 10, 95]))
    def time_passes(self, seconds: float) -> None:
        self._take(self.stage.wait(seconds))

    @rule()
    def central_dies_and_starts_again(self) -> None:
        self.heard.clear()
        self._take(self.stage.restart())

    # What must hold

    def _any_session(self, data: st.DataObject) -> tuple[str, str]:
        known = [(session.cp_id, session.session_id) for session in self.stage.every(Session).values()]
        strangers = [("CP-1", "stranger"), ("CP-404", "stranger"), *(("CP-404", name) for _, name in known)]
        return data.draw(st.sampled_from([*known, *known, *known, *strangers]))

    def _say(self, message: Message) -> None:
        self.messages.append(message)
        if isinstance(message, HealthReport):
            self.heard[message.cp_id] = self.stage.now
        self._take(self.stage.tell(message))

    def _take(self, effects: list[Effect]) -> None:
        for view in all_of(PointShown, effects):
            self.shown[view.cp_id] = view
        for bill in all_of(Bill, effects):
            assert bill.session_id not in self.bills
            self.bills[bill.session_id] = bill
        for decision in all_of(Request, effects):
            assert decision.request_id not in self.decisions
            self.decisions[decision.request_id] = decision
        for order in all_of(StartSupply, effects):
            first = self.orders.setdefault(order.session_id, order)
            # Given again, it says later what Central has heard by then, and nothing else.
            told = {"ts": first.ts, "seq": first.seq, "heard_epoch": first.heard_epoch, "heard_seq": first.heard_seq}
            assert changed(order, **told) == first
            assert self.stage.every(Session)[order.session_id].status is SessionStatus.AUTHORISED
        for update in all_of(DriverUpdate, effects):
            self._take_update(update)

    def _take_update(self, update: DriverUpdate) -> None:
        if update.session_id is None:
            assert update.status is UpdateStatus.DENIED
            return
        session = self.stage.session(update.session_id)
        assert (update.driver_id, update.request_id, update.cp_id) == (
            session.driver_id,
            session.request_id,
            session.cp_id,
        )
        if update.status in ENDS:
            self.ends[update.session_id].add(update.status)

    @invariant()
    def every_ended_session_has_the_bill_of_its_readings_or_none_that_could_be_made(self) -> None:
        for session in self.stage.every(Session).values():
            bill = self.bills.get(session.session_id)
            if session.is_finalised and session.status is not SessionStatus.SUSPECT:
                assert bill is not None
                assert bill.energy_mwh == session.energy_mwh >= 0
                assert bill.micro_euros_per_kwh == session.micro_euros_per_kwh
            else:
                assert bill is None

    @invariant()
    def a_point_has_one_open_session_at_most(self) -> None:
        points = [session.cp_id for session in self.stage.every(Session).values() if session.is_open]
        assert len(points) == len(set(points))

    @invariant()
    def a_request_has_one_session_at_most_and_each_was_ordered(self) -> None:
        sessions = self.stage.every(Session)
        requests = [session.request_id for session in sessions.values()]
        assert len(requests) == len(set(requests))
        assert {decision.session_id for decision in self.decisions.values() if decision.accepted} == set(sessions)
        assert set(self.orders) == set(sessions)

    @invariant()
    def an_accepted_driver_hears_exactly_one_kind_of_end(self) -> None:
        for session in self.stage.every(Session).values():
            ends = self.ends[session.session_id]
            assert len(ends) == (0 if session.is_open else 1)
            assert session.status is not SessionStatus.COMPLETED or ends == {UpdateStatus.COMPLETED}

    @invariant()
    def what_is_shown_is_what_is_so(self) -> None:
        opened = {session.cp_id: session for session in self.stage.every(Session).values() if session.is_open}
        for cp_id, view in self.shown.items():
            session = opened.get(cp_id)
            assert (view.session.session_id if view.session else None) == (session.session_id if session else None)
            if view.state is CPState.SUPPLYING:
                assert session is not None
                assert session.status is SessionStatus.SUPPLYING

    @invariant()
    def nobody_is_shown_as_there_who_was_not_heard_for_ten_seconds(self) -> None:
        for cp_id, view in self.shown.items():
            if view.state is not CPState.DISCONNECTED:
                assert self.stage.now - self.heard[cp_id] < timedelta(seconds=10)

    @invariant()
    def an_authorised_session_is_waited_for_and_no_deadline_is_missed(self) -> None:
        waits = any(session.status is SessionStatus.AUTHORISED for session in self.stage.every(Session).values())
        deadline = self.stage.role.deadline
        assert not waits or deadline is not None
        assert deadline is None or deadline > self.stage.now or self.stage.role.on_deadline(self.stage.now) == []


TestCentralStory = CentralStory.TestCase
TestCentralStory.settings = story
