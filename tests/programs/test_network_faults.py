"""What a network does to the links of the system, and what must hold all the same: energy flows on and is billed to the
last mWh, nothing is taken for said that was not said, nobody unheard is shown as there, and all is well after healing.
Real sockets and programs on virtual time, with a proxy on each link."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from evcharging.common.states import CPState
from evcharging.domain.session import SessionStatus
from evcharging.tests.stages.fault_proxy import FaultProxy, Weather
from evcharging.tests.stages.virtual_loop import on_virtual_time
from tests.programs.faulty_network import Network, Wire, network

PATIENCE_S = 0.0001
COMPLETE = (SessionStatus.COMPLETED, 61_111)

BEARABLE = {
    "latency": Weather(latency_s=0.4),
    "little bandwidth": Weather(bytes_per_s=300),
    "slices": Weather(slices=3),
}
BAD = {
    "corruption": Weather(corruption=0.1),
    "duplication": Weather(duplication=0.1),
    "all of it": Weather(latency_s=0.1, bytes_per_s=2000, slices=40, corruption=0.02, duplication=0.02),
}
LINKS = ("control", "engine")

Scene = Callable[[Network], Awaitable[None]]
Play = Callable[..., Network]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Runs a scene in a network; what was taken for said over its links was said."""

    def run(scene: Scene, spoil: Callable[[FaultProxy], None] | None = None) -> Network:
        wire, networks = Wire(monkeypatch), list[Network]()

        async def whole() -> None:
            async with network(tmp_path, monkeypatch, spoil, seed=3) as there:
                networks.append(there)
                await scene(there)

        on_virtual_time(whole(), PATIENCE_S)
        assert wire.received
        assert set(wire.received) <= wire.sent
        return networks[0]

    return run


async def served(there: Network) -> None:
    """A charge from its beginning to its end."""
    there.drive()
    await there.until_shown(CPState.SUPPLYING, 1)
    await there.until(lambda: there.is_free, 11)


def under(link: str, weather: Weather) -> Scene:
    """A charge begins, the weather turns for a while, and once it is calm another charge goes from begin to end."""

    async def scene(there: Network) -> None:
        there.drive()
        await there.until_shown(CPState.SUPPLYING, 1)
        there.links[link].weather = weather
        await asyncio.sleep(40)
        there.links[link].heal()
        await there.until(lambda: there.is_free, 15)
        await served(there)

    return scene


@pytest.mark.parametrize("weather", BEARABLE.values(), ids=BEARABLE.keys())
@pytest.mark.parametrize("link", LINKS)
def test_a_slow_narrow_or_sliced_link_raises_no_alarm(play: Play, link: str, weather: Weather) -> None:
    async def scene(there: Network) -> None:
        await under(link, weather)(there)
        assert "faulty" not in there.said.getvalue()
        assert "offline" not in there.said.getvalue()

    assert play(scene).ends() == [COMPLETE] * 2


