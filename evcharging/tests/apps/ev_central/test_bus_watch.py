"""Rates of topics over the last seconds, and what was set aside is kept at hand."""

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.bus.traffic import SetAside
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.bus_watch import KEPT, OVER, BusWatch, Rates
from evcharging.apps.ev_central.queries import Queries
from evcharging.roles.live_view import LiveView
from evcharging.tests.stages.bus_world import NOW


def test_a_rate_is_of_the_last_seconds_and_unknown_before_the_first() -> None:
    rates = Rates()
    rates.note("a")
    assert rates.of("a") is None
    rates.tick()
    assert (rates.of("a"), rates.of("b")) == (1.0, 0.0)
    rates.tick()
    assert rates.of("a") == 0.5
    for _ in range(OVER):
        rates.tick()
    assert rates.of("a") == 0.0


def test_the_newest_that_were_set_aside_are_kept_the_newest_first() -> None:
    bus = MemoryBus(1)
    watch = BusWatch(bus, Queries(LiveView(), MemoryStore(), lambda: NOW))
    for number in range(KEPT + 5):
        for tell in bus.traffic.on_set_aside:
            tell(SetAside("cp.status", 0, number, "why", "{", is_unbelieved=False))
    items = watch.set_aside().items
    assert [item.offset for item in items[:2]] == [KEPT + 4, KEPT + 3]
    assert len(items) == KEPT
    assert items[0].seen_at == NOW
