"""A point or driver with a key obeys Central alone, and minds nobody else's business."""

import pytest

from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import NO_SEAL, OTHER_KEY, OTHER_SENDER, UNKNOWN_SENDER
from evcharging.common.messages_view import PointShown
from evcharging.common.utils import changed
from evcharging.domain.access.keys import KeyKind
from evcharging.tests.laws.any_message import example
from evcharging.tests.stages.seals_stage import (
    DRIVER,
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


@pytest.fixture
def world() -> SealWorld:
    return SealWorld()


def test_an_order_without_a_seal_is_not_obeyed(world: SealWorld) -> None:
    assert doubt(world.point(), ORDER, None) == NO_SEAL
    assert doubt(world.driver(), UPDATE, None) == NO_SEAL


def test_an_order_with_another_body_or_the_seal_of_another_point_is_not_obeyed(world: SealWorld) -> None:
    assert doubt(world.point(), changed(ORDER, session_id="S-2"), sealed(world.central, ORDER)) == OTHER_KEY
    of_other = sealed(world.central, changed(ORDER, cp_id=OTHER_POINT))
    assert doubt(world.point(), ORDER, of_other) == UNKNOWN_SENDER


def test_what_a_point_has_said_itself_is_no_order(world: SealWorld) -> None:
    assert doubt(world.point(), ORDER, sealed(world.point(), READING)) == OTHER_KEY


def test_what_is_for_others_is_not_judged(world: SealWorld) -> None:
    assert doubt(world.point(), changed(ORDER, cp_id=OTHER_POINT), None) is None
    assert doubt(world.driver(), changed(UPDATE, driver_id="driver-2"), b"x") is None


def test_nothing_is_sealed_for_others(world: SealWorld) -> None:
    assert sealed(world.point(), changed(READING, cp_id=OTHER_POINT)) is None
    assert sealed(world.point(), REQUEST) is None
    assert sealed(OwnSeals([]), READING) is None


def test_what_only_central_says_is_not_believed_by_anybody_else(world: SealWorld) -> None:
    shown = example(PointShown)
    assert doubt(world.point(), shown, sealed(world.central, shown)) == OTHER_SENDER


def test_both_versions_of_its_key_count_and_the_newest_seals(world: SealWorld) -> None:
    by_older = sealed(world.central, ORDER)
    world.registry.rotate(KeyKind.POINT, POINT, world.now)
    point = world.point()
    assert doubt(point, ORDER, by_older) is None
    assert (sealed(point, READING) or b"").startswith(b"point/CP-1/2/")


def test_a_process_may_have_the_keys_of_many(world: SealWorld) -> None:
    fleet = OwnSeals([world.registry.own_key(KeyKind.POINT, cp_id) for cp_id in (POINT, OTHER_POINT)])
    for cp_id in (POINT, OTHER_POINT):
        order, reading = changed(ORDER, cp_id=cp_id), changed(READING, cp_id=cp_id)
        assert doubt(fleet, order, sealed(world.central, order)) is None
        assert doubt(world.central, reading, sealed(fleet, reading)) is None
    assert fleet.answer(REQUEST) is None
    assert sealed(fleet, changed(REQUEST, driver_id=DRIVER)) is None
