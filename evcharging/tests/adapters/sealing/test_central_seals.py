"""What Central seals, and whom it believes: everybody for itself alone, by keys that count."""

import re
from datetime import timedelta

import pytest
from hypothesis import example as case
from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.central_seals import CentralSeals
from evcharging.adapters.key_ring import FRESH_FOR, KeyRing
from evcharging.adapters.seals import NO_SEAL, NO_SEALS, OTHER_KEY, OTHER_SENDER, UNKNOWN_SENDER
from evcharging.common.kafka import CP_STATUS, FROM_DRIVERS, TOPIC_OF, TOPICS
from evcharging.common.messages import Message, UnreadableRequest
from evcharging.common.messages_queue import SiteRequest
from evcharging.common.utils import changed, to_json
from evcharging.domain.access.keys import OVERLAP, Identity, KeyKind
from evcharging.protocols.seal import read_seal
from evcharging.roles.engine.messages import WALK_IN
from evcharging.tests.laws.any_message import example
from evcharging.tests.stages.seals_stage import (
    DRIVER,
    NOW,
    ORDER,
    OTHER_POINT,
    POINT,
    READING,
    REQUEST,
    UPDATE,
    SealWorld,
    doubt,
    sealed,
)

CENTRALS_OWN = [example(topic.kinds[0]) for topic in TOPICS if topic.sealed_by is None and not topic.link]


@pytest.fixture
def world() -> SealWorld:
    return SealWorld()


def name_of(seal: bytes | None) -> str:
    return str(read_seal(seal or b"").sealer)


def test_what_a_point_or_a_driver_says_is_believed(world: SealWorld) -> None:
    assert doubt(world.central, READING, sealed(world.point(), READING)) is None
    assert doubt(world.central, REQUEST, sealed(world.driver(), REQUEST)) is None


def test_the_same_is_believed_again_and_again(world: SealWorld) -> None:
    seals = [sealed(world.point(), changed(READING, seq=number)) for number in range(3)]
    assert [doubt(world.central, changed(READING, seq=number), seal) for number, seal in enumerate(seals)] == [None] * 3


def test_what_has_no_seal_is_not_believed(world: SealWorld) -> None:
    assert doubt(world.central, READING, None) == NO_SEAL


@pytest.mark.parametrize("seal", [b"", b"/", b"point/CP-1/1", b"x" * 1000, b"point/CP-1/1/" + b"g" * 32, b"\xff/\x00"])
def test_what_is_no_seal_is_not_believed(world: SealWorld, seal: bytes) -> None:
    assert doubt(world.central, READING, seal) == "its seal is not kind/id/version/mac"


def test_a_point_speaks_for_itself_alone(world: SealWorld) -> None:
    foreign = world.point(OTHER_POINT)
    of_other = foreign.seal(TOPIC_OF[type(READING)], changed(READING, cp_id=OTHER_POINT), to_json(READING))
    assert doubt(world.central, READING, of_other) == OTHER_SENDER
    # Also once it is known, and speaks for another one then.
    assert (
        doubt(world.central, changed(READING, cp_id=OTHER_POINT), sealed(foreign, changed(READING, cp_id=OTHER_POINT)))
        is None
    )
    assert doubt(world.central, READING, of_other) == OTHER_SENDER


def test_a_point_is_no_driver_and_neither_is_central(world: SealWorld) -> None:
    body = to_json(READING)
    by_driver = world.driver().seal(TOPIC_OF[type(REQUEST)], REQUEST, body)
    assert doubt(world.central, READING, by_driver) == OTHER_SENDER
    by_central = sealed(world.central, CENTRALS_OWN[0])
    assert doubt(world.central, READING, by_central) == OTHER_SENDER
    by_point = world.point().seal(TOPIC_OF[type(READING)], READING, to_json(CENTRALS_OWN[0]))
    assert doubt(world.central, CENTRALS_OWN[0], by_point) == OTHER_SENDER


def test_another_body_or_another_topic_does_not_fit(world: SealWorld) -> None:
    seal = sealed(world.point(), READING)
    assert doubt(world.central, changed(READING, kw=11), seal) == OTHER_KEY
    assert world.central.why_not(CP_STATUS, READING, to_json(READING), seal) == OTHER_KEY
    assert doubt(world.central, READING, seal) is None
    assert doubt(world.central, changed(READING, kw=11), seal) == OTHER_KEY


def by_newest_key(world: SealWorld) -> bytes:
    """The seal of a point that was given its next key a moment ago, of which Central has not read yet."""
    world.registry.rotate(KeyKind.POINT, POINT, world.now)
    seal = sealed(world.point(), READING)
    assert seal is not None
    assert name_of(seal) == f"point/{POINT}/2"
    return seal


