"""Who somebody is, by what they bring: it counts as long as it should, and no longer, at every Central."""

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Never

import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.accounts import LastAdministrator
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.access.remembered import EVERY_S, MOST, Remembered
from evcharging.apps.shell.people import BadChoice, NoSuchAccount, NoSuchKey
from evcharging.apps.shell.same_keys import CENTRAL
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.utils import changed
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.modes import Auth, Mode
from evcharging.domain.access.permissions import OF_ROLE, SCOPES, AccountRole, Permission
from evcharging.tests.stages.access_world import HERE, PASSWORD, AccessWorld, Hands, hash_quickly, lived, refused
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.people import action, add, person
from evcharging.tests.stages.store_world import NOW

POINT = Identity(kind=KeyKind.POINT, id="CP-001")


# Sessions


@lived
async def test_a_session_counts_for_two_hours_after_it_was_seen_last_and_for_twelve_in_all(world: AccessWorld) -> None:
    idle = await world.somebody()
    world.turn(hours=1, minutes=59)
    assert await world.proofs.by_session(idle.cookie)
    world.turn(hours=2)
    assert await refused(world.proofs.by_session(idle.cookie)) == "expired"
    busy = await world.sign_in.console("Ana", PASSWORD, HERE)
    for _ in range(11):
        world.turn(hours=1)
        assert await world.proofs.by_session(busy.cookie)
    world.turn(hours=1)
    assert await refused(world.proofs.by_session(busy.cookie)) == "expired"


@lived
async def test_what_is_no_session_is_nobodys(world: AccessWorld) -> None:
    for token in ("", "x", "é" * 100, "' OR 1=1 --"):
        assert await refused(world.proofs.by_session(token)) == "unknown_credential"


@lived
async def test_another_role_counts_at_once_in_a_session_and_a_token(world: AccessWorld) -> None:
    await world.somebody()
    bea = await world.somebody("Bea", AccountRole.OPERATOR)
    tokens = await world.sign_in.login("Bea", PASSWORD, HERE)
    before = await world.proofs.by_session(bea.cookie)
    assert before.permissions == OF_ROLE[AccountRole.OPERATOR]
    await world.do(world.people.change, CENTRAL, bea.account.account_id, role=AccountRole.VIEWER)
    for who in (await world.proofs.by_session(bea.cookie), await world.proofs.by_bearer(tokens.access_token)):
        assert (who.actor.role, who.permissions) == ("viewer", OF_ROLE[AccountRole.VIEWER])
    assert await refused(world.proofs.still(before, NOW)) == "revoked"


# Several Centrals


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return empty_ledger(tmp_path / "central.db")
    found: str = request.getfixturevalue("ledger")
    return found


async def mode_at(world: AccessWorld) -> Mode:
    await world.proofs.look()
    return world.proofs.mode


