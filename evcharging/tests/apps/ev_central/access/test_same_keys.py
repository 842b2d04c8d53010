"""All Centrals of a ledger have the same secret keys, or say that they have not."""

from functools import partial
from pathlib import Path

import pytest

from evcharging.adapters.key_files import KeyFileUnusable, KeysFile
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.shell.actions import by_command
from evcharging.apps.shell.key_desk import KeyDesk, KeysInDoubt
from evcharging.apps.shell.same_keys import CENTRAL, OTHERS_SINCE, SameKeys
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import Identity, KeyKind, derived_key, revoked
from evcharging.domain.access.modes import Auth
from evcharging.tests.stages.access_world import AccessWorld, lived
from evcharging.tests.stages.people import action
from evcharging.tests.stages.store_world import NOW

POINT = Identity(kind=KeyKind.POINT, id="CP-001")
ONE, TWO = b"1" * 32, b"2" * 32
FILE = Path("keys.json")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(keep_facts=True)


def central(store: MemoryStore, secret: bytes) -> SameKeys:
    """What a Central that was just started knows."""
    return SameKeys(store.accounts, lambda: secret, lambda: NOW)


def test_centrals_with_the_same_secret_are_of_one_mind(store: MemoryStore) -> None:
    first, second = central(store, ONE), central(store, ONE)
    assert [each.trouble() for each in (first, second, first)] == [None, None, None]
    assert [(each.action, each.actor_id) for each in store.facts(OperatorAction)] == [("use_key", "central")]


def test_of_centrals_with_different_secrets_the_one_that_was_started_first_says_so(store: MemoryStore) -> None:
    first, second = central(store, ONE), central(store, TWO)
    assert [each.trouble() for each in (first, second, first, second)] == [None, None, OTHERS_SINCE, None]
    again = central(store, TWO)
    assert [each.trouble() for each in (again, second)] == [None, None]


def test_no_central_starts_with_other_secrets_than_those_by_which_keys_were_made(store: MemoryStore) -> None:
    first, second = central(store, ONE), central(store, TWO)
    first.trouble()
    second.check(FILE)
    store.accounts.put_identity(POINT, action())
    first.check(FILE)
    with pytest.raises(KeyFileUnusable, match=r"other secrets than those in keys\.json: put back the file"):
        second.check(FILE)
    store.accounts.put_identity(revoked(POINT, NOW), action())
    second.check(FILE)
    assert [each.trouble() for each in (second, first)] == [None, OTHERS_SINCE]


def test_a_ledger_of_before_takes_the_secret_of_whoever_is_started_first(store: MemoryStore) -> None:
    store.accounts.put_identity(POINT, action())
    first = central(store, ONE)
    first.check(FILE)
    assert first.trouble() is None
    with pytest.raises(KeyFileUnusable):
        central(store, TWO).check(FILE)


def test_while_it_is_in_doubt_which_keys_count_none_is_given_out(store: MemoryStore) -> None:
    doubt: list[str | None] = [OTHERS_SINCE]
    desk = KeyDesk(store.accounts, partial(derived_key, ONE), lambda: NOW, doubt=lambda: doubt[0])
    token = desk.invite("CP-001", CENTRAL).token
    for give in (partial(desk.enrol, token), partial(desk.of_driver, "driver-ann", CENTRAL)):
        with pytest.raises(KeysInDoubt, match="other secret keys"):
            give()
    assert store.accounts.identities() == []
    doubt[0] = None
    assert desk.enrol(token).identity == POINT, "the token was not used up"


def test_an_operator_says_which_keys_are_those_of_the_ledger(store: MemoryStore) -> None:
    central(store, ONE).trouble()
    store.accounts.put_identity(POINT, action())
    second = central(store, TWO)
    second.claim(by_command("users"))
    second.check(FILE)
    assert second.trouble() is None
    with pytest.raises(KeyFileUnusable):
        central(store, ONE).check(FILE)


def test_a_fingerprint_tells_nothing_of_the_secret(store: MemoryStore) -> None:
    central(store, ONE).trouble()
    (kept,) = store.accounts.identities(KeyKind.CENTRAL)
    assert kept.id.startswith("keys-")
    assert ONE.hex()[:8] not in kept.id


@lived
async def test_a_central_claims_its_secret_once_people_have_to_sign_in(world: AccessWorld) -> None:
    await world.proofs.look()
    await world.look_at_keys()
    assert world.accounts.identities(KeyKind.CENTRAL) == []
    await world.somebody()
    await world.look_at_keys()
    assert len(world.accounts.identities(KeyKind.CENTRAL)) == 1
    other = SameKeys(world.accounts, lambda: ONE, lambda: NOW)
    other.trouble()
    world.turn(seconds=2)
    await world.look_at_keys()
    assert world.key_trouble == OTHERS_SINCE


def test_a_service_is_not_made_with_other_secrets(store: MemoryStore, tmp_path: Path) -> None:
    central(store, ONE).trouble()
    store.accounts.put_identity(POINT, action())
    with pytest.raises(KeyFileUnusable, match="is gone, by which the keys"):
        AccessWorld(tmp_path, store, auth=Auth.ON)
    KeysFile(tmp_path / "keys.json", may_make=True)
    with pytest.raises(KeyFileUnusable, match="other secrets"):
        AccessWorld(tmp_path, store, auth=Auth.ON)
