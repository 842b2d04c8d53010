"""Fleets: one process with many points or drivers, how they are numbered, what they are called, where they read."""

from datetime import timedelta

import pytest

from evcharging.adapters.bus.memory import MemoryBus, MemorySubscription
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_driver.drivers import spread, wanting
from evcharging.apps.shell.fleets import component, ids_of, links_to_engines
from evcharging.common.kafka import CENTRAL_COMMANDS, partition_of
from evcharging.common.setting_values import checked_id, checked_prefix
from evcharging.runtime.host import Host
from evcharging.runtime.programs import read_own_partitions


def test_without_a_count_there_is_the_one_id_and_with_one_as_many_numbered_ones() -> None:
    assert ids_of("CP-001", None, "P") == ["CP-001"]
    assert ids_of("CP-001", 1, "P") == ["P001"]
    assert ids_of("CP-001", 3, "P") == ["P001", "P002", "P003"]


@pytest.mark.parametrize("count", [1, 999, 1000, 20_000])
def test_a_number_has_the_same_name_whatever_the_count(count: int) -> None:
    ids = ids_of("CP-001", count, "CP-")
    assert ids[:3] == ["CP-001", "CP-002", "CP-003"][:count]
    assert ids[-1] == f"CP-{count:03}"
    assert ids == ids_of("CP-001", 20_000, "CP-")[:count]


def test_the_longest_prefix_and_the_largest_number_are_an_id() -> None:
    ids = ids_of("CP-001", 20_000, checked_prefix("x" * 59))
    assert checked_id(ids[-1]) == "x" * 59 + "20000"
    assert len(set(ids)) == 20_000


def test_a_fleet_has_one_name_in_the_log() -> None:
    assert component("CP_E", ["CP-001"]) == "CP_E:CP-001"
    assert component("CP_E", ids_of("", 500, "P")) == "CP_E:P001..P500"


@pytest.mark.parametrize("count", [1, 2, 5, 10, 25])
def test_drivers_of_a_fleet_begin_as_far_apart_as_can_be(count: int) -> None:
    points = [f"CP-{number}" for number in range(10)]
    wanted = spread([f"driver-{number}" for number in range(count)], points, timedelta(seconds=4))
    served = {driver_id: [str(intent.cp_id) for intent in theirs] for driver_id, theirs in wanted.items()}
    assert all(sorted(theirs) == points for theirs in served.values())
    assert len({theirs[0] for theirs in served.values()}) == min(count, 10)
    assert served["driver-0"] == points


def test_drivers_may_want_so_much_energy_or_time_of_each_charge() -> None:
    wishes = spread(["driver-1"], ["CP-1", "CP-2"], timedelta(seconds=4))
    [theirs] = wanting(wishes, 7.5, 30).values()
    assert [(intent.cp_id, intent.kwh, intent.minutes) for intent in theirs] == [("CP-1", 7.5, 30), ("CP-2", 7.5, 30)]


def reader_of(*keys: str) -> MemorySubscription:
    """Who reads for a fleet."""
    bus = MemoryBus(8)
    host = Host(MemoryStore(), bus)
    read_own_partitions(host, bus, (CENTRAL_COMMANDS,), group="engines", keys=keys)
    assert host.intake is not None
    assert isinstance(host.intake.subscription, MemorySubscription)
    return host.intake.subscription


def test_a_fleet_reads_the_partitions_of_its_own_points_and_no_others() -> None:
    ids = ["CP-001", "CP-002"]
    assert reader_of(*ids).assigned == {partition_of(cp_id, 8) for cp_id in ids}


def test_readers_of_other_points_have_other_names_and_those_of_the_same_points_the_same_one() -> None:
    names = {reader_of(*keys).group for keys in (["A"], ["B"], ["A", "B"], ["A", "C"], ["A", "B", "C"])}
    assert len(names) == 5
    assert reader_of("A").group == "engines-A"
    assert reader_of("B", "A").group == reader_of("A", "B").group


@pytest.mark.parametrize(("points", "links"), [(1, 1), (250, 1), (251, 2), (10_000, 40)])
def test_a_fleet_needs_few_links_to_its_engines(points: int, links: int) -> None:
    assert links_to_engines(points) == links
