"""Drivers of `evcharging run`: they ask for its own points that are free, and remember over a kill what was open."""

import asyncio
import re
import signal
from collections import Counter
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import count, pairwise
from pathlib import Path

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.network.choosing import FreePoints, at_free_points
from evcharging.apps.network.drivers import named_requests
from evcharging.common.config import DriverSettings, read
from evcharging.common.kafka import CENTRAL_PANEL
from evcharging.common.messages import DriverRequest, DriverUpdate, Message, UpdateStatus
from evcharging.common.utils import numbered
from evcharging.domain.session import Bill, Request
from evcharging.roles.driver import Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.live_view import LiveView
from evcharging.roles.role import Input
from evcharging.runtime.addresses import to_one
from evcharging.runtime.programs import add_drivers
from evcharging.runtime.virtual import VirtualTime
from evcharging.runtime.work import Work
from evcharging.simulation.network import Network
from evcharging.simulation.run import START
from tests.programs.network_process import Network as Process
from tests.programs.network_process import network

INTERVAL = timedelta(seconds=4)

# On virtual time


class Shown:
    """Shows a panel's news to whoever chooses."""

    quiet = frozenset[type[Message]]()

    def __init__(self, panel: LiveView, free: FreePoints) -> None:
        self._panel = panel
        self._free = free

    def committed(self, work: Work) -> None:
        for news in self._panel.take_news():
            self._free.shown(news)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        raise error


class Asked:
    """Keeps what drivers ask and hear, and how many points were free when they were denied."""

    quiet = frozenset[type[Message]]()

    def __init__(self, free: FreePoints) -> None:
        self.requests: list[DriverRequest] = []
        self.ends: Counter[UpdateStatus] = Counter()
        self.reasons: set[str] = set()
        self.denied_though_free = 0
        self._free = free

    def committed(self, work: Work) -> None:
        for _, message, effects in work.reactions:
            self.requests += [effect for effect in effects if isinstance(effect, DriverRequest)]
            if isinstance(message, DriverUpdate):
                self.ends[message.status] += 1
                if message.status is UpdateStatus.DENIED:
                    self.reasons.add(message.reason or "")
                    self.denied_though_free += bool(self._free.free)

    failed = Shown.failed


def _seconds(time: VirtualTime) -> float:
    return (time.now - START).total_seconds()


def town(points: int, drivers: int, minutes: float = 10, seed: int = 1) -> Asked:
    """Drivers for some minutes at points whose supplies take ten seconds."""
    time, bus, ids, numbers = VirtualTime(START), MemoryBus(4), numbered("CP-", points), count()
    Network(time.host, bus, START, engines=[EngineSetup(cp_id=cp_id) for cp_id in ids], drivers=[])
    panel = LiveView()
    free = FreePoints(ids, panel.points, partial(_seconds, time))
    host = time.host(MemoryStore(), bus, address=to_one("panel"), observer=Shown(panel, free))
    host.subscribe((CENTRAL_PANEL,), group="panel", partitions=range(4))
    host.add("panel", panel, shard="panel", epoch=0)
    time.run_until(START + timedelta(seconds=1))
    asked, store = Asked(free), MemoryStore()
    wanted = at_free_points(numbered("driver-", drivers), free, INTERVAL, seed, forever=True)
    roles = [Driver(driver_id, intents, lambda: f"req-{next(numbers)}") for driver_id, intents in wanted.items()]
    add_drivers(time.host(store, bus, observer=asked), store, bus, roles)
    time.run_until(START + timedelta(minutes=minutes))
    return asked


@pytest.mark.parametrize(("points", "drivers"), [(20, 20), (60, 20), (1, 1)])
def test_while_points_are_free_nobody_is_denied_and_all_points_are_asked_for(points: int, drivers: int) -> None:
    asked = town(points, drivers)
    assert asked.ends[UpdateStatus.DENIED] == asked.ends[UpdateStatus.FAILED] == 0
    assert asked.ends[UpdateStatus.ACCEPTED] == len(asked.requests) >= 40 * drivers
    assert len({request.cp_id for request in asked.requests}) == points


def test_with_more_drivers_than_points_a_denial_is_true_and_its_driver_waits() -> None:
    asked = town(3, 10)
    assert asked.denied_though_free == 0
    assert asked.reasons == {f"CP-00{number} is busy" for number in (1, 2, 3)}
    by_driver: dict[str, list[DriverRequest]] = {}
    for request in asked.requests:
        by_driver.setdefault(request.driver_id, []).append(request)
    assert len(by_driver) == 10
    for theirs in by_driver.values():
        assert all(later.ts - earlier.ts >= INTERVAL for earlier, later in pairwise(theirs))
    assert asked.ends[UpdateStatus.COMPLETED] >= 3 * 30


def test_the_same_seed_gives_the_same_requests() -> None:
    def places(seed: int) -> list[str]:
        return [request.cp_id for request in town(20, 5, 1, seed).requests]

    assert places(1) == places(1) != places(2)


# Which requests count


@pytest.fixture
def in_folder(alone: None) -> None:
    """A folder with a requests file that nobody names."""
    Path("requests.txt").write_text("CP-404\n")
    Path("other.txt").write_text("CP-007\n")


