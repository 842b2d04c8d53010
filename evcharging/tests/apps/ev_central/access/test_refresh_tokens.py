"""An app goes on with the refresh token that it was given last, and nobody goes on with one that was used before."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.sign_in import Tokens
from evcharging.tests.stages.access_world import (
    HERE,
    PASSWORD,
    AccessWorld,
    hash_quickly,
    lived,
    refused,
)


@lived
async def test_an_app_goes_on_with_what_it_was_given_last(world: AccessWorld) -> None:
    await world.somebody()
    tokens = await world.sign_in.login("Ana", PASSWORD, HERE)
    for _ in range(3):
        world.turn(days=29)
        tokens = await world.sign_in.refresh(tokens.refresh_token)
        assert (await world.proofs.by_bearer(tokens.access_token)).actor.role == "admin"
    world.turn(days=30)
    assert await refused(world.sign_in.refresh(tokens.refresh_token)) == "expired"


@lived
async def test_a_refresh_token_that_is_used_twice_ends_its_family_and_is_noted(world: AccessWorld) -> None:
    await world.somebody()
    stolen = await world.sign_in.login("Ana", PASSWORD, HERE)
    other = await world.sign_in.login("Ana", PASSWORD, HERE)
    thief = await world.sign_in.refresh(stolen.refresh_token)
    assert await refused(world.sign_in.refresh(stolen.refresh_token)) == "revoked"
    assert await refused(world.sign_in.refresh(thief.refresh_token)) == "unknown_credential"
    assert world.noted()[-1] == ("refresh", "a refresh token was used twice: all of its family ended")
    assert await world.sign_in.refresh(other.refresh_token)


@lived
async def test_an_app_that_leaves_cannot_go_on(world: AccessWorld) -> None:
    await world.somebody()
    tokens = await world.sign_in.login("Ana", PASSWORD, HERE)
    await world.sign_in.logout(tokens.refresh_token)
    await world.sign_in.logout(tokens.refresh_token)
    await world.sign_in.logout("evr_unknown")
    assert await refused(world.sign_in.refresh(tokens.refresh_token)) == "unknown_credential"
    assert world.noted()[-1] == ("sign_out", None)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=15))
@settings(max_examples=30)
def test_of_a_family_at_most_one_token_lets_go_on_and_none_after_one_was_used_twice(
    plan: list[tuple[int, bool]],
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        hash_quickly(patch)
        world = AccessWorld(Path(folder))

        async def live() -> None:
            await world.somebody()
            given = [await world.sign_in.login("Ana", PASSWORD, HERE)]
            newest, has_ended = 0, False
            for place, leaves in plan:
                number = place % len(given)
                if leaves and number == newest:
                    await world.sign_in.logout(given[number].refresh_token)
                    has_ended = True
                    continue
                came: Tokens | str = await gone_on(world, given[number])
                assert isinstance(came, Tokens) == (number == newest and not has_ended)
                if isinstance(came, Tokens):
                    given.append(came)
                    newest = len(given) - 1
                else:
                    has_ended = True

        try:
            asyncio.run(live())
        finally:
            world.close()


async def gone_on(world: AccessWorld, tokens: Tokens) -> Tokens | str:
    try:
        return await world.sign_in.refresh(tokens.refresh_token)
    except BadCredential as refusal:
        return refusal.code
