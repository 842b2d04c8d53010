"""How people come in and go: by password and link; who guesses has to wait."""

import asyncio
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from evcharging.adapters import passwords
from evcharging.adapters.secret_words import hash_of_word
from evcharging.adapters.store.accounts import NameTaken
from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.sign_in import NOTED_PER_MINUTE
from evcharging.apps.ev_central.refusals import TooManyAttempts
from evcharging.apps.shell.people import BadChoice
from evcharging.apps.shell.same_keys import CENTRAL
from evcharging.common.messages_operators import ActorKind
from evcharging.common.utils import changed
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.people import LinkPurpose
from evcharging.domain.access.permissions import AccountRole, Permission
from evcharging.tests.stages.access_world import (
    ELSEWHERE,
    HERE,
    OTHER_PASSWORD,
    PASSWORD,
    AccessWorld,
    hash_quickly,
    lived,
    refused,
)
from evcharging.tests.stages.people import action

# The first administrator


@lived
async def test_a_central_on_this_machine_is_open_until_there_is_an_administrator(world: AccessWorld) -> None:
    await world.proofs.look()
    assert (world.proofs.mode, world.proofs.needs_setup, await world.setup_link()) == (Mode.OPEN, False, None)
    newcomer = await world.newcomer()
    assert world.proofs.mode is Mode.OPEN
    await world.sign_in.set_up(newcomer.link.token, "Ana", PASSWORD, HERE)
    assert (world.proofs.mode, world.proofs.needs_setup) == (Mode.SECURE, False)


def test_a_central_on_the_network_has_a_link_for_the_first_administrator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    world = AccessWorld(tmp_path, is_local=False)

    async def live() -> None:
        link = await world.setup_link()
        assert link is not None and world.proofs.needs_setup and world.proofs.mode is Mode.SECURE
        made = await world.sign_in.set_up(link.token, "Ana", PASSWORD, HERE)
        assert (made.account.role, made.account.name) == ("admin", "Ana")
        assert (await world.proofs.by_session(made.cookie)).actor.id == made.account.account_id
        assert not world.proofs.needs_setup
        assert await world.setup_link() is None
        assert await refused(world.sign_in.set_up(link.token, "Eve", PASSWORD, HERE)) == "unknown_credential"
        assert world.noted() == [("make_link", None), ("set_up", None), ("sign_in", None)]

    asyncio.run(live())
    world.close()


@lived
async def test_a_set_up_link_counts_for_an_hour_and_no_more_once_there_is_an_administrator(world: AccessWorld) -> None:
    first = await world.do(world.people.setup_link, CENTRAL)
    second = await world.do(world.people.setup_link, CENTRAL)
    assert await refused(world.sign_in.set_up(first.token, "Eve", PASSWORD, HERE)) == "unknown_credential"
    await world.somebody()
    with pytest.raises(BadChoice, match="There is an administrator already"):
        await world.sign_in.set_up(second.token, "Eve", PASSWORD, HERE)
    world.turn(hours=1)
    assert await refused(world.sign_in.set_up(second.token, "Eve", PASSWORD, HERE)) == "unknown_credential"
    assert [account.name for account in world.accounts.accounts()] == ["Ana"]


@lived
async def test_of_many_who_use_a_set_up_link_at_once_one_is_administrator(world: AccessWorld) -> None:
    link = await world.do(world.people.setup_link, CENTRAL)
    comings = [world.sign_in.set_up(link.token, f"Person {number}", PASSWORD, HERE) for number in range(8)]
    made = await asyncio.gather(*comings, return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in made) == 1
    assert len(world.accounts.accounts()) == 1


@lived
async def test_a_link_is_not_used_up_by_a_name_or_password_that_does_not_fit(world: AccessWorld) -> None:
    link = await world.do(world.people.setup_link, CENTRAL)
    for name, password in (("Ana", "short"), ("Ana\u202e", PASSWORD), ("", PASSWORD), ("q1w2e3r4t5y6", "Q1W2E3R4T5Y6")):
        with pytest.raises(BadChoice):
            await world.sign_in.set_up(link.token, name, password, HERE)
    assert (await world.sign_in.set_up(link.token, "Ana", PASSWORD, HERE)).account.name == "Ana"


