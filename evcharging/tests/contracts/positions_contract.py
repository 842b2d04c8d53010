"""The bus's contract about where a reader begins and goes on, in sentences; part of `bus_contract`."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count

import pytest

from evcharging.adapters.bus import COMMITTED, END, NOW
from evcharging.common.kafka import CP_HEALTH
from evcharging.tests.stages.bus_world import ALL, Reader, World, hung_up, order, orders, place_of, send, until_any


class PositionsContract:
    """What any bus promises of positions."""

    def opened(self) -> AbstractContextManager[World]:
        raise NotImplementedError

    @pytest.fixture
    def world(self) -> Iterator[World]:
        with self.opened() as world:
            yield world

    @pytest.mark.parametrize("partitions", [None, ALL], ids=["shared", "fixed"])
    def test_a_reader_that_starts_at_stored_positions_sees_exactly_the_rest(
        self, world: World, partitions: frozenset[int] | None
    ) -> None:
        first = Reader(world, partitions=partitions)
        send(world, orders(*range(10)))
        first.read(10)
        stored = {place_of("CP-1"): first.positions[place_of("CP-1")] - 4}
        first.subscription.close()
        send(world, orders(*range(10, 15)))
        again = Reader(world, partitions=partitions, store=stored)
        assert again.read(9) == list(range(6, 15))

    @pytest.mark.parametrize("partitions", [None, ALL], ids=["shared", "fixed"])
    def test_a_reader_without_stored_positions_goes_on_where_it_was_done(
        self, world: World, partitions: frozenset[int] | None
    ) -> None:
        first = Reader(world, partitions=partitions)
        send(world, orders(*range(5)))
        first.read(5)
        first.commit()
        first.subscription.close()
        send(world, orders(5, 6))
        again = Reader(world, partitions=partitions)
        assert again.read(2) == [5, 6]

    def test_a_reader_that_was_never_done_is_given_it_all_again(self, world: World) -> None:
        first = Reader(world, partitions=ALL)
        send(world, orders(0, 1))
        first.read(2)
        first.subscription.close()
        assert Reader(world, partitions=ALL).read(2) == [0, 1]

    def test_seeking_back_gives_exactly_the_rest_again(self, world: World) -> None:
        reader = Reader(world)
        send(world, orders(*range(10)))
        reader.read(10)
        place = place_of("CP-1")
        reader.subscription.seek({place: reader.positions[place] - 3, ("cp.status", 0): 5})
        assert reader.read(13)[10:] == [7, 8, 9]

    def test_seeking_drops_what_was_fetched_but_not_yet_polled(self, world: World) -> None:
        reader = Reader(world)
        send(world, orders(*range(10)))
        until_any(world, reader, 1)
        reader.subscription.seek({place_of("CP-1"): reader.positions[place_of("CP-1")] + 5})
        assert reader.read(5) == [0, 6, 7, 8, 9]

    def test_seeking_to_the_end_waits_for_what_comes_next(self, world: World) -> None:
        reader = Reader(world)
        send(world, orders(0))
        reader.read(1)
        reader.subscription.seek(reader.positions)
        send(world, orders(1))
        assert reader.read(2) == [0, 1]

    def test_from_the_end_on_only_what_comes_later_is_given(self, world: World) -> None:
        reader = Reader(world)
        send(world, orders(0))
        reader.read(1)
        send(world, orders(1, 2))
        reader.subscription.seek({place_of("CP-1"): END})
        numbers = count(10)

        def given() -> bool:
            world.bus.publish(order(next(numbers)), world.wake)
            reader.poll()
            return len(reader.got) > 1

        world.settle(given)
        assert min(message.seq for message in reader.got[1:]) >= 10

    def test_from_now_on_nothing_is_given_that_came_since_the_bus_was_opened(self, world: World) -> None:
        send(world, orders(0, 1))
        reader = Reader(world, partitions=ALL, store={place_of("CP-1"): NOW})
        numbers = count(10)

        def given() -> bool:
            world.bus.publish(order(next(numbers)), world.wake)
            reader.poll()
            return bool(reader.got)

        world.settle(given)
        assert min(message.seq for message in reader.got) >= 10

    def test_a_reader_that_ends_for_good_leaves_nothing_for_who_comes_under_its_name(self, world: World) -> None:
        first = Reader(world, partitions=ALL, store={place_of("CP-1"): NOW})
        world.settle(lambda: first.assigned() == ALL)
        first.subscription.close(for_good=True)
        send(world, orders(0, 1))
        again = Reader(world, partitions=ALL, store={place_of("CP-1"): NOW})
        again.poll()
        assert again.got == []

    def test_from_the_end_on_all_is_given_that_comes_once_the_partitions_are_known(self, world: World) -> None:
        send(world, [hung_up(0)])
        reader = Reader(world, CP_HEALTH, store={place_of("CP-1", CP_HEALTH): END})
        world.settle(lambda: reader.assigned() == ALL)
        send(world, [hung_up(1)])
        assert reader.read(1) == [1]

    def test_seeking_to_where_the_group_is_done_gives_again_what_it_is_not_done_with(self, world: World) -> None:
        reader = Reader(world)
        send(world, orders(*range(4)))
        reader.read(4)
        reader.subscription.seek({place_of("CP-1"): COMMITTED})
        assert reader.read(8)[4:] == [0, 1, 2, 3]

    def test_an_offset_that_the_log_never_reached_means_its_oldest_message(self, world: World) -> None:
        reader = Reader(world)
        send(world, orders(0, 1))
        reader.read(2)
        reader.subscription.seek({place_of("CP-1"): 10**6})
        assert reader.read(4) == [0, 1, 0, 1]
