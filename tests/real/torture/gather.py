"""Gathers the evidence once all is at rest. Knows no verdict."""

from collections import Counter
from contextlib import closing

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Bill, Request, Session
from tests.real.audit import Journal
from tests.real.torture.judge import Evidence, Ledger
from tests.real.torture.memories import read_memories
from tests.real.torture.on_kafka import read_kafka
from tests.real.torture.town import Town
from tests.real.torture.watch import SHARDS


def gather(town: Town) -> Evidence:
    """All that ledger, journals, Kafka, and drivers' memories and consoles say; raises StoreUnavailable and
    KafkaException."""
    journals = [Journal(path) for path in town.journals]
    return Evidence(
        ledger=_ledger(town.ledger_url),
        supplies={name: supply for journal in journals for name, supply in journal.supplies.items()},
        registers={cp_id: mwh for journal in journals for cp_id, mwh in journal.registers.items()},
        kafka=read_kafka(town.broker.bootstrap, SHARDS),
        memories=read_memories(sorted(town.folder.glob("data/*.requests"))),
        tickets=town.tickets,
    )


def _ledger(url: str) -> Ledger:
    with closing(SqlStore(url)) as store:
        return Ledger(
            sessions={session.session_id: session for session in store.select(Session)},
            bills={bill.session_id: bill for bill in store.select(Bill)},
            requests={request.request_id: request for request in store.select(Request)},
            bill_facts=Counter(bill.session_id for bill in store.facts(Bill)),
        )