@lived
async def test_a_new_password_by_link_ends_what_was_before(world: AccessWorld) -> None:
    ana = await world.somebody()
    tokens = await world.sign_in.login("Ana", PASSWORD, HERE)
    link = await world.do(world.people.link, CENTRAL, ana.account.account_id)
    world.turn(microseconds=1)
    again = await world.sign_in.set_up(link.token, "whatever", OTHER_PASSWORD, HERE)
    assert again.account.name == "Ana"
    assert await refused(world.proofs.by_session(ana.cookie)) == "unknown_credential"
    assert await refused(world.proofs.by_bearer(tokens.access_token)) == "revoked"
    assert await refused(world.sign_in.refresh(tokens.refresh_token)) == "unknown_credential"
    assert await refused(world.sign_in.login("Ana", PASSWORD, HERE)) == "unknown_credential"
    assert (await world.proofs.by_session(again.cookie)).actor.id == ana.account.account_id
    fresh = await world.sign_in.login("Ana", OTHER_PASSWORD, HERE)
    assert (await world.proofs.by_bearer(fresh.access_token)).actor.id == ana.account.account_id


@lived
async def test_an_enrolment_token_sets_nobodys_password(world: AccessWorld) -> None:
    newcomer = await world.newcomer()
    link = world.accounts.link(hash_of_word(newcomer.link.token))
    assert link is not None
    world.accounts.add_link(changed(link, purpose=LinkPurpose.ENROLMENT, token_hash=hash_of_word("x")), action())
    assert await refused(world.sign_in.set_up("x", "Ana", PASSWORD, HERE)) == "unknown_credential"


# Name and password


@lived
async def test_somebody_signs_in_at_the_console_and_leaves(world: AccessWorld) -> None:
    await world.somebody()
    found = await world.sign_in.console("ANA", PASSWORD, HERE)
    who = await world.proofs.by_session(found.cookie)
    assert (who.actor.kind, who.actor.via, who.actor.role) == (ActorKind.PERSON, "console", "admin")
    await world.sign_in.leave(who)
    assert await refused(world.proofs.by_session(found.cookie)) == "unknown_credential"
    assert world.noted()[-2:] == [("sign_in", None), ("sign_out", None)]


@lived
async def test_a_wrong_name_and_a_wrong_password_are_told_alike(world: AccessWorld) -> None:
    ana = await world.somebody()
    await world.newcomer("Bea", AccountRole.VIEWER)
    said = set()
    for name, password in (("Ana", OTHER_PASSWORD), ("Nobody", PASSWORD), ("Bea", PASSWORD), ("Bea", "")):
        with pytest.raises(BadCredential) as refusal:
            await world.sign_in.login(name, password, HERE)
        said.add((str(refusal.value), refusal.value.code))
    assert said == {("The name or the password is wrong: try again", "unknown_credential")}
    failures = [(each.actor_id, each.subject, each.refusal) for each in world.actions() if each.refusal]
    why = "wrong name or password"
    assert failures[:2] == [("unknown", ana.account.account_id, why), ("unknown", "unknown", why)]


@lived
async def test_who_is_disabled_is_out_at_once_and_comes_back_when_let_in(world: AccessWorld) -> None:
    await world.somebody()
    bea = await world.somebody("Bea", AccountRole.OPERATOR)
    tokens = await world.sign_in.login("Bea", PASSWORD, HERE)
    await world.do(world.people.change, CENTRAL, bea.account.account_id, disabled=True)
    assert await refused(world.proofs.by_session(bea.cookie)) == "unknown_credential"
    assert await refused(world.proofs.by_bearer(tokens.access_token)) == "revoked"
    assert await refused(world.sign_in.refresh(tokens.refresh_token)) == "unknown_credential"
    assert await refused(world.sign_in.login("Bea", PASSWORD, HERE)) == "unknown_credential"
    with pytest.raises(BadChoice, match="is disabled: let it in again first"):
        await world.do(world.people.link, CENTRAL, bea.account.account_id)
    await world.do(world.people.change, CENTRAL, bea.account.account_id, disabled=False)
    assert (await world.sign_in.login("Bea", PASSWORD, HERE)).account.role == "operator"


@lived
async def test_drivers_do_not_come_in_at_the_console(world: AccessWorld) -> None:
    await world.sign_in.register("Dora", PASSWORD, "driver-dora", HERE)
    with pytest.raises(BadCredential, match=r"^Drivers sign in with their app: the console is for operators$"):
        await world.sign_in.console("Dora", PASSWORD, HERE)


@lived
async def test_a_driver_registers_and_is_who_they_say_in_the_ledger(world: AccessWorld) -> None:
    tokens = await world.sign_in.register("Dora", PASSWORD, "driver-dora", HERE)
    who = await world.proofs.by_bearer(tokens.access_token)
    assert (who.actor.kind, who.actor.id, who.actor.role) == (ActorKind.DRIVER, "driver-dora", "driver")
    made_up = await world.sign_in.register("Eva", PASSWORD, None, HERE)
    assert made_up.account.account_id.startswith("driver-")
    for name, driver_id in (("dora", None), ("Somebody", "driver-dora")):
        with pytest.raises(NameTaken):
            await world.sign_in.register(name, PASSWORD, driver_id, ELSEWHERE)
    for password, driver_id in (("short", None), (PASSWORD, "driver-of-before")):
        with pytest.raises(BadChoice):
            await world.sign_in.register("Somebody", password, driver_id, ELSEWHERE)
    await world.proofs.look()
    assert world.proofs.mode is Mode.OPEN