def test_a_key_that_was_given_out_a_moment_ago_is_believed_at_once(world: SealWorld) -> None:
    seal = by_newest_key(world)
    assert [doubt(world.central, READING, seal) for _ in range(2)] == [None, None]
    world.look()
    assert doubt(world.central, READING, seal) is None
    stranger = Identity(kind=KeyKind.POINT, id="CP-9")
    world.registry.put_identity(stranger, None)
    word = changed(READING, cp_id="CP-9")
    assert doubt(world.central, word, sealed(world.point("CP-9"), word)) is None


def test_a_newer_key_that_is_still_unknown_after_the_next_look_is_not_believed(world: SealWorld) -> None:
    before = world.registry.identity(KeyKind.POINT, POINT)
    assert before is not None
    seal = by_newest_key(world)
    # As in a ledger that was restored from before.
    world.registry.put_identity(before, None)
    assert doubt(world.central, READING, seal) is None
    world.look()
    assert doubt(world.central, READING, seal) is None, "a look may have begun before the key was given out"
    world.look()
    assert doubt(world.central, READING, seal) == UNKNOWN_SENDER
    assert name_of(sealed(world.central, ORDER)) == f"point/{POINT}/1"


@given(st.from_regex(re.compile(rb"[a-z]{1,16}/[A-Za-z0-9._@:-]{1,64}/[1-9][0-9]{0,8}/[0-9a-f]{32}"), fullmatch=True))
@case(b"central/x/1/" + b"0" * 32)
@case(b"abc/x/1/" + b"0" * 32)
def test_whatever_a_seal_names_it_is_judged_and_nothing_of_it_is_kept(seal: bytes) -> None:
    world = SealWorld()
    assert doubt(world.central, READING, seal) is not None
    assert len(world.central._stamps.keys) <= 1


def test_a_false_seal_that_names_an_unknown_key_is_not_believed(world: SealWorld) -> None:
    seal = by_newest_key(world)
    assert doubt(world.central, changed(READING, kw=11), seal) == UNKNOWN_SENDER
    assert doubt(world.central, changed(READING, cp_id=OTHER_POINT), seal) == UNKNOWN_SENDER
    assert doubt(world.central, READING, f"point/CP-9/1/{'0' * 32}".encode()) == UNKNOWN_SENDER
    assert doubt(world.central, READING, f"point/{POINT}/3/{'0' * 32}".encode()) == UNKNOWN_SENDER


def test_a_revoked_key_is_not_believed_and_the_next_one_is(world: SealWorld) -> None:
    old = sealed(world.point(), READING)
    world.registry.revoke(KeyKind.POINT, POINT, NOW)
    world.look()
    assert doubt(world.central, READING, old) == UNKNOWN_SENDER
    world.registry.put_identity(Identity(kind=KeyKind.POINT, id=POINT, version=2, in_use=2), None)
    assert doubt(world.central, READING, sealed(world.point(), READING)) is None
    assert doubt(world.central, READING, old) == UNKNOWN_SENDER


def test_who_is_revoked_is_not_believed_once_that_is_known_and_hears_nothing_sealed(world: SealWorld) -> None:
    seal = sealed(world.point(), READING)
    assert doubt(world.central, READING, seal) is None
    world.registry.revoke(KeyKind.POINT, POINT, NOW)
    world.look()
    assert doubt(world.central, READING, seal) == UNKNOWN_SENDER
    assert sealed(world.central, ORDER) is None


def test_central_seals_with_the_key_of_whom_it_is_to(world: SealWorld) -> None:
    assert (name_of(sealed(world.central, ORDER)), name_of(sealed(world.central, UPDATE))) == (
        f"point/{POINT}/1",
        f"driver/{DRIVER}/1",
    )
    assert doubt(world.point(), ORDER, sealed(world.central, ORDER)) is None
    assert doubt(world.driver(), UPDATE, sealed(world.central, UPDATE)) is None


@pytest.mark.parametrize("message", CENTRALS_OWN, ids=lambda message: type(message).__name__)
def test_centrals_believe_one_another(world: SealWorld, message: Message) -> None:
    seal = sealed(world.central, message)
    assert name_of(seal) == "central/central/1"
    assert doubt(world.central, message, seal) is None


@pytest.mark.parametrize("message", [example(kind) for topic in FROM_DRIVERS for kind in topic.kinds])
@pytest.mark.parametrize("driver_id", [DRIVER, "driver-9"], ids=["with a key", "without a key"])
def test_central_may_speak_for_a_driver_who_asks_it_over_http(
    world: SealWorld, message: Message, driver_id: str
) -> None:
    request = changed(message, driver_id=driver_id)
    assert doubt(world.central, request, sealed(world.central, request)) is None


def test_a_driver_who_asks_at_a_site_is_believed_for_itself_alone(world: SealWorld) -> None:
    request = changed(example(SiteRequest), driver_id=DRIVER)
    assert doubt(world.central, request, sealed(world.driver(), request)) is None
    stolen = changed(request, driver_id="driver-9")
    assert doubt(world.central, stolen, world.driver().seal(TOPIC_OF[SiteRequest], request, to_json(stolen))) == (
        OTHER_SENDER
    )