@pytest.mark.usefixtures("in_folder")
def test_a_requests_file_counts_for_the_network_only_where_it_is_named() -> None:
    assert named_requests(read(DriverSettings, {})) is None
    assert named_requests(read(DriverSettings, {"requests_file": "requests.txt"})) == ["CP-404"]
    assert named_requests(read(DriverSettings, {"requests_file": "other.txt"})) == ["CP-007"]


@pytest.mark.usefixtures("in_folder")
def test_a_variable_names_a_requests_file_too_be_it_in_the_environment_or_in_dotenv() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIVER_REQUESTS_FILE", "requests.txt")
        assert named_requests(read(DriverSettings, {})) == ["CP-404"]
    Path(".env").write_text("DRIVER_REQUESTS_FILE=other.txt\n")
    assert named_requests(read(DriverSettings, {})) == ["CP-007"]


# As processes

QUICK = ("--telemetry-interval", "0.1", "--supply-ticks", "3", "--request-interval", "0.1")
ENDLESS = ("--telemetry-interval", "0.05", "--supply-ticks", "86400", "--request-interval", "0.1")


def test_in_an_empty_folder_or_beside_a_file_that_nobody_names_drivers_are_served(tmp_path: Path) -> None:
    async def scene() -> None:
        for there in (tmp_path / "empty", tmp_path / "full"):
            there.mkdir()
            if there.name == "full":
                (there / "requests.txt").write_text("CP-404\n")
            async with network(there, *QUICK, "--points", "3", "--drivers", "2", "--once") as started:
                for _ in range(2):
                    await started.until(r"All requests are served: 10 COMPLETED\n")
                assert await started.ended() == 0

    asyncio.run(scene())


def test_where_people_have_to_sign_in_its_own_drivers_are_served_as_before(tmp_path: Path) -> None:
    async def scene() -> None:
        async with network(tmp_path, *QUICK, "--auth", "on") as started:
            await started.until(r"Driver:driver-alice \| 🎫 ")
            assert (await started.http.get("/cp")).status_code == 401
            assert await started.end(signal.SIGTERM) == 0

    asyncio.run(scene())


def test_points_of_an_earlier_run_are_said_to_be_none_of_this_one_and_how_to_retire_them(tmp_path: Path) -> None:
    async def scene() -> None:
        async with network(tmp_path, "--points", "3", "--drivers", "0") as first:
            await first.until("CP-003 online")
            assert await first.end(signal.SIGTERM) == 0
        async with network(tmp_path, "--points", "1", "--drivers", "0") as second:
            said = await second.until(r"INFO \| Network \| Not in this run, and so shown as DISCONNECTED: (.*)")
            url = str(second.http.base_url).rstrip("/")
            retire = f"the menu of its card, or `curl -X DELETE {url}/cp/CP-002`"
            assert said[1] == f"CP-002, CP-003; to retire a point: {retire}"
            assert await second.end(signal.SIGTERM) == 0
            assert not re.search("(WARNING|ERROR).*CP-00[23]", "".join(second.said))

    asyncio.run(scene())


async def until_all_charge(there: Process, drivers: int) -> None:
    """Wait until every driver is in the middle of a supply that goes on."""
    charging: set[str] = set()
    while len(charging) < drivers:
        found = await there.until(r"Driver:(\S+) \| 🔋")
        charging.add(found[1])


def test_every_ticket_reaches_the_log_of_its_driver_once_however_often_the_network_is_killed(tmp_path: Path) -> None:
    options, said = ("--points", "5", "--drivers", "3", "--once"), list[str]()

    async def scene() -> None:
        for _ in range(4):
            async with network(tmp_path, *options, *ENDLESS) as killed:
                await until_all_charge(killed, 3)
                assert await killed.end(signal.SIGKILL) == -signal.SIGKILL
                said.extend(killed.said)
        async with network(tmp_path, *options, *QUICK) as last:
            for _ in range(3):
                await last.until("All requests are served: ")
            assert await last.ended() == 0
            said.extend(last.said)

    asyncio.run(scene())
    with closing(SqlStore(f"sqlite:///{tmp_path}/data/central.db")) as ledger:
        bills = [(bill.driver_id, bill.session_id) for bill in ledger.facts(Bill)]
        requests = ledger.select(Request)
    heard = re.findall(r"Driver:(\S+) \| 🎫 (\S+) \|", "".join(said))
    assert Counter(heard) == Counter(bills)
    assert len(heard) == len(requests) == 3 * 10
    assert all(request.accepted for request in requests)


def test_drivers_that_end_in_good_order_hear_of_what_was_open_in_the_next_run(tmp_path: Path) -> None:
    async def scene() -> None:
        async with network(tmp_path, *ENDLESS) as first:
            await until_all_charge(first, 1)
            assert await first.end(signal.SIGTERM) == 0
        async with network(tmp_path, *ENDLESS) as second:
            cp_id = (await second.until(r"Driver:driver-alice \| Asks again for what was open: (\S+)"))[1]
            await second.until(rf"Driver:driver-alice \| 🎫 \S+ \| {cp_id} ")
            assert await second.end(signal.SIGTERM) == 0

    asyncio.run(scene())
