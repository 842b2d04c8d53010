"""Joins ledger, engines' journals, Kafka, and what drivers wrote down and saw: is anything lost, doubled, or off? Reads
nothing."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evcharging.common.messages import UpdateStatus
from evcharging.domain.session import Bill, Request, Session, SessionStatus, is_same_final
from evcharging.domain.supply import Supply
from evcharging.domain.ticket import ticket_of
from tests.real.torture.memories import Memories
from tests.real.torture.on_kafka import OnKafka

TICKET = re.compile(r"🎫 (\S+) \| (\S+) \| ([\d.]+) kWh × €[\d.]+/kWh = €([\d.]+) \| ")


class Kind(StrEnum):
    """What may be wrong. OFF counts mWh, the others count findings."""

    LOST = "lost"
    DOUBLED = "doubled"
    OFF = "off"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in a sentence; `mwh` is by how much energy it is off."""

    kind: Kind
    text: str
    mwh: int = 0


@dataclass
class Ledger:
    """What Central has written down; `bill_facts` counts how often each session was billed."""

    sessions: dict[str, Session]
    bills: dict[str, Bill]
    requests: dict[str, Request]
    bill_facts: Counter[str]


@dataclass
class Evidence:
    """All that can be known. `supplies` by session and `registers` (mWh) by point are the journals'; `tickets` are the
    lines that drivers' consoles showed."""

    ledger: Ledger
    supplies: dict[str, Supply]
    registers: dict[str, int]
    kafka: OnKafka
    memories: Memories
    tickets: Sequence[str]


Findings = Iterator[Finding]


def judge(evidence: Evidence) -> list[Finding]:
    """All that is wrong."""
    rules = (_requests, _sessions, _energy, _finals, _orders_and_readings, _tickets, _memories, _consoles, _unread)
    return [finding for rule in rules for finding in rule(evidence)]


def _requests(evidence: Evidence) -> Findings:
    """Each is decided once, leads to one session at most, and has one kind of end."""
    ledger, kafka = evidence.ledger, evidence.kafka
    asked = {*kafka.asked, *evidence.memories.ends, *evidence.memories.open.values()}
    for request_id in sorted(asked - ledger.requests.keys()):
        yield Finding(Kind.LOST, f"Request {request_id} was never decided")
    counts = Counter(session.request_id for session in ledger.sessions.values())
    for request_id, request in ledger.requests.items():
        if request.accepted and request.session_id not in ledger.sessions:
            yield Finding(Kind.LOST, f"Request {request_id} was accepted and has no session")
        if counts[request_id] > 1:
            yield Finding(Kind.DOUBLED, f"Request {request_id} has {counts[request_id]} sessions")
        said, due = kafka.ends.get(request_id, set()), _end_of(request, ledger)
        if not said:
            yield Finding(Kind.LOST, f"Nobody was told how request {request_id} ended")
        elif len(said) > 1:
            yield Finding(Kind.DOUBLED, f"Request {request_id} was said to have ended as {' and '.join(sorted(said))}")
        elif said != {due}:
            yield Finding(Kind.WRONG, f"Request {request_id} was said to be {min(said)}, the ledger has {due}")
        if kafka.sessions.get(request_id, set()) - {request.session_id}:
            yield Finding(Kind.WRONG, f"The driver of request {request_id} was told of another session")


def _end_of(request: Request, ledger: Ledger) -> UpdateStatus | None:
    session = ledger.sessions.get(request.session_id or "")
    if not request.accepted:
        return UpdateStatus.DENIED
    if session is None or session.is_open:
        return None
    return UpdateStatus.COMPLETED if session.status is SessionStatus.COMPLETED else UpdateStatus.FAILED


def _sessions(evidence: Evidence) -> Findings:
    """Each has ended, and is billed once if it delivered."""
    ledger = evidence.ledger
    for name, session in ledger.sessions.items():
        if session.is_open:
            yield Finding(Kind.LOST, f"{name} at {session.cp_id} is {session.status} for ever")
        if session.status is SessionStatus.SUSPECT:
            yield Finding(Kind.WRONG, f"{name} at {session.cp_id} is held to be untrue: {session.detail}")
        if session.is_finalised and name not in ledger.bills:
            yield Finding(Kind.LOST, f"{name} at {session.cp_id} ended and has no bill")
    for name in ledger.bills:
        if ledger.bill_facts[name] != 1:
            yield Finding(Kind.DOUBLED, f"{name} was billed {ledger.bill_facts[name]} times")


