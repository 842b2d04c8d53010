"""The bus's contract in sentences: every bus passes these tests, whatever it is made of."""

from datetime import timedelta

import pytest

from evcharging.adapters.bus import Place
from evcharging.common.kafka import CENTRAL_PANEL, CP_STATUS, DRIVER_UPDATES, key_of, partition_of
from evcharging.common.messages import DriverUpdate, EndReason, SupplyEnded, Ticket, UpdateStatus
from evcharging.common.messages_view import NoticeShown
from evcharging.tests.contracts.traffic_contract import TrafficContract
from evcharging.tests.stages.bus_world import (
    ALL,
    KEYS,
    NOW,
    PARTITIONS,
    STREAM,
    Reader,
    World,
    order,
    order_each,
    orders,
    place_of,
    read_together,
    refusal,
    send,
    share,
    until_any,
)


class BusContract(TrafficContract):
    """What any bus does. A subclass says how a new one with four partitions is opened."""

    # Messages

    def test_a_message_comes_out_as_it_went_in(self, world: World) -> None:
        ticket = Ticket(
            session_id="S-1",
            cp_id="CP-1",
            started_at=NOW,
            ended_at=NOW + timedelta(seconds=10),
            kwh=1 / 3,
            euros_per_kwh=0.3,
            euros=0.1,
            ended_by="«fin» ⚡",
        )
        messages = (
            DriverUpdate(
                ts=NOW,
                epoch=2**63 - 1,
                request_id="R-1",
                driver_id="driver-1",
                cp_id="CP-1",
                status=UpdateStatus.COMPLETED,
                ticket=ticket,
            ),
            SupplyEnded(
                ts=NOW,
                cp_id="CP-1",
                session_id="S-1",
                started_at=NOW,
                register_start_mwh=0,
                register_stop_mwh=2**63 - 1,
                ended_by=EndReason.FAULT,
                detail=None,
            ),
            NoticeShown(ts=NOW, notice_id="N-1", level="info", text="of no point", cp_id=None),
        )
        topics = (DRIVER_UPDATES, CP_STATUS, CENTRAL_PANEL)
        readers = [Reader(world, topic, group=topic.name, partitions=ALL) for topic in topics]
        send(world, messages)
        for reader, message in zip(readers, messages, strict=True):
            reader.read(1)
            assert reader.got == [message]

    def test_messages_of_a_key_come_in_the_order_in_which_they_were_published(self, world: World) -> None:
        reader = Reader(world)
        for number in range(25):
            for key in KEYS:
                world.bus.publish(order(2 * number, key))
            world.bus.publish_all(order(2 * number + 1, key) for key in KEYS)
        reader.read(50 * len(KEYS))
        for key in KEYS:
            assert [message.seq for message in reader.got if key_of(message) == key] == list(range(50))

    def test_a_message_goes_to_the_partition_of_its_key(self, world: World) -> None:
        reader = Reader(world, STREAM, DRIVER_UPDATES, partitions=ALL)
        update = DriverUpdate(
            ts=NOW, request_id="R-1", driver_id="driver-1", cp_id="CP-1", status=UpdateStatus.ACCEPTED
        )
        send(world, [*order_each(), update])
        reader.read(len(KEYS) + 1)
        for (_, partition), messages in reader.places.items():
            assert {partition_of(key_of(message), PARTITIONS) for message in messages} == {partition}
        assert {partition for _, partition in reader.places} == ALL

    def test_each_topic_is_a_stream_of_its_own(self, world: World) -> None:
        asked, answers = Reader(world, STREAM, group="a"), Reader(world, CP_STATUS, group="b")
        send(world, [order(1), refusal(2), order(3)])
        assert (asked.read(2), answers.read(1)) == ([1, 3], [2])

    def test_publishing_to_a_topic_that_nobody_reads_is_well(self, world: World) -> None:
        send(world, orders(1))

    # Groups

    def test_every_group_gets_every_message(self, world: World) -> None:
        shared = [Reader(world, group=name) for name in ("a", "b")]
        fixed = [Reader(world, group=name, partitions=ALL) for name in ("c", "d")]
        send(world, order_each())
        for reader in (*shared, *fixed):
            assert sorted(reader.read(len(KEYS))) == list(range(len(KEYS)))

    def test_members_of_a_group_share_the_partitions_and_each_has_the_same_ones_of_every_topic(
        self, world: World
    ) -> None:
        one, other = (Reader(world, STREAM, CP_STATUS) for _ in range(2))
        share(world, one, other)
        send(world, [*order_each(), *(refusal(0, key) for key in KEYS)])
        read_together(world, one, other, 2 * len(KEYS))
        for reader in (one, other):
            places = {(topic.name, number) for topic in (STREAM, CP_STATUS) for number in reader.assigned()}
            assert reader.places.keys() == places

    def test_a_member_that_closes_hands_its_partitions_on(self, world: World) -> None:
        one, other = Reader(world), Reader(world)
        share(world, one, other)
        one.subscription.close()
        share(world, other)
        send(world, order_each())
        assert sorted(other.read(len(KEYS))) == list(range(len(KEYS)))
        assert one.poll() == []

    def test_a_member_that_joins_takes_partitions_over_from_where_they_were_committed(self, world: World) -> None:
        store: dict[Place, int] = {}
        one = Reader(world, store=store)
        send(world, order_each())
        one.read(len(KEYS))
        one.commit()
        other = Reader(world, store=store)
        share(world, one, other)
        send(world, order_each())
        read_together(world, one, other, 2 * len(KEYS))
        for reader in (one, other):
            assert {place_of(key_of(message))[1] for message in reader.got[-2:]} <= reader.assigned()
        assert len(other.got) < len(KEYS)

    def test_a_partition_that_was_lost_and_came_back_is_seen_to_have_been_away(self, world: World) -> None:
        one = Reader(world)
        share(world, one)
        other = Reader(world)
        world.settle(lambda: bool(other.assigned()))
        other.subscription.close()
        seen = [one.subscription.assignment()]

        def came_back() -> bool:
            seen.append(one.assigned())
            return len(set(seen)) > 1 and seen[-1] == ALL

        world.settle(came_back)
        assert min(map(len, seen)) < PARTITIONS

    def test_more_members_than_partitions_leave_some_with_none(self, world: World) -> None:
        readers = [Reader(world) for _ in range(PARTITIONS + 1)]
        world.settle(lambda: sorted(len(reader.assigned()) for reader in readers) == [0, 1, 1, 1, 1])

    # Fixed partitions

    def test_a_reader_of_fixed_partitions_reads_just_those(self, world: World) -> None:
        mine = partition_of("CP-1", PARTITIONS)
        reader = Reader(world, partitions=[mine])
        assert reader.subscription.assignment() == {mine}
        messages = order_each()
        send(world, [*messages, order(99)])
        wanted = [message for message in messages if place_of(key_of(message))[1] == mine]
        reader.read(len(wanted) + 1)
        assert reader.got == [*wanted, order(99)]

    def test_readers_of_fixed_partitions_share_nothing_even_under_one_name(self, world: World) -> None:
        twins = [Reader(world, group="twin", partitions=ALL) for _ in range(2)]
        send(world, orders(*range(5)))
        for twin in twins:
            assert twin.read(5) == list(range(5))
            twin.commit()
        twins[0].subscription.close()
        send(world, orders(5))
        assert twins[1].read(6) == list(range(6))

    @pytest.mark.parametrize("partition", [-1, PARTITIONS])
    def test_a_partition_that_there_is_not_is_refused_in_a_sentence(self, world: World, partition: int) -> None:
        with pytest.raises(ValueError, match=f"^There is no partition {partition}: the topics have 4$"):
            world.bus.subscribe([STREAM], group="group", partitions=[0, partition])

    # Polling

    def test_a_poll_gives_no_more_than_its_limit_and_the_next_goes_on(self, world: World) -> None:
        reader = Reader(world)
        send(world, [order(number, key) for number in range(5) for key in KEYS])
        while len(reader.got) < 5 * len(KEYS):
            count = len(reader.got)
            until_any(world, reader, 7)
            assert len(reader.got) <= count + 7
        for key in KEYS:
            assert [message.seq for message in reader.got if key_of(message) == key] == list(range(5))

    def test_the_position_after_a_part_of_a_batch_leads_to_the_rest_of_it(self, world: World) -> None:
        reader = Reader(world, partitions=ALL)
        send(world, orders(*range(10)))
        until_any(world, reader, 3)
        count = len(reader.got)
        again = Reader(world, group="again", partitions=ALL, store=reader.positions)
        assert again.read(10 - count) == list(range(count, 10))

    def test_a_poll_with_nothing_there_gives_nothing_at_once(self, world: World) -> None:
        assert Reader(world).poll() == []

    def test_a_closed_reader_gives_nothing_and_minds_nothing(self, world: World) -> None:
        reader = Reader(world, partitions=ALL)
        send(world, orders(0))
        reader.read(1)
        for _ in range(2):
            reader.subscription.close()
        reader.commit()
        reader.subscription.seek(reader.positions)
        send(world, orders(1))
        assert (reader.poll(), reader.subscription.assignment()) == ([], frozenset())

    def test_what_one_group_is_done_with_stays_for_another(self, world: World) -> None:
        quick, slow = Reader(world, group="quick"), Reader(world, group="slow")
        for number in range(5):
            send(world, orders(number))
            quick.read(number + 1)
            quick.commit()
        assert slow.read(5) == list(range(5))

    # Being told

    @pytest.mark.parametrize("partitions", [None, ALL], ids=["shared", "fixed"])
    def test_an_idle_reader_is_told_when_something_comes(self, world: World, partitions: frozenset[int] | None) -> None:
        reader = Reader(world, partitions=partitions)
        share(world, reader)
        for number in range(3):
            assert reader.poll() == []
            wakes = reader.wakes
            send(world, orders(number))
            reader.read(number + 1)
            assert reader.wakes > wakes

    def test_a_sender_is_told_once_of_each_message_in_the_order_of_a_key(self, world: World) -> None:
        assert send(world, orders(*range(50))) == list(range(50))
