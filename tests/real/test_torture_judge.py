"""The auditor of the torture is not to be satisfied with anything: each thing that can be wrong is found, and a plan is
what its seed says."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evcharging.common.messages import CPTelemetry, DriverRequest, DriverUpdate, EndReason, StartSupply, UpdateStatus
from evcharging.common.utils import changed
from evcharging.domain.driving import DriverMemory
from evcharging.domain.session import Request, Session, SessionStatus, bill_of
from evcharging.domain.supply import Supply, final_reading
from evcharging.domain.ticket import ticket_of
from tests.real.torture.judge import Evidence, Kind, Ledger, judge
from tests.real.torture.memories import Memories
from tests.real.torture.on_kafka import OnKafka
from tests.real.torture.plan import KINDS, plan
from tests.real.torture.town import VICTIMS

THEN = datetime(2026, 1, 1, tzinfo=UTC)
LATER = THEN + timedelta(seconds=10)
WHO: dict[str, Any] = {"driver_id": "D1", "cp_id": "P1"}
SESSION = Session(
    session_id="s1",
    request_id="r1",
    status=SessionStatus.COMPLETED,
    micro_euros_per_kwh=300_000,
    requested_at=THEN,
    started_at=THEN,
    ended_at=LATER,
    register_start_mwh=0,
    register_stop_mwh=61_111,
    ended_by=EndReason.COMPLETE,
    **WHO,
)
BILL = bill_of(SESSION)
TICKET = ticket_of(BILL)
LINE = f"🎫 s1 | P1 | {TICKET.kwh:.4f} kWh × €0.3000/kWh = €{TICKET.euros:.4f} | supply complete"
SUPPLY = Supply(
    cp_id="P1",
    session_id="s1",
    driver_id="D1",
    micro_euros_per_kwh=300_000,
    started_at=THEN,
    ended_at=LATER,
    register_stop_mwh=61_111,
    ended_by=EndReason.COMPLETE,
)
ASKED = DriverRequest(ts=THEN, request_id="r1", **WHO)
TOLD = DriverUpdate(ts=LATER, request_id="r1", session_id="s1", status=UpdateStatus.COMPLETED, ticket=TICKET, **WHO)
FINAL = final_reading(SUPPLY, epoch=1, seq=9)
ORDER = StartSupply(ts=THEN, session_id="s1", request_id="r1", micro_euros_per_kwh=300_000, **WHO)
READING = CPTelemetry(ts=THEN, session_id="s1", kw=22.0, euros=0.01, register_mwh=30_000, **WHO)
MEMORIES = [
    DriverMemory(driver_id="D1", plan="p", begun=1, ends=((UpdateStatus.COMPLETED, 0),), asked=ASKED),
    DriverMemory(driver_id="D1", plan="p", begun=1, ends=((UpdateStatus.COMPLETED, 1),)),
]


def evidence() -> Evidence:
    """One session that went well."""
    kafka, memories = OnKafka(), Memories()
    for message in (ASKED, TOLD, FINAL, changed(FINAL, epoch=2, seq=1), ORDER, READING):
        kafka.see(message)
    for memory in MEMORIES:
        memories.see(memory)
    decided = Request(request_id="r1", limit_mwh=None, requested_at=THEN, accepted=True, session_id="s1", **WHO)
    ledger = Ledger({"s1": SESSION}, {"s1": BILL}, {"r1": decided}, Counter(["s1"]))
    return Evidence(ledger, {"s1": SUPPLY}, {"P1": 61_111}, kafka, memories, [LINE])


def test_what_went_well_is_found_to_be_well() -> None:
    assert judge(evidence()) == []


Breaking = Callable[[Evidence], object]

BROKEN: dict[str, tuple[Kind, Breaking]] = {
    "a request without a decision": (Kind.LOST, lambda seen: seen.kafka.see(changed(ASKED, request_id="r2"))),
    "a request that a driver alone knows": (Kind.LOST, lambda seen: seen.memories.ends.update(r2=None)),
    "a request whose end nobody was told": (Kind.LOST, lambda seen: seen.kafka.ends.clear()),
    "a driver who waits for ever": (Kind.LOST, lambda seen: seen.memories.see(MEMORIES[0])),
    "a session without its bill": (Kind.LOST, lambda seen: seen.ledger.bills.clear()),
    "a request without its session": (Kind.LOST, lambda seen: seen.ledger.sessions.clear()),
    "a ticket that was not sent": (Kind.LOST, lambda seen: seen.kafka.tickets.clear()),
    "a session that is open for ever": (
        Kind.LOST,
        lambda seen: seen.ledger.sessions.update(s1=changed(SESSION, status=SessionStatus.SUPPLYING)),
    ),
    "a supply that no ledger knows": (
        Kind.LOST,
        lambda seen: seen.supplies.update(s2=changed(SUPPLY, session_id="s2")),
    ),
    "a final reading without a bill": (Kind.LOST, lambda seen: seen.kafka.see(changed(FINAL, session_id="s2"))),
    "two sessions of a request": (
        Kind.DOUBLED,
        lambda seen: seen.ledger.sessions.update(s2=changed(SESSION, session_id="s2")),
    ),
    "two bills of a session": (Kind.DOUBLED, lambda seen: seen.ledger.bill_facts.update(["s1"])),
    "two kinds of end": (Kind.DOUBLED, lambda seen: seen.kafka.see(changed(TOLD, status=UpdateStatus.FAILED))),
    "two tickets": (Kind.DOUBLED, lambda seen: seen.kafka.see(changed(TOLD, ticket=changed(TICKET, kwh=1.0)))),
    "two final readings": (Kind.DOUBLED, lambda seen: seen.kafka.see(changed(FINAL, register_stop_mwh=61_112))),
    "a bill beside its journal": (
        Kind.OFF,
        lambda seen: seen.supplies.update(s1=changed(SUPPLY, register_stop_mwh=61_112)),
    ),
    "bills beside the register": (Kind.OFF, lambda seen: seen.registers.update(P1=61_110)),
    "a held bill": (
        Kind.WRONG,
        lambda seen: seen.ledger.sessions.update(s1=changed(SESSION, status=SessionStatus.SUSPECT)),
    ),
    "an order that nobody gave": (Kind.WRONG, lambda seen: seen.kafka.see(changed(ORDER, cp_id="P2"))),
    "a reading outside": (Kind.WRONG, lambda seen: seen.kafka.see(changed(READING, register_mwh=61_112))),
    "a word of another session": (Kind.WRONG, lambda seen: seen.kafka.see(changed(TOLD, session_id="s2"))),
    "a driver who heard another end": (
        Kind.WRONG,
        lambda seen: seen.memories.ends.update(r1=UpdateStatus.FAILED),
    ),
    "a console with other figures": (Kind.WRONG, lambda seen: setattr(seen, "tickets", [LINE.replace("0.0", "9.0")])),
    "a message that nobody could read": (Kind.WRONG, lambda seen: setattr(seen.kafka, "dead_letters", 1)),
    "a bill without a final reading": (Kind.WRONG, lambda seen: seen.kafka.finals.clear()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_found(name: str) -> None:
    kind, break_it = BROKEN[name]
    seen = evidence()
    break_it(seen)
    assert kind in {finding.kind for finding in judge(seen)}


def test_energy_that_is_off_is_told_in_mwh() -> None:
    seen = evidence()
    seen.registers.update(P1=61_100)
    assert [finding.mwh for finding in judge(seen)] == [11]


def test_a_driver_who_begins_anew_still_knows_how_its_last_request_ended() -> None:
    memories = Memories()
    anew = DriverMemory(driver_id="D1", plan="q", begun=0, ends=((UpdateStatus.DENIED, 0), (UpdateStatus.FAILED, 1)))
    for memory in (MEMORIES[0], anew):
        memories.see(memory)
    assert memories.ends == {"r1": UpdateStatus.FAILED}


def test_a_plan_is_what_its_seed_says_and_strikes_everybody() -> None:
    strikes = plan(7, 20, VICTIMS)
    assert strikes == plan(7, 20, VICTIMS) != plan(8, 20, VICTIMS)
    assert sum(strike.is_kill for strike in strikes) == 20
    assert {strike.kind for strike in strikes if strike.is_kill} == set(KINDS)
    assert next(strike for strike in strikes if not strike.is_kill).kind == "central"


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_struck_who_is_down(seed: int) -> None:
    back: dict[str, float] = {}
    for strike in plan(seed, 60, VICTIMS):
        assert back.get(strike.victim, 0.0) < strike.at < strike.back
        back[strike.victim] = strike.back