def test_what_a_driver_hears_who_has_no_key_comes_by_way_of_a_central_which_believes_another_one(
    world: SealWorld,
) -> None:
    update = changed(UPDATE, driver_id="driver-9")
    seal = sealed(world.central, update)
    assert name_of(seal) == "central/central/1"
    assert doubt(world.central, update, seal) is None
    assert doubt(world.central, UPDATE, sealed(world.central, UPDATE)) is None
    assert doubt(world.driver(), UPDATE, sealed(world.central, update)) == UNKNOWN_SENDER


def test_a_request_that_cannot_be_read_is_answered_where_its_driver_is_proven(world: SealWorld) -> None:
    found = UnreadableRequest(ts=NOW, request_id="R-1", driver_id=DRIVER, cp_id=POINT, reason="no")
    topic, text = TOPIC_OF[type(REQUEST)], b'{"driver_id":"driver-1"'
    assert world.central.why_not(topic, found, text, world.driver().seal(topic, REQUEST, text)) is None
    assert world.central.why_not(topic, found, text, None) == NO_SEAL


def test_a_newer_key_is_used_once_its_owner_has_used_it_and_the_older_counts_for_a_day(world: SealWorld) -> None:
    before = world.point()
    world.registry.rotate(KeyKind.POINT, POINT, world.now)
    world.look()
    after = world.point()
    assert doubt(world.central, READING, sealed(before, READING)) is None
    assert name_of(sealed(world.central, ORDER)) == f"point/{POINT}/1"
    assert doubt(after, ORDER, sealed(world.central, ORDER)) is None
    assert doubt(world.central, READING, sealed(after, READING)) is None
    world.look()
    world.look()
    assert name_of(sealed(world.central, ORDER)) == f"point/{POINT}/2"
    assert doubt(after, ORDER, sealed(world.central, ORDER)) is None
    world.pass_time(OVERLAP - timedelta(seconds=1))
    assert doubt(world.central, READING, sealed(before, READING)) is None
    world.pass_time(timedelta(seconds=1))
    assert doubt(world.central, READING, sealed(before, READING)) == UNKNOWN_SENDER
    assert doubt(world.central, READING, sealed(after, READING)) is None


def test_a_false_seal_that_names_a_newer_key_does_not_make_it_used(world: SealWorld) -> None:
    world.registry.rotate(KeyKind.POINT, POINT, world.now)
    world.look()
    assert doubt(world.central, READING, f"point/{POINT}/2/{'0' * 32}".encode()) == OTHER_KEY
    world.look()
    identity = world.registry.identity(KeyKind.POINT, POINT)
    assert identity is not None
    assert identity.in_use == 1


def test_where_nobody_has_to_prove_anything_all_are_believed_and_only_owners_of_keys_hear_seals(
    world: SealWorld,
) -> None:
    world.is_secure = False
    assert doubt(world.central, READING, None) is None
    assert doubt(world.point(), ORDER, sealed(world.central, ORDER)) is None
    assert sealed(world.central, changed(ORDER, cp_id="CP-9")) is None
    assert [sealed(world.central, message) for message in CENTRALS_OWN] == [None] * len(CENTRALS_OWN)
    world.is_secure = True
    assert doubt(world.central, READING, None) == NO_SEAL
    assert name_of(sealed(world.central, CENTRALS_OWN[0])) == "central/central/1"


def test_without_seals_nothing_is_sealed_and_everybody_is_believed() -> None:
    seals = NO_SEALS
    assert sealed(seals, ORDER) is None
    assert doubt(seals, READING, None) is None
    assert seals.answer(REQUEST) is None


def test_who_begins_by_hand_is_vouched_for_by_the_point_alone(world: SealWorld) -> None:
    by_hand = changed(REQUEST, driver_id=WALK_IN)
    assert doubt(world.central, by_hand, sealed(world.point(), by_hand)) is None
    foreign = changed(by_hand, cp_id=OTHER_POINT)
    topic = TOPIC_OF[type(REQUEST)]
    assert doubt(world.central, foreign, world.point().seal(topic, by_hand, to_json(foreign))) == OTHER_SENDER
    assert doubt(world.central, REQUEST, world.point().seal(topic, by_hand, to_json(REQUEST))) == OTHER_SENDER
    assert name_of(sealed(world.central, changed(UPDATE, driver_id=WALK_IN))) == "central/central/1"


def test_nobody_is_judged_by_what_was_looked_at_too_long_ago(world: SealWorld) -> None:
    assert world.central.is_ready
    world.seconds += FRESH_FOR
    assert world.central.is_ready
    world.seconds += 0.1
    assert not world.central.is_ready
    world.look()
    assert world.central.is_ready


def test_before_it_has_looked_nobody_is_judged_unless_nobody_has_to_prove_anything() -> None:
    seals = CentralSeals(KeyRing(lambda: NOW), lambda kind, owner, version: b"", lambda: True)
    assert not seals.is_ready
    seals.is_secure = lambda: False
    assert seals.is_ready
