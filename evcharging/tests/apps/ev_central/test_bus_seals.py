"""Central on Kafka judges nobody before it knows whose keys count, and tells drivers to sign in, with an end to it."""

from dataclasses import dataclass

import pytest

from evcharging.adapters.key_ring import KeyRing
from evcharging.adapters.seals import NO_SEAL
from evcharging.apps.ev_central.bus_seals import ANSWERS, EACH_AFTER, BusSeals, Denials
from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.common.utils import changed
from evcharging.domain.access.keys import KeyOf
from evcharging.tests.stages.seals_stage import DRIVER, NOW, ORDER, READING, REQUEST, SealWorld, doubt, sealed


@dataclass(frozen=True)
class Known:
    """Whose keys count, as Central is told."""

    ring: KeyRing
    key_of: KeyOf

    def is_secure(self) -> bool:
        """Everybody has to prove who speaks."""
        return True


class Asked:
    """Denials, and seconds that the test turns."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.denials = Denials(lambda: NOW, lambda: self.seconds)

    def told(self, driver_id: str = DRIVER) -> bool:
        """Whether a driver is told something."""
        return self.denials(changed(REQUEST, driver_id=driver_id)) is not None


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_before_it_is_known_whose_keys_count_nothing_is_judged_said_or_answered() -> None:
    seals = BusSeals(lambda: NOW)
    assert not seals.is_ready
    assert sealed(seals, ORDER) is None
    assert doubt(seals, READING, None) == NO_SEAL
    assert seals.answer(REQUEST) is None


def test_from_then_on_points_are_believed_and_obey() -> None:
    world, seals = SealWorld(), BusSeals(lambda: NOW)
    seals.begin(Known(world.ring, world.registry.key_of))
    assert seals.is_ready
    assert doubt(seals, READING, sealed(world.point(), READING)) is None
    assert doubt(world.point(), ORDER, sealed(seals, ORDER)) is None
    assert isinstance(seals.answer(REQUEST), DriverUpdate)


def test_a_driver_who_has_not_signed_in_hears_what_to_do(asked: Asked) -> None:
    said = asked.denials(REQUEST)
    assert isinstance(said, DriverUpdate)
    assert (said.request_id, said.driver_id, said.cp_id, said.ts) == (
        REQUEST.request_id,
        REQUEST.driver_id,
        REQUEST.cp_id,
        NOW,
    )
    assert (said.status, said.reason) == (UpdateStatus.DENIED, "sign in first: evcharging driver login")


def test_nobody_else_is_told_anything(asked: Asked) -> None:
    assert asked.denials(READING) is None


def test_a_driver_is_told_again_after_a_while(asked: Asked) -> None:
    assert [asked.told(), asked.told(), asked.told("driver-2")] == [True, False, True]
    asked.seconds += EACH_AFTER
    assert asked.told()


def test_who_asks_in_many_names_is_answered_so_often_and_no_more(asked: Asked) -> None:
    told = sum(asked.told(f"driver-{number}") for number in range(1000))
    assert told == ANSWERS.at_first
    asked.seconds += 1
    assert sum(asked.told(f"other-{number}") for number in range(1000)) == ANSWERS.per_second