def _energy(evidence: Evidence) -> Findings:
    """Bills are what engines' journals say, session by session and point by point."""
    ledger, billed = evidence.ledger, Counter[str]()
    for bill in ledger.bills.values():
        billed[bill.cp_id] += bill.energy_mwh
    for cp_id in sorted({*evidence.registers, *billed}):
        mwh = billed[cp_id] - evidence.registers.get(cp_id, 0)
        if mwh:
            yield Finding(Kind.OFF, f"All bills of {cp_id} are {mwh} mWh beside its register", abs(mwh))
    for name, supply in evidence.supplies.items():
        delivered = supply.register_stop_mwh - supply.register_start_mwh
        known = ledger.bills.get(name)
        if supply.is_open:
            yield Finding(Kind.LOST, f"The supply {name} at {supply.cp_id} is open in its journal for ever")
        elif known is None and delivered:
            yield Finding(Kind.LOST, f"The supply {name} at {supply.cp_id} of {delivered} mWh has no bill")
        elif known is not None and known.energy_mwh != delivered:
            mwh = known.energy_mwh - delivered
            yield Finding(Kind.OFF, f"The bill of {name} is {mwh} mWh beside its journal", abs(mwh))


def _finals(evidence: Evidence) -> Findings:
    """Each final reading on Kafka is what its session was settled with, and there is no other of that session."""
    ledger = evidence.ledger
    for name, finals in evidence.kafka.finals.items():
        session = ledger.sessions.get(name)
        if len(finals) > 1:
            yield Finding(Kind.DOUBLED, f"{name} has {len(finals)} different final readings")
        for final in finals:
            if session is None or not session.is_finalised or name not in ledger.bills:
                yield Finding(Kind.LOST, f"The final reading of {name} at {final.cp_id} has no bill")
            elif session.cp_id != final.cp_id or not is_same_final(session, final):
                yield Finding(Kind.WRONG, f"{name} was settled with other figures than its final reading has")
    for name in sorted(ledger.bills.keys() - evidence.kafka.finals.keys()):
        yield Finding(Kind.WRONG, f"{name} was billed, and Kafka has no final reading of it")


def _orders_and_readings(evidence: Evidence) -> Findings:
    """What was ordered is what was authorised, and what was metered lies within the session's figures."""
    sessions = evidence.ledger.sessions
    for name, orders in evidence.kafka.orders.items():
        session = sessions.get(name)
        due = session and {(session.request_id, session.cp_id, session.driver_id, session.micro_euros_per_kwh)}
        if orders != due:
            yield Finding(Kind.WRONG, f"{name} was ordered otherwise than it was authorised")
    for name, readings in evidence.kafka.registers.items():
        session = sessions.get(name)
        if session is None:
            yield Finding(Kind.LOST, f"Readings on Kafka speak of {name}, which is in no ledger")
        elif any(
            cp_id != session.cp_id or not session.register_start_mwh <= mwh <= session.register_stop_mwh
            for cp_id, mwh in readings
        ):
            yield Finding(Kind.WRONG, f"Readings of {name} on Kafka are outside of what it was settled with")


def _tickets(evidence: Evidence) -> Findings:
    """Each bill was sent to its driver, and no ticket says anything else."""
    tickets, bills = evidence.kafka.tickets, evidence.ledger.bills
    for name in sorted(bills.keys() - tickets.keys()):
        yield Finding(Kind.LOST, f"The bill of {name} was not sent to its driver")
    for name, said in tickets.items():
        if len(said) > 1:
            yield Finding(Kind.DOUBLED, f"{name} has {len(said)} different tickets")
        if name not in bills or ticket_of(bills[name]) not in said:
            yield Finding(Kind.WRONG, f"The ticket of {name} is not what its bill says")


def _memories(evidence: Evidence) -> Findings:
    """What drivers wrote down is what the ledger says; and no driver waits any more."""
    ledger = evidence.ledger
    for driver_id, request_id in evidence.memories.open.items():
        yield Finding(Kind.LOST, f"{driver_id} has never heard how request {request_id} ended")
    for request_id, heard in evidence.memories.ends.items():
        request = ledger.requests.get(request_id)
        if request is not None and heard is not None and heard is not _end_of(request, ledger):
            yield Finding(Kind.WRONG, f"{request.driver_id} has heard of request {request_id} that it is {heard}")


def _consoles(evidence: Evidence) -> Findings:
    """No console showed a ticket that is not a bill."""
    bills = evidence.ledger.bills
    for line in evidence.tickets:
        found = TICKET.search(line)
        bill = bills.get(found[1]) if found else None
        if found is None or bill is None:
            yield Finding(Kind.WRONG, f"A console showed a ticket that is no bill: {line[:200]}")
            continue
        ticket = ticket_of(bill)
        if found.groups()[1:] != (ticket.cp_id, f"{ticket.kwh:.4f}", f"{ticket.euros:.4f}"):
            yield Finding(Kind.WRONG, f"A console showed other figures than the bill has: {line[:200]}")


def _unread(evidence: Evidence) -> Findings:
    """All that was said on Kafka could be read."""
    if evidence.kafka.dead_letters:
        yield Finding(Kind.WRONG, f"{evidence.kafka.dead_letters} messages on Kafka could not be read")
