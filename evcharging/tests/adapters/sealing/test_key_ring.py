"""Whose keys count is read again as soon as it has changed, and what was seen of newer keys is noted."""

from collections.abc import Sequence
from threading import Event

import pytest

from evcharging.adapters.key_ring import KeyRing, kept
from evcharging.adapters.store import StoreUnavailable
from evcharging.domain.access.keys import CENTRAL_ID, OVERLAP, Identity, KeyKind
from evcharging.proof.identities import Registry
from evcharging.tests.stages.seals_stage import MASTER, NOW, POINT, SealWorld

WAIT = 10.0
"""Seconds that nothing here takes."""


class Counting(Registry):
    """Counts how often all is read, and may be away."""

    def __init__(self) -> None:
        super().__init__(MASTER, [Identity(kind=KeyKind.POINT, id=POINT)])
        self.reads = 0
        self.away = False
        self.looked = Event()
        self.missed = Event()

    def identities(self, kind: KeyKind | None = None) -> Sequence[Identity]:
        self.reads += 1
        self.looked.set()
        return super().identities(kind)

    def version(self) -> int:
        if self.away:
            self.missed.set()
            raise StoreUnavailable("gone")
        return super().version()


def test_until_it_was_read_only_central_is_known() -> None:
    edition = KeyRing(lambda: NOW).edition
    assert edition.accepts(KeyKind.CENTRAL, CENTRAL_ID, 1)
    assert not edition.accepts(KeyKind.POINT, POINT, 1)


def test_it_is_read_again_only_where_something_has_changed() -> None:
    accounts, ring = Counting(), KeyRing(lambda: NOW)
    for _ in range(3):
        ring.look(accounts)
    assert accounts.reads == 1
    accounts.revoke(KeyKind.POINT, POINT, NOW)
    ring.look(accounts)
    assert accounts.reads == 2
    assert not ring.edition.accepts(KeyKind.POINT, POINT, 1)


def test_it_is_read_again_once_an_older_key_counts_no_more() -> None:
    world = SealWorld()
    world.registry.rotate(KeyKind.POINT, POINT, NOW)
    world.look()
    assert world.ring.edition.accepts(KeyKind.POINT, POINT, 1)
    world.pass_time(OVERLAP)
    assert not world.ring.edition.accepts(KeyKind.POINT, POINT, 1)
    assert world.ring.edition.accepts(KeyKind.POINT, POINT, 2)


@pytest.mark.parametrize(("seen", "in_use"), [(2, 2), (1, 1), (3, 1)])
def test_a_newer_key_that_was_seen_is_noted_unless_there_is_none_such(seen: int, in_use: int) -> None:
    world = SealWorld()
    world.registry.rotate(KeyKind.POINT, POINT, NOW)
    world.ring.saw(KeyKind.POINT, POINT, seen)
    world.ring.saw(KeyKind.POINT, "CP-9", 2)
    world.look()
    identity = world.ring.edition.find(KeyKind.POINT, POINT)
    assert identity is not None
    assert identity.in_use == in_use


def test_it_is_kept_current_and_goes_on_after_the_store_was_away() -> None:
    accounts, ring = Counting(), KeyRing(lambda: NOW)
    with kept(ring, accounts, every=0.001):
        assert ring.edition.accepts(KeyKind.POINT, POINT, 1)
        accounts.away = True
        assert accounts.missed.wait(WAIT)
        accounts.looked.clear()
        accounts.revoke(KeyKind.POINT, POINT, NOW)
        accounts.away = False
        assert accounts.looked.wait(WAIT)
    assert not ring.edition.accepts(KeyKind.POINT, POINT, 1)


def test_it_does_not_begin_without_its_store() -> None:
    accounts = Counting()
    accounts.away = True
    with pytest.raises(StoreUnavailable), kept(KeyRing(lambda: NOW), accounts):
        pass
