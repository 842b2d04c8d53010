"""Numbers for Prometheus: what they are called, what they may say, and that they are right."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics import parser as open_parser
from prometheus_client.parser import text_string_to_metric_families as parse

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock, WallClock
from evcharging.adapters.metrics import OTHER, Histogram, Kind, Metric, Metrics, Sample
from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.meters import LedgerMeter
from evcharging.apps.ev_driver.drivers import drivers, ending, intents
from evcharging.apps.network.network import NetworkSetup, infrastructure, until_connected
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.meters import HostMeter
from evcharging.apps.shell.metrics import METRICS
from evcharging.common.config import CentralSettings, DriverSettings, EngineSettings, NetworkSettings
from evcharging.common.kafka import CP_STATUS
from evcharging.common.messages import QueryStatus
from evcharging.domain.session import Bill
from evcharging.roles.engine_setup import EngineSetup
from evcharging.roles.role import NOTHING, Effects, Input
from evcharging.runtime.addresses import by_key
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.programs import add_engines
from evcharging.runtime.work import Work
from evcharging.tests.stages.central_world import World, contract, in_world
from tools.docs.metric_docs import PAGE

parse_open: Callable[[str], Iterable[Family]] = open_parser.text_string_to_metric_families

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FROM_OUTSIDE = {"cp_id", "driver_id", "session_id", "request_id", "instance", "job", "path", "url"}
UNITS = {"seconds", "messages", "records", "watt_hours", "euros"}


@pytest.fixture(autouse=True)
def quiet() -> None:
    configure("ERROR", WallClock().now)


def page_of(*samples: Sample) -> dict[tuple[str, ...], float]:
    """What a process with these samples tells: values by name and labels, in their order."""
    metrics = Metrics()
    metrics.add(lambda: samples)
    _, text = metrics.text("")
    return values(own(parse(text.decode())))


def own(families: Iterable[Family]) -> list[Family]:
    return [family for family in families if not family.name.startswith(("python_", "process_"))]


def values(families: Iterable[Family]) -> dict[tuple[str, ...], float]:
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


# The form


GAUGE = Metric("stock", Kind.GAUGE, "How much there is.", {"place": ("here", "there")})
SIZES = Metric("size_bytes", Kind.HISTOGRAM, "How large.", {}, "bytes")


def test_what_several_say_of_the_same_is_added_up() -> None:
    first, second = Histogram((1, 10)), Histogram((1, 10))
    for value in (0.5, 1.0, 5):
        first.observe(value)
    second.observe(50)
    page = page_of(
        (GAUGE, ("here",), 1), (GAUGE, ("there",), 2), (GAUGE, ("here",), 3), (SIZES, (), first), (SIZES, (), second)
    )
    assert page == {
        ("stock", "here"): 4,
        ("stock", "there"): 2,
        ("size_bytes_bucket", "1"): 2,
        ("size_bytes_bucket", "10"): 3,
        ("size_bytes_bucket", "+Inf"): 4,
        ("size_bytes_count",): 4,
        ("size_bytes_sum",): 56.5,
    }


def test_a_value_of_a_label_that_was_not_foreseen_is_other() -> None:
    page = page_of((GAUGE, ('evil"} 1\n# HELP x',), 1), (GAUGE, ("CP-001",), 2), (GAUGE, ("here",), 3))
    assert page == {("stock", OTHER): 3, ("stock", "here"): 3}


def test_the_process_itself_is_told_of_too() -> None:
    _, text = Metrics().text("")
    names = {family.name for family in parse(text.decode())}
    assert {"python_info", "process_cpu_seconds", "process_resident_memory_bytes", "python_gc_collections"} <= names


# The names


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_named_as_prometheus_wants_it(metric: Metric) -> None:
    assert re.fullmatch(r"evcharging(_[a-z]+)+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert metric.name.endswith("_info") == (metric.kind is Kind.INFO)
    assert not metric.name.endswith(("_count", "_sum", "_bucket", "_created"))
    assert metric.unit in {"", *UNITS}
    if metric.unit:
        assert metric.name.removesuffix("_total").endswith(f"_{metric.unit}")
    assert metric.kind is not Kind.HISTOGRAM or metric.unit
    assert metric.help.endswith(".")


def test_every_metric_has_a_name_of_its_own() -> None:
    assert max(Counter(metric.name for metric in METRICS).values()) == 1


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_no_label_is_meant_for_what_comes_from_outside(metric: Metric) -> None:
    assert not metric.labels.keys() & FROM_OUTSIDE
    for name, known in metric.labels.items():
        assert known or name in ("version", "route")
        assert len(known) < 100


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


@asynccontextmanager
async def served(folder: Path, *points: str) -> AsyncIterator[httpx.AsyncClient]:
    """A network with one point, once a driver has been through these."""
    setup = NetworkSetup(
        NetworkSettings.model_construct(points=1),
        CentralSettings.model_construct(http_port=0, listen_port=0, db_url=f"sqlite:///{folder}/central.db"),
        EngineSettings.model_construct(journal=str(folder / "journal"), telemetry_interval=0.05, supply_ticks=3),
        DriverSettings.model_construct(),
    )
    clock, stop = WallClock(), asyncio.Event()
    async with infrastructure(setup, ["CP-001"], clock) as (bus, up):
        await until_connected(up.panel, ["CP-001"], stop)
        wanted = {"driver-alice": intents(points, clock.now() - clock.now())}
        async with (
            drivers(wanted, bus, clock, ending(wanted, stop), up.status),
            httpx.AsyncClient(base_url=up.url, trust_env=False) as http,
        ):
            await asyncio.wait_for(stop.wait(), 20)
            yield http


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
            assert told["evcharging_roles", "central"] == 2 * 8
            assert told["evcharging_ready",] == 1
            assert told["evcharging_links_open", "monitor", "central"] == 1
            for peer in ("central", "engine"):
                assert told["evcharging_links_open", peer, "monitor"] == 1
            commits = told["evcharging_commit_duration_seconds_count", "central"]
            assert commits == told["evcharging_commit_size_records_bucket", "+Inf", "central"] > 5

    asyncio.run(scene())


# What comes from outside


async def http_values(world: World) -> set[tuple[str, str, str]]:
    """Method, route and status of all requests that were counted."""
    text = world.health.metrics.text("")[1].decode()
    [family] = [family for family in parse(text) if family.name == "evcharging_http_request_duration_seconds"]
    return {(s.labels["method"], s.labels["route"], s.labels["status"]) for s in family.samples}


@in_world("CP-001")
async def test_requests_are_counted_by_template_and_nothing_that_a_client_says_becomes_a_label(world: World) -> None:
    transport = httpx.ASGITransport(world.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://central.test") as http:
        for path in (
            "/cp/CP-001",
            "/cp/evil",
            "/cp/%22%7D%201%0A",
            "/nowhere/evil",
            "/assets/evil.js",
            "/cp?state=evil",
        ):
            await http.get(path)
        await http.head("/cp/CP-001")
        await http.post("/cp/evil/stop")
        await http.post("/cp/register", content=b"{", headers={"Origin": "http://evil"})
        for method in ("BREW", "evil", "DELETE"):
            await http.request(method, "/cp/CP-001")
    counted = await http_values(world)
    assert ("GET", "/cp/{cp_id}", "200") in counted
    assert ("GET", "/cp/{cp_id}", "404") in counted
    assert ("GET", "/cp", "422") in counted
    assert ("POST", "/cp/{cp_id}/stop", "404") in counted
    assert {method for method, _, _ in counted} == {"GET", "POST", "DELETE", OTHER}
    assert {route for _, route, _ in counted} <= {*contract().document["paths"], OTHER}


def test_ids_from_outside_are_in_no_label(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path, "CP-001", "evil-point") as http:
            await http.post("/cp/register", json={"cp_id": "evil-point", "location": "evil place"})
            text = (await http.get("/metrics")).text
            assert "evil" not in text
            assert "alice" not in text
            assert "CP-0" not in text
            known = {metric.name: metric for metric in METRICS}
            for family in own(parse(text)):
                for sample in family.samples:
                    metric = known.get(sample.name) or known[family.name]
                    for name, value in sample.labels.items():
                        foreseen = metric.labels.get(name, ())
                        assert name == "le" or not foreseen or value in (*foreseen, OTHER)

    asyncio.run(scene())


# The page


def yaml_of(holds: Callable[[Any], bool]) -> Any:
    """The block of the page that holds this."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return next(block for block in map(yaml.safe_load, blocks) if holds(block))


def names_in(expression: str) -> set[str]:
    """The families that an expression asks for."""
    found = re.findall(r"evcharging_[a-z_]+", expression)
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in found}


def test_the_alerts_of_the_page_ask_for_metrics_that_there_are() -> None:
    known = {metric.name for metric in METRICS}
    [group] = yaml_of(lambda block: "groups" in block)["groups"]
    assert len(group["rules"]) == 3
    for rule in group["rules"]:
        assert rule["alert"].startswith("Evcharging")
        assert rule["annotations"]["summary"]
        assert names_in(rule["expr"]) <= known
        assert names_in(rule["expr"])


def test_the_questions_of_the_page_ask_for_metrics_that_there_are() -> None:
    [block] = re.findall(r"^```promql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines():
        assert names_in(line) <= {metric.name for metric in METRICS}
        assert line.count("(") == line.count(")")


def test_the_example_gathers_from_the_ports_that_the_page_names() -> None:
    [job] = yaml_of(lambda block: "scrape_configs" in block)["scrape_configs"]
    [targets] = job["static_configs"]
    assert targets["targets"][0] == f"localhost:{CentralSettings.model_fields['http_port'].default}"
