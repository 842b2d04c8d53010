"""Numbers for Prometheus are right: who counts what, and that a whole network tells all of it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock
from evcharging.adapters.metrics import Kind
from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.meters import LedgerMeter
from evcharging.apps.shell.meters import HostMeter
from evcharging.apps.shell.metrics import METRICS
from evcharging.common.kafka import CP_STATUS
from evcharging.common.messages import QueryStatus
from evcharging.domain.session import Bill
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import NOTHING, Effects, Input
from evcharging.runtime.addresses import by_key
from evcharging.runtime.central_program import FAMILIES
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.programs import add_engines
from evcharging.runtime.work import Work
from evcharging.tests.stages.metrics_stage import own, page_of, parse_open, served, values

pytestmark = pytest.mark.usefixtures("quiet")

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


# Who counts


class Clumsy:
    """A role that fails on every message."""

    deadline: datetime | None = None

    def on_message(self, message: Input, now: datetime) -> Effects:
        raise RuntimeError("clumsy")

    def on_deadline(self, now: datetime) -> Effects:
        return NOTHING


def test_a_host_counts_what_it_takes_and_gives_and_on_what_its_roles_fail() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    reader = bus.subscribe((CP_STATUS,), group="witness", partitions=[0])
    host = Host(store, bus, address=by_key)
    meter = HostMeter("engine", host, LiveHost(SteppedClock(NOON), lambda text: None, inline=True))
    host.watch(meter)
    add_engines(host, store, bus, [EngineSetup(cp_id="CP-001")])
    host.add("CP-002", Clumsy(), shard="CP-002", epoch=1)
    for cp_id in ("CP-001", "CP-002", "CP-nowhere"):
        bus.publish(QueryStatus(ts=NOON, epoch=1, cp_id=cp_id))
    assert page_of(*meter.samples())["evcharging_messages_waiting", "engine"] == 3
    host.cycle(NOON)
    told = page_of(*meter.samples())
    assert told["evcharging_messages_waiting", "engine"] == 0
    assert told["evcharging_messages_handled_total", "engine", "central.commands", "QueryStatus"] == 3
    assert told["evcharging_messages_published_total", "engine", "cp.status", "CPStatus"] == len(
        reader.poll(9)[0].messages
    )
    assert told["evcharging_messages_poisoned_total", "engine"] == 2
    assert told["evcharging_roles", "engine"] == 2
    assert told["evcharging_commit_duration_seconds_count", "engine"] == 1
    assert told["evcharging_store_failing", "engine"] == 0


def test_a_bill_is_counted_once_it_lasts_and_to_the_last_milliwatt_hour() -> None:
    meter = LedgerMeter()
    work = Work(Commit(records=[("0", bill(1_000 * number + 1, 3 * number)) for number in range(1_000)]))
    meter.observer.committed(work)
    told = page_of(*meter.samples())
    assert told["evcharging_energy_billed_watt_hours_total",] == 499_501
    assert told["evcharging_money_billed_euros_total",] == 1.4985


def bill(energy_mwh: int, micro_euros: int) -> Bill:
    return Bill(
        session_id=f"s-{energy_mwh}",
        driver_id="d",
        cp_id="CP-001",
        started_at=NOON,
        ended_at=NOON,
        energy_mwh=energy_mwh,
        micro_euros_per_kwh=300_000,
        micro_euros=micro_euros,
        ended_by="unplugged",
    )


# A whole network


def test_a_network_tells_all_of_its_metrics_in_both_forms_and_no_others(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path, "CP-001", "CP-404") as http:
            await http.get("/health")
            plain = await http.get("/metrics")
            declared = {metric.name.removesuffix("_total"): metric for metric in METRICS}
            families = own(parse(plain.text))
            assert {family.name for family in families} == declared.keys()
            for family in families:
                metric = declared[family.name]
                assert family.documentation == metric.help
                assert family.type == ("gauge" if metric.kind is Kind.INFO else metric.kind)
            accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
            wanted = await http.get("/metrics", headers=accept)
            assert wanted.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
            for family in own(parse_open(wanted.text)):
                name = f"{family.name}_info" if family.type == "info" else family.name
                assert (name in declared, family.unit) == (True, declared[name].unit)

    asyncio.run(scene())


def test_the_numbers_say_what_the_ledger_says(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path, "CP-001", "CP-404", "CP-001") as http:
            tickets = (await http.get("/tickets")).json()
            told = values(own(parse((await http.get("/metrics")).text)))
            assert len(tickets) == 2
            energy = told["evcharging_energy_billed_watt_hours_total",]
            assert energy == told["evcharging_energy_delivered_watt_hours_total",]
            assert energy == pytest.approx(1000 * sum(ticket["kwh"] for ticket in tickets), abs=1e-9)
            money = told["evcharging_money_billed_euros_total",]
            assert money == pytest.approx(sum(ticket["euros"] for ticket in tickets), abs=1e-9)
            assert told["evcharging_sessions_ended_total", "COMPLETED"] == 2
            assert told["evcharging_supplies_ended_total", "supply complete"] == 2
            assert told["evcharging_requests_decided_total", "ACCEPTED"] == 2
            assert told["evcharging_requests_decided_total", "DENIED"] == 1
            assert told["evcharging_driver_requests_ended_total", "COMPLETED"] == 2
            assert told["evcharging_driver_requests_ended_total", "DENIED"] == 1
            assert told["evcharging_messages_handled_total", "central", "driver.requests", "DriverRequest"] == 3
            assert told["evcharging_messages_published_total", "driver", "driver.requests", "DriverRequest"] == 3
            assert told["evcharging_points", "ACTIVATED"] == 1
            assert sum(value for (name, *_), value in told.items() if name == "evcharging_points") == 1
            assert told["evcharging_roles", "central"] == len(FAMILIES) * 8
            assert told["evcharging_ready",] == 1
            assert told["evcharging_links_open", "monitor", "central"] == 1
            for peer in ("central", "engine"):
                assert told["evcharging_links_open", peer, "monitor"] == 1
            commits = told["evcharging_commit_duration_seconds_count", "central"]
            assert commits == told["evcharging_commit_size_records_bucket", "+Inf", "central"] > 5

    asyncio.run(scene())
