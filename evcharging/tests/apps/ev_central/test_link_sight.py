"""A frame of a TCP link is shown by what it carries, and never by what proves it."""

import asyncio
import json

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.bus_watch import BusWatch
from evcharging.apps.ev_central.bus_watcher import BusWatcher
from evcharging.apps.ev_central.link_sight import CENTRAL_LINK, ENGINE_LINK, LinkKind, frame_view, payloads_of
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views_bus import BusMessageView, WatchFrame
from evcharging.common.messages_link import EngineHealth, HealthQuery, LinkRefused
from evcharging.common.utils import to_json
from evcharging.protocols.bundle import bundles
from evcharging.protocols.proof import hello
from evcharging.roles.live_view import LiveView
from evcharging.tests.stages.control_plane_stage import NOW, call, opened, report
from evcharging.tests.stages.link_keys import Keys
from evcharging.tests.stages.link_keys import proven as proven_link
from evcharging.tests.stages.proof_stage import CHALLENGE, payload_of, proven
from evcharging.tests.stages.tcp_stage import Ear, connecting, soon

PEER = "192.0.2.1:5000"
SIDES = proven()


def views(frame: bytes, kind: LinkKind = CENTRAL_LINK, *, is_sent: bool = False) -> list[BusMessageView]:
    return [frame_view(each, 3, NOW) for each in payloads_of(kind, PEER, frame, is_sent)]


def shown(frame: bytes, kind: LinkKind = CENTRAL_LINK, *, is_sent: bool = False) -> BusMessageView:
    (view,) = views(frame, kind, is_sent=is_sent)
    return view


def test_a_report_is_shown_with_its_point_its_peer_and_its_direction() -> None:
    said = report("CP-001")
    view = shown(said)
    assert (view.topic, view.kind, view.key, view.ts) == ("link.central", "HealthReport", "CP-001", NOW)
    assert (view.partition, view.offset, view.seal, view.refusal) == (None, None, "none", None)
    assert (view.text, view.size) == (said.decode(), len(said))
    assert view.frame is not None
    assert (view.frame.sent, view.frame.peer) == (False, PEER)
    refused = shown(to_json(LinkRefused(ts=NOW, reason="busy")), is_sent=True)
    assert (refused.kind, refused.key, refused.frame and refused.frame.sent) == ("LinkRefused", PEER, True)


def test_what_proves_a_link_is_shown_without_its_secrets() -> None:
    said = [hello(CHALLENGE), payload_of(SIDES.proof), SIDES.answer]
    found = [shown(each) for each in said]
    assert [view.kind for view in found] == ["LinkHello", "LinkProof", "LinkProven"]
    assert [view.ts for view in found] == [None] * 3
    assert json.loads(found[1].text) == {
        "type": "LinkProof",
        "cp_id": "CP-001",
        "key_version": 1,
        "nonce": "…",
        "mac": "…",
    }
    told = "".join(view.text for view in found)
    assert not any(secret in told for secret in (CHALLENGE.hex(), SIDES.proof.nonce, SIDES.proof.mac))
    assert json.loads(found[2].text)["mac"] == "…"


def test_of_an_envelope_the_message_is_shown_and_not_its_mac() -> None:
    said = report("CP-001")
    view = shown(proven().client.wrap(said))
    assert (view.kind, view.text, view.seal) == ("HealthReport", said.decode(), "unchecked")


def test_messages_that_travel_together_are_shown_one_by_one() -> None:
    asked = [HealthQuery(ts=NOW, cp_id=cp_id) for cp_id in ("CP-001", "CP-002")]
    (frame,) = bundles(map(to_json, asked))
    assert [view.key for view in views(frame, ENGINE_LINK)] == ["CP-001", "CP-002"]
    answer = EngineHealth(ts=NOW, cp_id="CP-001", asked="CP-001", well=True)
    assert shown(to_json(answer), ENGINE_LINK, is_sent=True).kind == "EngineHealth"


def test_what_cannot_be_read_is_shown_with_the_reason() -> None:
    for frame in (b"{", b"[", b"[]", b"\xff", b'{"type":"HealthQuery"}', b'{"mac":"012'):
        view = shown(frame)
        assert (view.kind, view.key) == (None, PEER)
        assert view.refusal is not None
        assert view.refusal.startswith("It cannot be read: ")
    assert shown(b'{"mac":"012').text == '{"mac":"…'


class Onlooker:
    """Somebody who looks on at the links of a Central, and what they were shown."""

    def __init__(self) -> None:
        self.watch = BusWatch(MemoryBus(1), Queries(LiveView(), MemoryStore(), lambda: NOW))
        self.watcher = BusWatcher()
        self.watcher.want(WatchFrame(type="watch", topics=[CENTRAL_LINK.name]))

    async def next(self, count: int) -> list[tuple[str, bool]]:
        """So many messages, each with whether Central has sent it."""
        found: list[tuple[str, bool]] = []
        while len(found) < count:
            frame = json.loads(await soon(self.watcher.frames.get()))
            found += [(each["kind"], each["frame"]["sent"]) for each in frame.get("messages", ())]
        return found


def test_a_link_is_seen_from_its_greeting_on_while_somebody_looks_on() -> None:
    async def scene() -> None:
        onlooker, ear = Onlooker(), Ear()
        async with opened(Keys()) as (_, server):
            onlooker.watch.see_links(CENTRAL_LINK, server)
            with onlooker.watch.watching(onlooker.watcher):
                async with connecting(ear, server.port):
                    link, channel = await proven_link(ear, "CP-001")
                    link.send(channel.wrap(report("CP-001")))
                    assert await onlooker.next(4) == [
                        ("LinkHello", True),
                        ("LinkProof", False),
                        ("LinkProven", True),
                        ("HealthReport", False),
                    ]
                (topic,) = [each for each in onlooker.watch.topics().topics if each.frames]
                assert (topic.name, topic.key, topic.behind) == ("link.central", "cp_id", None)
            assert server.on_payload is None

    asyncio.run(scene())


def test_links_that_come_while_somebody_looks_on_are_seen_too() -> None:
    async def scene() -> None:
        onlooker, ear = Onlooker(), Ear()
        with onlooker.watch.watching(onlooker.watcher):
            assert not any(each.frames for each in onlooker.watch.topics().topics)
            async with opened() as (door, server):
                onlooker.watch.see_links(CENTRAL_LINK, server)
                async with connecting(ear, server.port):
                    await call(ear, report("CP-001"))
                    await door.next()
                    assert await onlooker.next(1) == [("HealthReport", False)]

    asyncio.run(scene())
