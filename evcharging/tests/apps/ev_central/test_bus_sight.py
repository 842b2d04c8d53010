"""A message of the bus is shown as it stood there, with what those say of it who read it."""

from collections.abc import Callable

import pytest

from evcharging.adapters.bus.traffic import Passing, SetAside
from evcharging.adapters.seals import NO_SEAL, NO_SEALS, OTHER_KEY, Seals
from evcharging.apps.ev_central.bus_sight import SHOWN, Judge, set_aside_view
from evcharging.apps.ev_central.views_bus import BusMessageView
from evcharging.common.kafka import CP_TELEMETRY, TOPIC_OF, WEBHOOK_REQUESTS, Topic
from evcharging.common.messages import Message
from evcharging.common.messages_alerts import AddWebhook
from evcharging.common.utils import changed, to_json
from evcharging.domain.access.keys import KeyKind
from evcharging.tests.stages.seals_stage import NOW, OTHER_POINT, POINT, READING, SealWorld

SECRET = "hooks.example/T0/B0/secret"


def shown(
    body: bytes, topic: Topic = CP_TELEMETRY, seal: bytes | None = None, judge: Judge | None = None
) -> BusMessageView:
    passing = Passing(topic, 1, 7, POINT, body, seal)
    return (judge or Judge(NO_SEALS)).view(passing, 3, NOW)


def sealed(world: SealWorld, cp_id: str = POINT) -> bytes | None:
    return world.own(KeyKind.POINT, cp_id).seal(CP_TELEMETRY, changed(READING, cp_id=cp_id), to_json(READING))


@pytest.fixture
def world() -> SealWorld:
    return SealWorld()


def strict(world: SealWorld) -> Judge:
    return Judge(world.central, lambda: world.is_secure)


def test_a_message_is_shown_with_its_place_its_kind_and_its_json() -> None:
    body = to_json(READING)
    view = shown(body)
    assert (view.number, view.topic, view.partition, view.offset, view.key) == (3, "cp.telemetry", 1, 7, POINT)
    assert (view.kind, view.ts, view.seen_at) == ("CPTelemetry", READING.ts, NOW)
    assert (view.text, view.size, view.cut) == (body.decode(), len(body), False)
    assert (view.seal, view.refusal) == ("none", None)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"type":"StopSupply"}', to_json(changed(READING, cp_id="CP 1"))]
)
def test_what_cannot_be_read_is_shown_with_the_reason(body: bytes) -> None:
    view = shown(body)
    assert (view.kind, view.ts) == (None, None)
    assert view.refusal is not None
    assert view.refusal.startswith("It cannot be read: ")
    assert view.text == body.decode(errors="replace")


def test_of_a_long_message_only_the_beginning_is_shown() -> None:
    view = shown(b"x" * (SHOWN + 1))
    assert (len(view.text), view.size, view.cut) == (SHOWN, SHOWN + 1, True)


def test_whether_a_seal_holds_is_said_and_its_mac_is_not(world: SealWorld) -> None:
    seal = sealed(world)
    assert seal is not None
    view = shown(to_json(READING), seal=seal, judge=strict(world))
    assert (view.seal, view.refusal) == ("holds", None)
    assert seal.rpartition(b"/")[2] not in to_json(view)


def test_a_seal_of_another_message_or_none_at_all_is_not_believed(world: SealWorld) -> None:
    other = shown(to_json(changed(READING, kw=1)), seal=sealed(world), judge=strict(world))
    assert (other.seal, other.refusal) == ("broken", f"It is not believed: {OTHER_KEY}")
    assert shown(to_json(READING), seal=sealed(world, OTHER_POINT), judge=strict(world)).seal == "broken"
    bare = shown(to_json(READING), judge=strict(world))
    assert (bare.seal, bare.refusal) == ("none", f"It is not believed: {NO_SEAL}")


def test_where_nobody_has_to_prove_anything_no_seal_is_looked_at(world: SealWorld) -> None:
    world.is_secure = False
    view = shown(to_json(READING), seal=b"anything", judge=strict(world))
    assert (view.seal, view.refusal) == ("unchecked", None)
    assert shown(b"{", seal=b"anything", judge=strict(SealWorld())).seal == "unchecked"


class Broken:
    """Seals that fail."""

    is_ready = True
    seal: Callable[..., bytes | None] = NO_SEALS.seal
    answer: Callable[..., Message | None] = NO_SEALS.answer

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        raise KeyError("boom")


def test_whatever_was_written_looking_on_does_not_end() -> None:
    seals: Seals = Broken()
    view = shown(to_json(READING), judge=Judge(seals, lambda: True))
    assert view.refusal == "It is not believed: it cannot be judged: KeyError('boom')"


def test_the_address_of_a_webhook_is_never_shown() -> None:
    order = AddWebhook(ts=NOW, request_id="R-1", webhook_id="W-1", url=f"https://{SECRET}")
    assert TOPIC_OF[AddWebhook] is WEBHOOK_REQUESTS
    for body in (to_json(order), to_json(order)[:-1], b'{"url" : "https://%b\\"x' % SECRET.encode()):
        view = shown(body, WEBHOOK_REQUESTS)
        assert SECRET not in view.text
        letter = SetAside(WEBHOOK_REQUESTS.name, 0, 0, "why", body.decode(), is_unbelieved=False)
        assert SECRET not in set_aside_view(letter, NOW).text


def test_what_was_set_aside_says_whether_it_was_unreadable_or_not_believed() -> None:
    letter = SetAside("cp.status", 1, 2, "it has no seal", "{}", is_unbelieved=True)
    assert set_aside_view(letter, NOW).refusal == "It is not believed: it has no seal"
    letter = SetAside("cp.status", 1, 2, "JSON is malformed", "{", is_unbelieved=False)
    assert set_aside_view(letter, NOW).refusal == "It cannot be read: JSON is malformed"