@pytest.mark.parametrize("weather", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("link", LINKS)
def test_on_a_link_that_damages_and_repeats_energy_flows_and_health_is_right_once_it_is_calm(
    play: Play, link: str, weather: Weather
) -> None:
    assert play(under(link, weather)).ends() == [COMPLETE] * 2


@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_is_cut_again_and_again_is_made_again(play: Play, link: str) -> None:
    async def scene(there: Network) -> None:
        there.drive()
        for _ in range(10):
            await asyncio.sleep(1.3)
            there.links[link].cut()
        await there.until(lambda: there.is_free, 10)
        await served(there)

    assert play(scene).ends() == [COMPLETE] * 2


@pytest.mark.parametrize("break_off", [FaultProxy.fall_silent, FaultProxy.go_away])
def test_without_its_link_to_central_a_point_is_disconnected_within_ten_seconds_and_its_supply_goes_on(
    play: Play, break_off: Callable[[FaultProxy], None]
) -> None:
    async def scene(there: Network) -> None:
        there.drive()
        await there.until_shown(CPState.SUPPLYING, 1)
        break_off(there.links["control"])
        await there.until_shown(CPState.DISCONNECTED, 10)
        assert there.shown.session
        await there.until(lambda: there.shown.session is None, 11)
        there.drive()  # is denied: nobody may start where nobody watches
        await asyncio.sleep(120)
        assert there.shown.state is CPState.DISCONNECTED
        there.links["control"].heal()
        await there.until_shown(CPState.ACTIVATED, 12)
        await served(there)

    assert play(scene).ends() == [COMPLETE] * 2


@pytest.mark.parametrize("break_off", [FaultProxy.fall_silent, FaultProxy.go_away])
def test_an_engine_that_its_monitor_cannot_hear_is_a_fault_within_four_seconds_and_its_supply_goes_on(
    play: Play, break_off: Callable[[FaultProxy], None]
) -> None:
    async def scene(there: Network) -> None:
        there.drive()
        await there.until_shown(CPState.SUPPLYING, 1)
        break_off(there.links["engine"])
        await there.until_shown(CPState.FAULT, 4)
        assert there.shown.reason == "the engine does not answer"
        await asyncio.sleep(120)
        assert (there.shown.state, there.shown.session) == (CPState.FAULT, None)
        there.links["engine"].heal()
        await there.until_shown(CPState.ACTIVATED, 12)
        await served(there)

    assert play(scene).ends() == [COMPLETE] * 2


TROUBLES: dict[str, Callable[[FaultProxy], None]] = {
    "half-open": FaultProxy.fall_silent,
    "away": FaultProxy.go_away,
    "corrupt": lambda proxy: setattr(proxy, "weather", Weather(corruption=1.0)),
    "repeating": lambda proxy: setattr(proxy, "weather", Weather(duplication=1.0)),
    "dripping": lambda proxy: setattr(proxy, "weather", Weather(bytes_per_s=20, slices=1)),
}


@pytest.mark.parametrize("spoil", TROUBLES.values(), ids=TROUBLES.keys())
def test_a_point_that_cannot_register_over_a_bad_link_does_so_once_it_is_good(
    play: Play, spoil: Callable[[FaultProxy], None]
) -> None:
    async def scene(there: Network) -> None:
        await asyncio.sleep(60)
        there.links["registration"].heal()
        await there.until_shown(CPState.ACTIVATED, 20)
        await served(there)

    there = play(scene, spoil)
    assert there.ends() == [COMPLETE]
    assert there.said.getvalue().count("WARNING | CP_M") <= 3


@pytest.mark.parametrize("seed", range(3))
def test_whatever_befalls_all_links_at_once_every_session_ends_and_is_billed(play: Play, seed: int) -> None:
    chance = Random(seed)

    async def scene(there: Network) -> None:
        for _ in range(30):
            befall(chance.choice(list(there.links.values())), chance)
            if chance.random() < 0.3:
                there.drive()
            await asyncio.sleep(chance.uniform(0, 8))
        for link in there.links.values():
            link.heal()
        await there.until(lambda: there.is_free, 60)
        await served(there)

    ends = play(scene).ends()
    assert len(ends) > 1
    assert set(ends) == {COMPLETE}


def befall(link: FaultProxy, chance: Random) -> None:
    """Something happens to a link."""
    weather = any_of(chance)
    happenings: list[Callable[[], None]] = [
        link.cut,
        link.fall_silent,
        link.go_away,
        link.heal,
        link.heal,
        lambda: setattr(link, "weather", weather),
    ]
    chance.choice(happenings)()


def any_of(chance: Random) -> Weather:
    return chance.choice([*BEARABLE.values(), *BAD.values()])


def test_two_monitors_of_one_point_take_turns_and_nobody_sees_a_difference(play: Play) -> None:
    async def scene(there: Network) -> None:
        async with there.monitor(seed=2):
            for _ in range(5):
                await served(there)
            assert "faulty" not in there.said.getvalue()
            assert "offline" not in there.said.getvalue()

    assert play(scene).ends() == [COMPLETE] * 5


def test_trouble_without_end_costs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        chance, blocks = Random(1), list[int]()
        async with network(tmp_path, monkeypatch) as there:
            for _ in range(4):
                for _ in range(8):
                    befall(chance.choice([there.links[name] for name in LINKS]), chance)
                    await asyncio.sleep(chance.uniform(0, 20))
                there.said.seek(0)
                there.said.truncate()
                gc.collect()
                blocks.append(sys.getallocatedblocks())
                assert sum(link.connections for link in there.links.values()) < 20
        assert blocks[-1] - blocks[1] < 2_000  # the first round still fills what is kept for later

    on_virtual_time(scene(), PATIENCE_S)
