"""Two Centrals on one ledger and one Kafka share the points, and either goes on without the other."""

from collections.abc import Iterator

import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

SHARDS = 8
TAKEN_OVER_WITHIN = 10.0
HANDED_OVER_WITHIN = 5.0
"""Seconds until one has the shards of another that was killed, or that ended in good order."""

FOUR = ["P001", "P002", "Q001", "Q002"]
LONG = {"CP_ENGINE_SUPPLY_TICKS": "24"}
"""A supply lasts 12 s, which is longer than it takes until another Central has it."""

WELL = ("ACTIVATED", "SUPPLYING")


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("two"), running_broker, postgres) as network:
        network.add_central("central 1")
        network.add_central("central 2")
        network.add_fleet("P", 5, ["central 1", "central 2"], **LONG)
        network.add_fleet("Q", 5, ["central 2", "central 1"], **LONG)
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    """One network for all tests; each begins with two Centrals that share it, and ends with books that are right."""
    shared.restore()
    shared.until(lambda: shards(shared) == [4, 4], "each Central has half of the shards")
    for central in ("central 2", "central 1"):
        shared.look_at(central)
        shared.until_all_are("ACTIVATED")
    yield shared
    shared.check_books()


def shards(network: Network, *centrals: str) -> list[int]:
    """How many shards these Centrals have."""
    return [network.shards_of(name) for name in centrals or ("central 1", "central 2")]


def shown_by_both(network: Network) -> list[dict[str, str]]:
    """What each of them shows of every point."""
    shown = []
    for central in ("central 2", "central 1"):
        network.look_at(central)
        shown.append(network.states())
    return shown


def has_all(network: Network, central: str) -> bool:
    """Whether a Central has all shards, and shows every point as it is: connected."""
    return shards(network, central) == [SHARDS] and network.are(*WELL)


def test_each_has_half_of_the_shards_and_both_show_every_point_the_same(network: Network) -> None:
    drivers = network.drive("s", FOUR)
    supplying = dict.fromkeys(FOUR, "SUPPLYING")
    network.until(
        lambda: all(supplying.items() <= each.items() for each in shown_by_both(network)), "both show supplies"
    )
    network.until_served("s")
    assert len(drivers.said("🎫 .* supply complete")) == len(network.supplies_of("s"))
    network.until(lambda: shown_by_both(network) == [dict.fromkeys(network.points, "ACTIVATED")] * 2, "both show all")


@pytest.mark.parametrize(("dead", "alive"), [("central 1", "central 2"), ("central 2", "central 1")])
def test_what_a_killed_central_had_goes_on_at_the_other(network: Network, dead: str, alive: str) -> None:
    name = f"k-{dead[-1]}"
    drivers = network.drive(name, FOUR)
    before = network.starts()
    network[dead].kill()
    took = network.seconds_until(lambda: has_all(network, alive), f"{alive} has the points of the killed Central")
    assert took < TAKEN_OVER_WITHIN
    assert dict.fromkeys(FOUR, "SUPPLYING").items() <= network.states().items()
    network.until_served(name)
    assert len(drivers.said("🎫 .* supply complete")) == len(network.supplies_of(name))
    assert network.starts() == before
    network[dead].start()
    network.seconds_until(lambda: shards(network) == [4, 4], f"{dead} has its share again once started")


def test_a_paused_central_that_wakes_is_fenced_and_takes_its_share_again(network: Network) -> None:
    """Kafka stands still as it wakes, so that the ledger alone can tell it."""
    drivers = network.drive("z", FOUR)
    said = len(network["central 2"].lines)
    network["central 2"].pause()
    network.seconds_until(lambda: has_all(network, "central 1"), "central 1 has the points of the paused Central")
    network.broker.pause()
    network["central 2"].resume()
    network.until_said("central 2", "leaving that to the other process", after=said)
    network.broker.resume()
    network.until(lambda: shards(network) == [4, 4], "central 2 has its share again")
    network.until_served("z")
    assert len(drivers.said("🎫 .* supply complete")) == len(network.supplies_of("z"))
    network.until(lambda: shown_by_both(network) == [dict.fromkeys(network.points, "ACTIVATED")] * 2, "both show all")


def test_a_third_central_takes_a_share_and_hands_it_over_when_it_ends(network: Network) -> None:
    network.add_central("central 3").start()
    network.until(
        lambda: sorted(shards(network, "central 1", "central 2", "central 3")) == [2, 3, 3], "each of three has a share"
    )
    network.until_all_are("ACTIVATED")
    drivers = network.drive("t", FOUR)
    ended = network["central 3"].stop()
    took = network.seconds_until(
        lambda: shards(network) == [4, 4] and network.are(*WELL), "the others have the share of a stopped Central"
    )
    assert ended == 0
    assert took < HANDED_OVER_WITHIN
    del network.programs["central 3"]
    network.until_served("t")
    assert len(drivers.said("🎫 .* supply complete")) == len(network.supplies_of("t"))