@lived
async def test_a_hash_of_earlier_parameters_is_renewed_at_a_sign_in_which_ends_nothing(world: AccessWorld) -> None:
    ana = await world.somebody()
    earlier = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    world.accounts.change(changed(ana.account, password_hash=earlier), action())
    assert (await world.sign_in.console("Ana", PASSWORD, HERE)).account.password_hash != earlier
    kept = world.accounts.account(ana.account.account_id)
    assert kept is not None and kept.password_hash and not passwords._HASHER.check_needs_rehash(kept.password_hash)
    assert (await world.proofs.by_session(ana.cookie)).actor.id == ana.account.account_id


# Guesses


@lived
async def test_who_guesses_has_to_wait_and_a_right_password_costs_nothing(world: AccessWorld) -> None:
    await world.somebody()
    for _ in range(9):
        await world.sign_in.login("Ana", PASSWORD, HERE)
    for _ in range(5):
        assert await refused(world.sign_in.login("Ana", OTHER_PASSWORD, HERE)) == "unknown_credential"
    for name, address in (("Ana", HERE), ("Ana", ELSEWHERE), ("Bea", HERE)):
        with pytest.raises(TooManyAttempts, match=r"^Too many attempts: try again in 12 s$") as waiting:
            await world.sign_in.login(name, PASSWORD, address)
        assert waiting.value.wait_s == 12
    world.turn(seconds=12)
    assert (await world.sign_in.login("Ana", PASSWORD, HERE)).account.name == "Ana"


@lived
async def test_of_ten_thousand_guesses_ninety_nine_in_a_hundred_are_held_up_and_few_are_noted(
    world: AccessWorld,
) -> None:
    await world.somebody()
    looked_at = held_up = 0
    for number in range(10_000):
        try:
            await world.sign_in.login("Ana", f"a guess, number {number}", f"198.51.{number % 200}.{number % 250}")
        except TooManyAttempts:
            held_up += 1
        except BadCredential:
            looked_at += 1
        world.turn(milliseconds=10)
    assert looked_at + held_up == 10_000
    assert held_up >= 9_900
    assert len([each for each in world.actions() if each.refusal]) <= looked_at


@lived
async def test_failures_from_everywhere_are_not_all_noted(world: AccessWorld) -> None:
    for number in range(2 * NOTED_PER_MINUTE):
        await refused(world.sign_in.login(f"Person {number}", PASSWORD, f"198.51.100.{number}"))
    assert len(world.actions()) == NOTED_PER_MINUTE


@lived
async def test_links_are_not_guessed_either(world: AccessWorld) -> None:
    newcomer = await world.newcomer()
    for number in range(20):
        assert await refused(world.sign_in.set_up(f"guess-{number}", "Ana", PASSWORD, HERE)) == "unknown_credential"
    with pytest.raises(TooManyAttempts):
        await world.sign_in.set_up(newcomer.link.token, "Ana", PASSWORD, HERE)
    assert await world.sign_in.set_up(newcomer.link.token, "Ana", PASSWORD, ELSEWHERE)


# What must never show


@lived
async def test_no_name_and_no_secret_is_in_what_is_noted_or_printed(world: AccessWorld) -> None:
    ana = await world.somebody("Ana Unmistakable")
    tokens = await world.sign_in.login("Ana Unmistakable", PASSWORD, HERE)
    await refused(world.sign_in.login("Ana Unmistakable", OTHER_PASSWORD, HERE))
    await refused(world.sign_in.login(PASSWORD, "typed into the wrong field", HERE))
    link = await world.do(world.people.link, CENTRAL, ana.account.account_id)
    key = await world.do(world.people.add_key, CENTRAL, "billing", [Permission.LEDGER_READ])
    ticket = world.proofs.ticket_for(await world.proofs.by_session(ana.cookie))
    printed = f"{world.actions()} {ana!r} {tokens!r} {link!r} {key!r} {[ana, tokens, link, key]}"
    secrets = [PASSWORD, OTHER_PASSWORD, ana.cookie, tokens.refresh_token, tokens.access_token, link.token, key.word]
    secrets += [ticket, "Unmistakable", "typed into", ana.account.password_hash or "", world.keys.keys.master.hex()]
    assert not [secret for secret in secrets if secret in printed]
