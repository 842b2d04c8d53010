"""Takeovers of links, and links that were refused, are noted as actions, at a bounded rate."""

import asyncio
from datetime import timedelta

from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.ev_central.bounded_notes import MOST_NOTED, noting
from evcharging.apps.ev_central.link_notes import LinkNotes
from evcharging.domain.access.action import OperatorAction
from evcharging.tests.stages.control_plane_stage import NOW, Door, call, opened, refusal, report
from evcharging.tests.stages.link_keys import Keys, greeted, proven
from evcharging.tests.stages.tcp_stage import Ear, connecting


def said(actions: list[OperatorAction]) -> list[tuple[str, ...]]:
    """What was done of which point, and who did it."""
    return [(each.action, each.subject, each.actor_kind, each.actor_id) for each in actions]


def test_a_link_that_ends_an_older_one_is_noted_with_whose_key_it_has() -> None:
    async def scene(keys: Keys | None) -> Door:
        first, second = Ear(), Ear()
        async with opened(keys) as (door, server), connecting(first, server.port), connecting(second, server.port):
            for ear in (first, second):
                if keys is None:
                    await call(ear, report("CP-001"))
                else:
                    link, channel = await proven(ear, "CP-001")
                    link.send(channel.wrap(report("CP-001")))
                await door.next()
        return door

    open_one, keyed = asyncio.run(scene(None)), asyncio.run(scene(Keys()))
    assert said(open_one.kept) == [("take_over_link", "CP-001", "unknown", "unknown")]
    assert said(keyed.kept) == [("take_over_link", "CP-001", "point", "CP-001")]
    assert [(each.via, each.refusal) for each in keyed.kept] == [("link", None)]


def test_a_link_of_a_stranger_is_noted_with_why_it_was_refused() -> None:
    async def scene() -> tuple[Door, str]:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, report("CP-404"))
            return door, await refusal(ear)

    door, why = asyncio.run(scene())
    assert said(door.kept) == [("open_link", "CP-404", "unknown", "unknown")]
    assert door.kept[0].refusal == why


def test_a_link_that_does_not_have_the_key_of_its_point_is_noted() -> None:
    async def scene() -> Door:
        ear = Ear()
        async with opened(Keys()) as (door, server), connecting(ear, server.port):
            await greeted(ear, "CP-001", key=b"x" * 32)
            await refusal(ear)
            return door

    assert said(asyncio.run(scene()).kept) == [("open_link", "CP-001", "unknown", "unknown")]


def test_what_names_no_point_is_in_the_log_alone() -> None:
    async def scene() -> Door:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            await call(ear, b"{}")
            await refusal(ear)
            return door

    door = asyncio.run(scene())
    assert (door.kept, len(door.said)) == ([], 1)


def test_a_flood_of_links_is_bounded_and_how_many_were_left_out_is_said() -> None:
    async def scene() -> list[OperatorAction]:
        kept: list[OperatorAction] = []
        moment = NOW

        notes = LinkNotes(kept.append, lambda: moment, lambda: moment)
        async with noting(notes):
            for _ in range(100):
                notes.refused("CP-404", None, "CP-404 is not registered")
            moment += timedelta(minutes=1)
            notes.took_over("CP-001", None)
        return kept

    kept = asyncio.run(scene())
    assert [each.left_out for each in kept] == [0] * MOST_NOTED + [100 - MOST_NOTED]
    assert len({each.action_id for each in kept}) == MOST_NOTED + 1


def test_what_cannot_be_kept_is_counted_and_harms_no_link() -> None:
    async def scene() -> list[OperatorAction]:
        kept: list[OperatorAction] = []
        answers = iter([StoreUnavailable("The disk is full"), None])

        def keep(action: OperatorAction) -> None:
            if (error := next(answers)) is not None:
                raise error
            kept.append(action)

        notes = LinkNotes(keep, lambda: NOW, lambda: NOW)
        async with noting(notes):
            for cp_id in ("CP-001", "CP-002"):
                notes.took_over(cp_id, None)
        return kept

    kept = asyncio.run(scene())
    assert said(kept) == [("take_over_link", "CP-002", "unknown", "unknown")]
    assert kept[0].left_out == 1
