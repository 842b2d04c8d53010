"""Where Central is secure, a link speaks for the point whose key it has proven, and for no other."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from evcharging.adapters.link_proofs import ENROL, PROVEN_WITHIN, UNPROVEN_AT_ONCE, LinkProofs
from evcharging.adapters.monitor_links import LinkRejected
from evcharging.adapters.tcp import LinkServer
from evcharging.common.messages import HealthReport, MonitorDisconnected
from evcharging.protocols.proof import Channel
from evcharging.tests.stages.control_plane_stage import OVER, Door, call, opened, report
from evcharging.tests.stages.link_keys import Keys, greeted, proven
from evcharging.tests.stages.proof_stage import CHALLENGE, KEY
from evcharging.tests.stages.proof_stage import proven as two_sides
from evcharging.tests.stages.tcp_stage import Ear, connecting

Scene = Callable[[Keys, Door, LinkServer], Awaitable[None]]


def play(scene: Scene) -> None:
    async def whole() -> None:
        keys = Keys()
        async with opened(keys) as (door, server):
            await scene(keys, door, server)

    asyncio.run(whole())


async def refused(ear: Ear, channel: Channel | None = None) -> dict[str, object]:
    """What a link is told that is refused, in an envelope where it has proven a key."""
    payload = await ear.next()
    assert isinstance(payload, bytes)
    told: dict[str, object] = json.loads(channel.unwrap(payload) if channel else payload)
    assert told["type"] == "LinkRefused"
    assert await ear.next() == OVER
    return told


async def greeted_and_refused(ear: Ear) -> str:
    """Why a link is refused that was greeted and proved nothing."""
    await ear.next()
    return str((await refused(ear))["reason"])


def test_a_link_that_proves_a_key_reports_for_its_point() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear = Ear()
        async with connecting(ear, server.port):
            link, channel = await proven(ear, "CP-001")
            link.send(channel.wrap(report("CP-001")))
            message = await door.next()
            assert isinstance(message, HealthReport)
            assert (message.cp_id, message.link > 0) == ("CP-001", True)

    play(scene)


def test_reports_are_numbered_so_that_each_counts_once() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear, said = Ear(), []
        async with connecting(ear, server.port):
            link, channel = await proven(ear, "CP-001")
            for _ in range(3):
                link.send(channel.wrap(report("CP-001")))
                said.append(await door.next())
        numbers = [message.seq for message in said if isinstance(message, HealthReport)]
        assert numbers == [1, 2, 3]

    play(scene)


def test_a_monitor_without_a_key_is_told_how_it_gets_one() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear = Ear()
        async with connecting(ear, server.port):
            await call(ear, report("CP-001"))
            assert await greeted_and_refused(ear) == f"CP-001 has not proven that it has its key: {ENROL}"
            assert door.quiet

    play(scene)


def test_the_key_of_another_point_proves_nothing() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear = Ear()
        async with connecting(ear, server.port):
            await greeted(ear, "CP-001", key=keys.key_of("CP-002", 1))
            assert (await refused(ear))["reason"] == f"It was proven with another key: {ENROL}"
            assert door.quiet

    play(scene)


@pytest.mark.parametrize("cp_id", ["CP-001", "CP-404"])
def test_strangers_do_not_learn_from_a_refusal_whether_a_point_is_enrolled(cp_id: str) -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        for version in (1, 7):
            ear = Ear()
            async with connecting(ear, server.port):
                await greeted(ear, cp_id, version=version, key=KEY)
                assert (await refused(ear))["reason"] == f"It was proven with another key: {ENROL}"

    play(scene)


def test_a_link_with_the_key_of_one_point_cannot_report_for_another() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear = Ear()
        async with connecting(ear, server.port):
            link, channel = await proven(ear, "CP-001")
            link.send(channel.wrap(report("CP-002")))
            told = await refused(ear, channel)
            assert told["reason"] == "This link has the key of CP-001 and cannot report for CP-002"
            assert door.quiet

    play(scene)


def test_a_report_without_an_envelope_or_with_an_old_one_ends_the_link() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        for bad in (report("CP-001"), two_sides().client.wrap(report("CP-001"))):
            ear = Ear()
            async with connecting(ear, server.port):
                link, channel = await proven(ear, "CP-001")
                link.send(bad)
                assert "the link is made again" in str((await refused(ear, channel))["reason"])
                assert door.quiet

    play(scene)


def test_only_a_link_that_has_proven_the_key_ends_an_older_one() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        first, thief, second = Ear(), Ear(), Ear()
        async with connecting(first, server.port):
            link, channel = await proven(first, "CP-001")
            link.send(channel.wrap(report("CP-001")))
            older = await door.next()
            async with connecting(thief, server.port):
                await greeted(thief, "CP-001", key=KEY)
                await refused(thief)
            link.send(channel.wrap(report("CP-001", well=False)))
            again = await door.next()
            async with connecting(second, server.port):
                newest, its_channel = await proven(second, "CP-001")
                newest.send(its_channel.wrap(report("CP-001")))
                newer = await door.next()
                assert await first.next() == OVER
                assert isinstance(older, HealthReport)
                assert isinstance(again, HealthReport)
                assert isinstance(newer, HealthReport)
                assert older.link == again.link < newer.link
                assert isinstance(await door.next(), MonitorDisconnected)

    play(scene)


def test_a_link_whose_key_is_revoked_is_cut_at_the_next_look() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear = Ear()
        async with connecting(ear, server.port):
            link, channel = await proven(ear, "CP-001")
            link.send(channel.wrap(report("CP-001")))
            await door.next()
            door.plane.look()
            keys.counting.remove(("CP-001", 1))
            door.plane.look()
            assert (await refused(ear, channel))["reason"] == "The key of CP-001 was revoked: enrol it again"
            assert isinstance(await door.next(), MonitorDisconnected)
            door.plane.look()
            assert len(door.said) == 1

    play(scene)


def test_a_key_that_was_revoked_before_proves_nothing() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        keys.counting.clear()
        ear = Ear()
        async with connecting(ear, server.port):
            await greeted(ear, "CP-001")
            assert (await refused(ear))["reason"] == "The key of CP-001 was revoked: enrol it again"

    play(scene)


def test_a_link_that_proves_nothing_for_five_seconds_is_cut() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear = Ear()
        async with connecting(ear, server.port):
            assert await ear.next() == "opened"
            door.now += PROVEN_WITHIN - timedelta(seconds=1)
            door.plane.look()
            door.now += timedelta(seconds=1)
            door.plane.look()
            assert "Nothing has proven whose link this is" in await greeted_and_refused(ear)

    play(scene)


def test_links_that_were_open_before_central_became_secure_are_cut() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        keys.are_asked_for = False
        idle, busy = Ear(), Ear()
        async with connecting(idle, server.port), connecting(busy, server.port):
            await call(idle, report("CP-001"))
            await call(busy, report("CP-002"))
            await door.next()
            await door.next()
            keys.are_asked_for = True
            busy.links[-1].send(report("CP-002"))
            assert "Nothing has proven" in str((await refused(busy))["reason"])
            door.plane.look()
            assert "Nothing has proven" in str((await refused(idle))["reason"])

    play(scene)


def test_a_central_that_asks_for_no_keys_says_nothing_to_who_opens_a_link() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        keys.are_asked_for = False
        ear = Ear()
        async with connecting(ear, server.port):
            await call(ear, report("CP-001"))
            await door.next()
            assert ear.quiet

    play(scene)


def test_links_from_one_address_that_prove_nothing_are_limited_and_harm_no_other_address() -> None:
    now = Door().now
    proofs: LinkProofs[str] = LinkProofs(Keys(), lambda: CHALLENGE, lambda: now)
    for number in range(UNPROVEN_AT_ONCE):
        assert proofs.opened(f"link {number}", "10.0.0.1")
    with pytest.raises(LinkRejected, match=f"{UNPROVEN_AT_ONCE} links from 10.0.0.1 have not proven a key yet"):
        proofs.opened("one more", "10.0.0.1")
    assert proofs.opened("elsewhere", "10.0.0.2")
    proofs.closed("link 0")
    assert proofs.opened("again", "10.0.0.1")


def test_ten_thousand_altered_reports_change_nothing() -> None:
    async def scene(keys: Keys, door: Door, server: LinkServer) -> None:
        ear, stranger = Ear(), two_sides().client
        async with connecting(ear, server.port):
            await proven(ear, "CP-001")
            (link,) = server.links
            for number in range(10_000):
                door.plane.received(link, stranger.wrap(report("CP-001", well=bool(number % 2))))
            assert door.quiet

    play(scene)
