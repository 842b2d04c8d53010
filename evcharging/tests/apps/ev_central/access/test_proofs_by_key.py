"""Who comes by a token that was made with the key of a point or a driver: it counts as long as the key does."""

import pytest

from evcharging.adapters.tokens import Signer, issue_by_key
from evcharging.apps.ev_central.access.contract import OWN_KEY, BadCredential
from evcharging.apps.ev_central.access.remembered import EVERY_S
from evcharging.apps.shell.same_keys import CENTRAL
from evcharging.common.messages_operators import ActorKind
from evcharging.common.utils import changed
from evcharging.domain.access.keys import OVERLAP, Identity, KeyKind, derived_key
from evcharging.domain.access.permissions import OF_ROLE, AccountRole, Permission
from evcharging.tests.stages.access_world import AccessWorld, lived, refused
from evcharging.tests.stages.people import action
from evcharging.tests.stages.store_world import NOW

POINT = Identity(kind=KeyKind.POINT, id="CP-001")


# Points


def token_of(world: AccessWorld, version: int = 1, cp_id: str = "CP-001") -> str:
    key = derived_key(world.keys.keys.master, KeyKind.POINT, cp_id, version)
    return issue_by_key(Signer(KeyKind.POINT, cp_id, version), key, world.hands.time)


@lived
async def test_a_point_speaks_for_itself_by_its_key(world: AccessWorld) -> None:
    assert await refused(world.proofs.by_bearer(token_of(world))) == "unknown_credential"
    world.turn(seconds=EVERY_S)
    world.accounts.put_identity(POINT, action())
    who = await world.proofs.by_bearer(token_of(world))
    assert (who.actor.kind, who.actor.id, set(who.permissions)) == (
        ActorKind.POINT,
        "CP-001",
        {Permission.POINT_REPORT},
    )
    assert await refused(world.proofs.by_bearer(token_of(world, 2))) == "unknown_credential"
    world.turn(seconds=61)
    renewed = changed(POINT, version=2, older_until=world.hands.time + OVERLAP)
    world.accounts.put_identity(renewed, action())
    for version in (1, 2):
        assert await world.proofs.by_bearer(token_of(world, version))
    world.turn(hours=24)
    assert await refused(world.proofs.by_bearer(token_of(world, 1))) == "unknown_credential"
    world.accounts.put_identity(changed(renewed, revoked_at=NOW), action())
    world.turn(seconds=EVERY_S)
    assert await refused(world.proofs.by_bearer(token_of(world, 2))) == "revoked"
    assert await refused(world.proofs.still(who, NOW)) == "revoked"


@lived
async def test_strangers_do_not_learn_by_a_forged_token_whether_a_point_is_enrolled(world: AccessWorld) -> None:
    world.accounts.put_identity(POINT, action())
    world.accounts.put_identity(changed(POINT, id="CP-002", revoked_at=NOW), action())
    told = set()
    for cp_id in ("CP-001", "CP-002", "CP-404"):
        with pytest.raises(BadCredential) as refusal:
            await world.proofs.by_bearer(issue_by_key(Signer(KeyKind.POINT, cp_id, 1), b"x" * 32, world.hands.time))
        told.add((str(refusal.value), refusal.value.code))
    assert len(told) == 1


@lived
async def test_a_point_is_no_other_point(world: AccessWorld) -> None:
    world.accounts.put_identity(POINT, action())
    other = derived_key(world.keys.keys.master, KeyKind.POINT, "CP-002", 1)
    forged = issue_by_key(Signer(KeyKind.POINT, "CP-001", 1), other, NOW)
    assert await refused(world.proofs.by_bearer(forged)) == "unknown_credential"
    assert await refused(world.proofs.by_bearer(token_of(world, cp_id="CP-002"))) == "unknown_credential"


# Drivers' programs


async def a_driver(world: AccessWorld) -> str:
    """A driver with an account and a key; the driver's ID."""
    dora = await world.somebody("Dora", AccountRole.DRIVER)
    driver_id = dora.account.account_id
    world.accounts.put_identity(Identity(kind=KeyKind.DRIVER, id=driver_id), action())
    return driver_id


def drivers_token(world: AccessWorld, driver_id: str, version: int = 1) -> str:
    key = derived_key(world.keys.keys.master, KeyKind.DRIVER, driver_id, version)
    return issue_by_key(Signer(KeyKind.DRIVER, driver_id, version), key, world.hands.time)


@lived
async def test_a_drivers_program_speaks_for_the_driver_by_the_drivers_key(world: AccessWorld) -> None:
    await world.somebody()
    driver_id = await a_driver(world)
    who = await world.proofs.by_bearer(drivers_token(world, driver_id))
    assert (who.actor.kind, who.actor.id, who.actor.via) == (ActorKind.DRIVER, driver_id, OWN_KEY)
    assert who.permissions == OF_ROLE[AccountRole.DRIVER]
    assert await refused(world.proofs.by_bearer(drivers_token(world, driver_id, 2))) == "unknown_credential"
    await world.proofs.still(who, NOW)
    identity = Identity(kind=KeyKind.DRIVER, id=driver_id, revoked_at=NOW)
    world.accounts.put_identity(identity, action())
    world.turn(seconds=EVERY_S)
    assert await refused(world.proofs.by_bearer(drivers_token(world, driver_id))) == "revoked"
    assert await refused(world.proofs.still(who, NOW)) == "revoked"


@lived
async def test_who_came_by_a_key_that_was_replaced_is_sent_away(world: AccessWorld) -> None:
    await world.somebody()
    driver_id = await a_driver(world)
    who = await world.proofs.by_bearer(drivers_token(world, driver_id))
    # It was revoked, and another one was given, before anybody looked.
    world.accounts.put_identity(Identity(kind=KeyKind.DRIVER, id=driver_id, version=2, in_use=2), action())
    world.turn(seconds=EVERY_S)
    assert await refused(world.proofs.still(who, world.hands.time)) == "revoked"
    newer = await world.proofs.by_bearer(drivers_token(world, driver_id, 2))
    await world.proofs.still(newer, world.hands.time)


@lived
async def test_a_drivers_key_does_not_count_without_an_account_that_may_charge(world: AccessWorld) -> None:
    await world.somebody()
    driver_id = await a_driver(world)
    await world.do(world.people.change, CENTRAL, driver_id, disabled=True)
    assert await refused(world.proofs.by_bearer(drivers_token(world, driver_id))) == "revoked"
    world.accounts.put_identity(Identity(kind=KeyKind.DRIVER, id="driver-nobody"), action())
    world.turn(seconds=EVERY_S)
    assert await refused(world.proofs.by_bearer(drivers_token(world, "driver-nobody"))) == "revoked"


@lived
async def test_the_key_of_a_point_is_not_that_of_a_driver_of_the_same_name(world: AccessWorld) -> None:
    await world.somebody()
    driver_id = await a_driver(world)
    key = derived_key(world.keys.keys.master, KeyKind.POINT, driver_id, 1)
    forged = issue_by_key(Signer(KeyKind.DRIVER, driver_id, 1), key, world.hands.time)
    assert await refused(world.proofs.by_bearer(forged)) == "unknown_credential"
