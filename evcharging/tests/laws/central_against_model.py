"""The real Central beside the model of the specification: both are told the same, and the real one dies at times."""

from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from evcharging.adapters.store import Fenced
from evcharging.common.messages import (
    Action,
    CPStatus,
    DriverRequest,
    EndReason,
    HealthReport,
    MonitorDisconnected,
    SupplyAwaited,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
    UpdateStatus,
)
from evcharging.common.messages_operators import OperatorRequest, RegisterPoint, SettleSession
from evcharging.common.states import CPState
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.ticket import ticket_of
from evcharging.tests.laws.central_model import Charge, Model
from evcharging.tests.stages.mortal_central import PARTITIONS, T0, MortalCentral
from evcharging.tests.stages.scenario import another

KNOWN = ["CP-1", "CP-2", "CP-3"]
POINTS = st.sampled_from(KNOWN)
PRICES = st.sampled_from([0, 1, 300_000, 333_333, 987_654_321])
STATES = st.sampled_from([CPState.ACTIVATED, CPState.ACTIVATED, *CPState])
FLAWS = st.sampled_from(["backwards", "too much", "before its start", "1970", "9999", "another start"])


class CentralAgainstModel(RuleBasedStateMachine):
    """One Central with all its shards, whoever speaks to it, and the model that is told the same."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.real = MortalCentral(url)
        self.model = Model()
        self.words = 0

    # What may come

    @initialize()
    def points_are_ready(self) -> None:
        for cp_id in KNOWN[:2]:
            self.a_point_is_ready(cp_id)

    @rule(cp_id=POINTS)
    def a_point_is_ready(self, cp_id: str) -> None:
        self.a_point_registers(cp_id, None)
        self.an_engine_says_how_it_is(cp_id, CPState.ACTIVATED, 300_000, 0, late=False)
        self.a_monitor_reports(cp_id, well=True, link=9)

    @rule(cp_id=POINTS, price=st.none() | PRICES)
    def a_point_registers(self, cp_id: str, price: int | None) -> None:
        self.real.log(
            RegisterPoint(
                ts=self.real.now,
                request_id=another("register"),
                cp_id=cp_id,
                euros_per_kwh=None if price is None else price / 1_000_000,
            )
        )
        self.model.register(cp_id, price)

    @rule(cp_id=POINTS, state=STATES, price=PRICES, register=st.sampled_from([0, 0, 400, 90_000]), late=st.booleans())
    def an_engine_says_how_it_is(self, cp_id: str, state: CPState, price: int, register: int, late: bool) -> None:
        self.words += 0 if late else 1
        self.real.log(
            CPStatus(
                ts=self.real.now,
                epoch=1,
                seq=self.words,
                cp_id=cp_id,
                state=state,
                kw_rate=22.0,
                euro_rate=price / 1_000_000,
                register_mwh=register,
            )
        )
        self.model.engine_says(cp_id, (1, self.words), state.value, price, register)

    @rule(cp_id=POINTS, well=st.sampled_from([True, True, False]), link=st.integers(7, 10))
    def a_monitor_reports(self, cp_id: str, well: bool, link: int) -> None:
        self.real.log(HealthReport(ts=self.real.now, cp_id=cp_id, well=well, link=link))
        self.model.monitor_says(cp_id, link, well)

    @rule(cp_id=POINTS, link=st.integers(7, 10))
    def a_link_ends(self, cp_id: str, link: int) -> None:
        self.real.log(MonitorDisconnected(ts=self.real.now, cp_id=cp_id, link=link))
        self.model.link_ends(cp_id, link)

    @rule(cp_id=POINTS | st.just("CP-404"), action=st.sampled_from(Action))
    def an_operator_asks(self, cp_id: str, action: Action) -> None:
        order = OperatorRequest(ts=self.real.now, request_id=another("operator"), cp_id=cp_id, action=action)
        self.real.log(order)
        assert (self.real.answers[order.request_id].refusal is None) == self.model.operator(cp_id, action.value)

    @rule(cp_id=POINTS)
    def an_operator_is_heard_too_late(self, cp_id: str) -> None:
        ago = self.real.now - timedelta(seconds=6)
        order = OperatorRequest(ts=ago, request_id=another("operator"), cp_id=cp_id, action=Action.STOP)
        self.real.log(order)
        assert self.real.answers[order.request_id].refusal

    @rule(
        number=st.integers(0, 9), driver_id=st.sampled_from(["driver-a", "driver-b"]), cp_id=POINTS | st.just("CP-404")
    )
    def a_driver_asks(self, number: int, driver_id: str, cp_id: str) -> None:
        self.real.log(self.request(number, driver_id, cp_id))
        self.model.ask(f"R-{number}", driver_id, cp_id)

    def request(self, number: int, driver_id: str, cp_id: str) -> DriverRequest:
        return DriverRequest(ts=self.real.now, request_id=f"R-{number}", driver_id=driver_id, cp_id=cp_id)

    @rule(number=st.integers(10, 99), cp_id=POINTS)
    def a_driver_asks_where_all_is_well(self, number: int, cp_id: str) -> None:
        self.an_operator_asks(cp_id, Action.RESUME)
        self.a_point_is_ready(cp_id)
        self.a_driver_asks(number, "driver-a", cp_id)

    @rule(number=st.integers(100, 999), cp_id=POINTS, register=st.integers(0, 100_000), seconds=st.sampled_from([1, 9]))
    def a_driver_charges(self, number: int, cp_id: str, register: int, seconds: int) -> None:
        self.a_driver_asks_where_all_is_well(number, cp_id)
        if f"R-{number}" in self.model.charges:
            self.supply(f"R-{number}", register)
            self.time_passes(seconds)

    @precondition(lambda self: self.model.charges)
    @rule(data=st.data(), register=st.integers(0, 100_000))
    def a_supply_starts(self, data: st.DataObject, register: int) -> None:
        self.supply(self.any_charge(data), register)

    def supply(self, request_id: str, register: int) -> None:
        session = self.session(request_id)
        self.real.log(
            SupplyStarted(ts=self.real.now, cp_id=session.cp_id, session_id=session.session_id, register_mwh=register)
        )
        self.model.started(request_id, register)

    @precondition(lambda self: self.model.charges)
    @rule(data=st.data())
    def a_supply_waits_for_a_plug(self, data: st.DataObject) -> None:
        self.wait_for_a_plug(self.any_charge(data))

    def wait_for_a_plug(self, request_id: str) -> None:
        session = self.session(request_id)
        self.real.log(SupplyAwaited(ts=self.real.now, cp_id=session.cp_id, session_id=session.session_id))
        self.model.awaited(request_id)

    @precondition(lambda self: self.model.charges)
    @rule(data=st.data())
    def a_supply_is_refused(self, data: st.DataObject) -> None:
        request_id = self.any_charge(data)
        session = self.session(request_id)
        self.real.log(SupplyRefused(ts=self.real.now, cp_id=session.cp_id, session_id=session.session_id, reason="no"))
        self.model.refused(request_id)

    @precondition(lambda self: self.model.charges)
    @rule(
        data=st.data(),
        why=st.sampled_from([EndReason.COMPLETE, EndReason.COMPLETE, *EndReason]),
        share=st.integers(0, 9),
        flaw=st.none() | st.none() | FLAWS,
    )
    def a_supply_ends(self, data: st.DataObject, why: EndReason, share: int, flaw: str | None) -> None:
        self.end(self.any_charge(data), why, share, flaw)

    def end(self, request_id: str, why: EndReason, share: int, flaw: str | None) -> None:
        session = self.session(request_id)
        final = self.readings(self.model.charges[request_id], share, flaw)
        self.real.log(
            SupplyEnded(
                ts=self.moment(final[1]),
                cp_id=session.cp_id,
                session_id=session.session_id,
                started_at=self.moment(final[0]),
                register_start_mwh=final[2],
                register_stop_mwh=final[3],
                ended_by=why,
            )
        )
        self.model.ended(request_id, final, why.value)

    def readings(self, charge: Charge, share: int, flaw: str | None) -> tuple[float, float, int, int]:
        """When a supply began and ended, and both readings; what is impossible about them."""
        began, end = charge.began or charge.asked_at, self.seconds()
        first = 500 if charge.register is None else charge.register
        most = int(22_000_000 * (end - began) / 3600)
        flawed = {
            "backwards": (began, end, first + 1, first),
            "too much": (began, end, first, first + most * 103 // 100 + 10),
            "before its start": (began, began - 1, first, first),
            "1970": (-1.7e9, end, first, first),
            "9999": (began, 2.5e11, first, first),
            "another start": (began, end, first + 1, first + 1),
        }
        return flawed[flaw] if flaw else (began, end, first, first + most * share // 10)

    @precondition(lambda self: self.model.charges)
    @rule(data=st.data(), energy=st.sampled_from([None, None, 0, 7]), note=st.sampled_from(["a", "b"]))
    def an_operator_settles(self, data: st.DataObject, energy: int | None, note: str) -> None:
        charges = self.model.charges
        held = [request_id for request_id, charge in charges.items() if charge.status == "SUSPECT"]
        self.settle(data.draw(st.sampled_from([*held, *charges])), energy, note)

    def settle(self, request_id: str, energy: int | None, note: str) -> None:
        session = self.session(request_id)
        order = SettleSession(
            ts=self.real.now,
            request_id=another("settle"),
            cp_id=session.cp_id,
            session_id=session.session_id,
            energy_mwh=energy,
            note=note,
            by="operator",
        )
        self.real.log(order)
        assert (self.real.answers[order.request_id].refusal is None) == self.model.settle(request_id, energy, note)

    @precondition(lambda self: self.model.charges)
    @rule(data=st.data(), flaw=FLAWS, energy=st.sampled_from([None, 0, 7]))
    def a_supply_ends_wrongly_and_is_settled(self, data: st.DataObject, flaw: str, energy: int | None) -> None:
        request_id = self.any_charge(data)
        self.end(request_id, EndReason.COMPLETE, 5, flaw)
        self.settle(request_id, energy, "a")

    @rule(seconds=st.sampled_from([0.5, 3, 5, 10, 65, 95]))
    def time_passes(self, seconds: float) -> None:
        self.real.pass_time(seconds)
        self.model.pass_time(self.seconds())

    @rule(number=st.integers(0, 99), cp_id=POINTS, when=st.sampled_from([None, "before", "after"]))
    def central_dies_over_a_request(self, number: int, cp_id: str, when: str | None) -> None:
        self.real.store.dies = when
        self.real.log(self.request(number, "driver-a", cp_id))
        if when == "before":
            self.model.crash()
        self.model.ask(f"R-{number}", "driver-a", cp_id)
        if when is None:
            self.real.kill()
        if when != "before":
            self.model.crash()
        self.engines_are_asked()

    @precondition(lambda self: self.real.zombies)
    @rule(cp_id=POINTS)
    def an_old_central_goes_on(self, cp_id: str) -> None:
        zombie = self.real.zombies[-1]
        for address in map(str, range(PARTITIONS)):
            zombie.tell(address, self.request(1000, "driver-a", cp_id))
            with pytest.raises(Fenced):
                zombie.commit(zombie.fold([], self.real.now))

    def seconds(self) -> float:
        return (self.real.now - T0).total_seconds()

    def moment(self, seconds: float) -> datetime:
        return T0 + timedelta(seconds=seconds)

    def any_charge(self, data: st.DataObject) -> str:
        """The request of a session, rather of one that is open."""
        known = self.model.charges
        lively = [request_id for request_id, charge in known.items() if charge.place.charge is charge]
        return data.draw(st.sampled_from([*lively, *lively, *lively, *known]))

    def session(self, request_id: str) -> Session:
        self.real.look()
        return self.real.sessions[request_id]

    def engines_are_asked(self) -> None:
        """After a start Central asks engines what became of open sessions; those that wait for a plug say so again."""
        for request_id, charge in self.model.charges.items():
            if charge.status == "AUTHORISED":
                self.wait_for_a_plug(request_id)

    # What must hold

    @invariant()
    def the_ledger_is_the_models(self) -> None:
        real = self.real
        real.look()
        bills = {bill.session_id: bill for bill in real.bills}
        assert len(bills) == len(real.bills)
        assert real.sessions.keys() == self.model.charges.keys()
        assert real.orders.keys() == {session.session_id for session in real.sessions.values()}
        for request_id, charge in self.model.charges.items():
            session = real.sessions[request_id]
            bill = bills.get(session.session_id)
            assert str(session.status) == charge.status
            assert (bill and (bill.energy_mwh, bill.micro_euros)) == charge.bill
            self.driver_has_heard(session, bill)

    def driver_has_heard(self, session: Session, bill: Bill | None) -> None:
        """One kind of end, with the ledger's figures."""
        told = self.real.ends[session.session_id]
        good = session.status is SessionStatus.COMPLETED
        expected = set() if session.is_open else {UpdateStatus.COMPLETED if good else UpdateStatus.FAILED}
        assert {update.status for update in told} == expected
        tickets = [update.ticket for update in told if update.ticket]
        assert bool(bill) == bool(tickets)
        assert bill is None or all(ticket == ticket_of(bill) for ticket in tickets)

    @invariant()
    def every_request_was_decided_once(self) -> None:
        self.real.look()
        decisions = self.real.decisions
        assert {decision.request_id: (decision.driver_id, decision.cp_id) for decision in decisions} == self.model.asked
        assert len(decisions) == len(self.model.asked)

    @invariant()
    def the_panel_shows_what_the_model_shows(self) -> None:
        assert {cp_id: view.state.value for cp_id, view in self.real.shown.items()} == {
            cp_id: self.model.shown(cp_id) for cp_id in self.model.places
        }

    def teardown(self) -> None:
        self.real.close()
