"""Nothing that comes from outside becomes a label of a number for Prometheus."""

import asyncio
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from evcharging.adapters.metrics import OTHER, Metric
from evcharging.apps.shell.metrics import METRICS
from evcharging.tests.stages.central_world import World, contract, in_world
from evcharging.tests.stages.metrics_stage import own, served

pytestmark = pytest.mark.usefixtures("quiet")

FROM_OUTSIDE = {"cp_id", "driver_id", "session_id", "request_id", "instance", "job", "path", "url"}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_no_label_is_meant_for_what_comes_from_outside(metric: Metric) -> None:
    assert not metric.labels.keys() & FROM_OUTSIDE
    for name, known in metric.labels.items():
        assert known or name in ("version", "route")
        assert len(known) < 100


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