def test_what_is_revoked_at_one_central_is_refused_at_another_within_five_seconds(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    hands = Hands()
    with closing(SqlStore(url)) as stored, closing(SqlStore(url)) as shared:
        one, other = (AccessWorld(tmp_path, store, hands=hands) for store in (stored, shared))

        async def live() -> None:
            modes = [await mode_at(other)]
            ana, bea = await one.somebody(), await one.somebody("Bea", AccountRole.VIEWER)
            tokens = await one.sign_in.login("Bea", PASSWORD, HERE)
            key = await one.do(one.people.add_key, CENTRAL, "billing", [Permission.LEDGER_READ])
            one.turn(seconds=EVERY_S)
            modes.append(await mode_at(other))
            assert modes == [Mode.OPEN, Mode.SECURE]
            for coming in (
                other.proofs.by_session(ana.cookie),
                other.proofs.by_session(bea.cookie),
                other.proofs.by_bearer(tokens.access_token),
                other.proofs.by_bearer(key.word),
            ):
                assert await coming
            await one.sign_in.leave(await one.proofs.by_session(ana.cookie))
            await one.do(one.people.change, CENTRAL, bea.account.account_id, disabled=True)
            await one.do(one.people.revoke_key, CENTRAL, key.key.key_id)
            assert await other.proofs.by_bearer(key.word), "what was read a moment ago counts for a moment"
            one.turn(seconds=EVERY_S)
            assert await refused(other.proofs.by_session(ana.cookie)) == "unknown_credential"
            assert await refused(other.proofs.by_session(bea.cookie)) == "unknown_credential"
            assert await refused(other.proofs.by_bearer(tokens.access_token)) == "revoked"
            assert await refused(other.proofs.by_bearer(key.word)) == "revoked"

        asyncio.run(live())
        one.close()
        other.close()
    assert EVERY_S < 5


def test_a_session_that_is_used_at_one_central_is_not_idle_at_another(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    hands = Hands()
    with closing(SqlStore(url)) as stored, closing(SqlStore(url)) as shared:
        one, other = (AccessWorld(tmp_path, store, hands=hands) for store in (stored, shared))

        async def live() -> None:
            ana = await one.somebody()
            assert await other.proofs.by_session(ana.cookie)
            for _ in range(3):
                hands.turn(timedelta(hours=1))
                assert await one.proofs.by_session(ana.cookie)
            assert await other.proofs.by_session(ana.cookie)

        asyncio.run(live())
        one.close()
        other.close()


# Machine keys


@lived
async def test_a_machine_key_may_do_what_its_scopes_say_until_it_expires(world: AccessWorld) -> None:
    until = NOW + timedelta(days=1)
    key = await world.do(world.people.add_key, CENTRAL, "Prometheus", [Permission.METRICS_READ], until)
    who = await world.proofs.by_bearer(key.word)
    assert (who.actor.kind, who.actor.id, set(who.permissions)) == (
        ActorKind.MACHINE,
        key.key.key_id,
        {Permission.METRICS_READ},
    )
    used = world.accounts.machine_key(key.key.key_id)
    assert used is not None and used.last_used_at == NOW
    world.turn(seconds=59)
    assert await world.proofs.by_bearer(key.word)
    assert world.accounts.machine_key(key.key.key_id) == used
    world.turn(days=1)
    assert await refused(world.proofs.by_bearer(key.word)) == "expired"


@lived
async def test_a_machine_key_that_was_revoked_or_is_none_does_not_count(world: AccessWorld) -> None:
    key = await world.do(world.people.add_key, CENTRAL, "billing", [Permission.LEDGER_READ])
    who = await world.proofs.by_bearer(key.word)
    for word in (f"{key.word[:-1]}!", "evk_", f"evk_{key.key.key_id}_{'x' * 43}", f"evk_unknown_{key.word[-43:]}"):
        assert await refused(world.proofs.by_bearer(word)) == "unknown_credential"
    await world.do(world.people.revoke_key, CENTRAL, key.key.key_id)
    assert await refused(world.proofs.by_bearer(key.word)) == "revoked"
    assert await refused(world.proofs.still(who, NOW)) == "revoked"
    assert (await world.do(world.people.revoke_key, CENTRAL, key.key.key_id)).revoked_at == NOW
    with pytest.raises(NoSuchKey):
        await world.do(world.people.revoke_key, CENTRAL, "none")


@lived
async def test_a_machine_key_makes_no_people_and_no_keys(world: AccessWorld) -> None:
    assert Permission.PEOPLE_WRITE not in SCOPES
    for scopes in ([Permission.PEOPLE_WRITE], [Permission.OWN_WRITE, Permission.LEDGER_READ], []):
        with pytest.raises(BadChoice):
            await world.do(world.people.add_key, CENTRAL, "billing", scopes)
    with pytest.raises(BadChoice):
        await world.do(world.people.add_key, CENTRAL, "billing", [Permission.LEDGER_READ], NOW)


# Tickets


@lived
async def test_a_ticket_counts_once_and_for_thirty_seconds(world: AccessWorld) -> None:
    ana = await world.somebody()
    who = await world.proofs.by_session(ana.cookie)
    ticket = world.proofs.ticket_for(who)
    assert await world.proofs.by_ticket(ticket) == who
    assert await refused(world.proofs.by_ticket(ticket)) == "unknown_credential"
    late, in_time = world.proofs.ticket_for(who), world.proofs.ticket_for(who)
    world.turn(seconds=29.9)
    assert await world.proofs.by_ticket(in_time) == who
    world.turn(seconds=0.1)
    assert await refused(world.proofs.by_ticket(late)) == "unknown_credential"
    assert await refused(world.proofs.by_ticket("x")) == "unknown_credential"


@lived
async def test_a_ticket_of_somebody_who_was_sent_away_does_not_count(world: AccessWorld) -> None:
    ana = await world.somebody()
    who = await world.proofs.by_session(ana.cookie)
    ticket = world.proofs.ticket_for(who)
    await world.sign_in.leave(who)
    assert await refused(world.proofs.by_ticket(ticket)) == "unknown_credential"


@lived
async def test_tickets_that_nobody_uses_are_forgotten(world: AccessWorld) -> None:
    who = Who(Actor(kind=ActorKind.SYSTEM, id="central", via="test"), frozenset())
    first = world.proofs.ticket_for(who)
    for _ in range(10_000):
        world.proofs.ticket_for(who)
    assert len(world.proofs._tickets) == 10_000
    assert await refused(world.proofs.by_ticket(first)) == "unknown_credential"


# Modes, and what was read a moment ago


@pytest.mark.parametrize(
    ("auth", "is_local", "mode"),
    [
        (Auth.AUTO, True, Mode.OPEN),
        (Auth.AUTO, False, Mode.SECURE),
        (Auth.ON, True, Mode.SECURE),
        (Auth.OFF, False, Mode.OPEN),
    ],
)
def test_the_mode_is_by_the_table(tmp_path: Path, auth: Auth, is_local: bool, mode: Mode) -> None:
    world = AccessWorld(tmp_path, auth=auth, is_local=is_local)
    asyncio.run(world.proofs.look())
    assert (world.proofs.mode, world.proofs.needs_setup) == (mode, mode is Mode.SECURE)
    world.close()


def test_until_it_is_known_whether_there_is_an_administrator_nobody_may_do_anything(tmp_path: Path) -> None:
    world = AccessWorld(tmp_path)
    assert world.proofs.mode is Mode.SECURE
    world.close()


@lived
async def test_an_administrator_whom_others_have_made_turns_central_secure_while_it_runs(world: AccessWorld) -> None:
    await world.proofs.look()
    running = asyncio.create_task(world.run())
    await asyncio.sleep(0)
    made = world.people.add(CENTRAL, "Ana", AccountRole.ADMIN)
    world.accounts.change(changed(made.account, password_hash="a hash"), action())
    world.turn(seconds=EVERY_S)
    await world.proofs.look()
    assert world.proofs.mode is Mode.SECURE
    running.cancel()


@lived
async def test_what_the_last_administrator_is_asked_for_is_refused(world: AccessWorld) -> None:
    ana = await world.somebody()
    account_id = ana.account.account_id
    with pytest.raises(LastAdministrator):
        await world.do(world.people.change, CENTRAL, account_id, disabled=True)
    with pytest.raises(LastAdministrator):
        await world.do(world.people.change, CENTRAL, account_id, role=AccountRole.VIEWER)
    with pytest.raises(LastAdministrator):
        await world.do(world.people.erase, CENTRAL, account_id)
    with pytest.raises(BadChoice, match="A driver's account is for charging alone"):
        await world.do(world.people.change, CENTRAL, account_id, role=AccountRole.DRIVER)
    with pytest.raises(NoSuchAccount):
        await world.do(world.people.erase, CENTRAL, "acc-none")
    assert await world.do(world.people.change, CENTRAL, account_id, role=AccountRole.ADMIN) == ana.account


@lived
async def test_nothing_is_asked_of_the_store_for_what_was_read_a_moment_ago(world: AccessWorld) -> None:
    ana = await world.somebody()
    await world.proofs.by_session(ana.cookie)

    def unreachable(*_: object) -> Never:
        raise StoreUnavailable("the store is away")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("version", "session", "account"):
            patch.setattr(world.accounts, name, unreachable)
        for _ in range(100):
            assert await world.proofs.by_session(ana.cookie)
        world.turn(seconds=EVERY_S)
        with pytest.raises(StoreUnavailable):
            await world.proofs.by_session(ana.cookie)
    assert await world.proofs.by_session(ana.cookie)


def test_what_was_read_while_others_changed_it_is_not_kept() -> None:
    accounts = MemoryStore().accounts
    remembered = Remembered(accounts, Hands().moment)

    def read_of_before() -> str:
        add(accounts, person())
        remembered.look(now=True)
        return "before"

    assert remembered.get(("account", "a"), read_of_before) == "before"
    assert remembered.get(("account", "a"), lambda: "after") == "after"
    assert remembered.get(("account", "a"), lambda: "never read") == "after"


def test_of_much_that_was_read_the_oldest_is_forgotten() -> None:
    remembered = Remembered(MemoryStore().accounts, Hands().moment)
    for number in range(MOST + 1):
        remembered.get(("account", number), lambda: True)
    assert remembered.known(("account", 0)) == (False, None)
    assert remembered.known(("account", MOST)) == (True, True)
