"""A site with a limit over Kafka: whoever is killed, its points never draw more together, and all of it is used again
soon after. `EVCHARGING_POWER_KILLS=100` kills more often."""

import os
import time
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tests.real.power_meter import PowerMeter
from tools.broker.broker import Broker

KILLS = int(os.environ.get("EVCHARGING_POWER_KILLS", "5"))
SITE = "SITE-1"
POINTS = ["V001", "V002", "W001", "W002"]
LIMIT_MA = 32_000
LIMIT_KW = 32 * 3 * 0.23
LONG = {"CP_ENGINE_SUPPLY_TICKS": "7200"}

USED_WITHIN = 20.0
"""Seconds after which all that the limit allows is used again: a lease, and two steps up."""

TAKEN_OVER_WITHIN = 60.0
"""Seconds that Kafka may take to give the partitions of a dead Central to the other one, on a loaded machine."""


@pytest.fixture(scope="module")
def network(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("power"), running_broker, postgres) as network:
        network.add_central("central 1")
        network.add_central("central 2")
        for prefix in "VW":
            network.add_fleet(prefix, 2, ["central 1", "central 2"], **LONG)
        network.restore()
        for cp_id in POINTS:
            _ask(network, "POST", "/cp/register", {"cp_id": cp_id, "site_id": SITE})
        network.until(lambda: network.get(f"/sites/{SITE}") is not None, "the site is known")
        points = [{"cp_id": cp_id, "most_ma": 32_000} for cp_id in POINTS]
        main = {"circuit_id": "main", "limit_ma": LIMIT_MA, "points": points}
        _ask(network, "PUT", f"/api/v1/sites/{SITE}", {"circuits": {"circuits": [main]}})
        network.until(lambda: _is_managed(network), "all points are managed")
        yield network


def _ask(network: Network, method: str, path: str, body: dict[str, object]) -> None:
    url = f"http://localhost:{network.central_port}{path}"
    httpx.request(method, url, json=body, trust_env=False, timeout=15).raise_for_status()


def _is_managed(network: Network) -> bool:
    power = network.get(f"/api/v1/sites/{SITE}/power")
    return power is not None and all(point["why"] is None for point in power["points"])


def _are_free(network: Network, cp_ids: list[str]) -> bool:
    states = network.states()
    return all(states[cp_id] == "ACTIVATED" for cp_id in cp_ids)


def _used_again(network: Network, meter: PowerMeter, within: float, after: str) -> None:
    began = time.monotonic()
    network.until(lambda: meter.now_kw() > 0.95 * LIMIT_KW, f"the limit is used again after {after}")
    assert time.monotonic() - began < within


def test_whoever_is_killed_the_limit_holds_and_is_used_again(network: Network) -> None:
    with PowerMeter(network.broker.bootstrap) as meter:
        network.drive("d0", POINTS)
        _used_again(network, meter, USED_WITHIN, "the start")
        for number in range(1, KILLS + 1):
            if number % 2:
                dead, alive = ("central 1", "central 2") if number % 4 == 1 else ("central 2", "central 1")
                network[dead].kill()
                network.look_at(alive)
                time.sleep(11)
                _used_again(network, meter, TAKEN_OVER_WITHIN, f"{dead} was killed")
                network[dead].start()
            else:
                prefix = "VW"[number // 2 % 2]
                own = [cp_id for cp_id in POINTS if cp_id.startswith(prefix)]
                network[f"engine {prefix}"].kill()
                meter.killed(time.time(), *own)
                _used_again(network, meter, USED_WITHIN, f"engine {prefix} was killed")
                network[f"engine {prefix}"].start()
                network.until(partial(_are_free, network, own), "its points are back")
                network.drive(f"d{number}", own)
        assert 0.95 * LIMIT_KW < meter.most_kw() <= LIMIT_KW + 0.001
