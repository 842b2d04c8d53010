"""The contract of people and keys in sentences, where they change: each change is noted, and of many at once one comes
first."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from evcharging.adapters.store import Store, Taken
from evcharging.adapters.store.accounts import Accounts, LastAdministrator, NameTaken, Overtaken
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.people import (
    Account,
    LinkPurpose,
    OneTimeLink,
)
from evcharging.tests.stages.people import (
    action,
    add,
    admin,
    card,
    console_session,
    grows,
    heir,
    link,
    machine_key,
    person,
    refresh_token,
)
from evcharging.tests.stages.store_world import LATER

T = TypeVar("T")
THREADS = 8
POINT = Identity(kind=KeyKind.POINT, id="CP-001")


class StoreWithAccounts(Store, Protocol):
    """A ledger that has people and keys beside it."""

    @property
    def accounts(self) -> Accounts: ...


class AccountChangesContract:
    """What holds of every change. A subclass says how it is opened."""

    def open(self, folder: Path) -> StoreWithAccounts:
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[StoreWithAccounts]:
        store = self.open(tmp_path)
        yield store
        store.close()

    @pytest.fixture
    def accounts(self, store: StoreWithAccounts) -> Accounts:
        return store.accounts

    # What is noted

    def test_every_change_and_every_refusal_is_a_fact(self, store: StoreWithAccounts) -> None:
        accounts, noted = store.accounts, [action(f"action-{number}") for number in range(9)]
        accounts.add(person(1), noted[0])
        accounts.change(person(1, role="operator"), noted[1])
        accounts.open_session(console_session(), noted[2])
        accounts.close_session("session-1", noted[3])
        accounts.end_family("family-1", noted[4])
        accounts.add_link(link(), noted[5])
        accounts.put_machine_key(machine_key(), noted[6])
        accounts.note(noted[7])
        accounts.erase("acc-1", noted[8])
        assert store.facts(OperatorAction) == store.select(OperatorAction) == noted

    def test_what_is_refused_leaves_no_fact(self, store: StoreWithAccounts) -> None:
        add(store.accounts, admin(1))
        before = store.facts(OperatorAction)
        with pytest.raises(NameTaken):
            add(store.accounts, admin(1))
        with pytest.raises(LastAdministrator):
            store.accounts.erase("acc-1", action())
        assert store.facts(OperatorAction) == before

    def test_an_action_that_is_given_again_changes_nothing(self, store: StoreWithAccounts) -> None:
        first = action()
        store.accounts.add(person(1), first)
        version = store.accounts.version()
        store.accounts.add(person(1), first)
        store.accounts.erase("acc-1", first)
        assert (list(store.accounts.accounts()), store.facts(OperatorAction)) == ([person(1)], [first])
        assert store.accounts.version() == version
        with pytest.raises(Taken):
            store.accounts.note(changed(first, subject="another"))

    def test_the_version_grows_with_what_others_must_not_have_in_mind_any_more(self, accounts: Accounts) -> None:
        assert grows(accounts, lambda: add(accounts, person(1), person(2)))
        assert grows(accounts, lambda: accounts.change(person(1, role="operator"), action()))
        assert not grows(accounts, lambda: accounts.open_session(console_session(), action()))
        assert not grows(accounts, lambda: accounts.see_session("session-1", LATER))
        assert grows(accounts, lambda: accounts.close_session("session-1", action()))
        assert grows(accounts, lambda: accounts.end_family("family-1", action()))
        assert grows(accounts, lambda: accounts.put_machine_key(machine_key(), action()))
        assert grows(accounts, lambda: accounts.put_identity(POINT, action()))
        assert grows(accounts, lambda: accounts.put_identity(changed(POINT, version=2), action()))
        assert grows(accounts, lambda: accounts.put_identity(changed(POINT, in_use=2), None))
        assert not grows(accounts, lambda: accounts.put_identity(changed(POINT, in_use=2), None))
        assert not grows(accounts, lambda: accounts.note(action()))
        assert grows(accounts, lambda: accounts.erase("acc-1", action()))

    # Many at once

    def test_of_many_who_want_a_name_at_once_one_has_it(self, store: StoreWithAccounts) -> None:
        def want(number: int) -> bool:
            try:
                add(store.accounts, person(number, name="Ana"))
            except NameTaken:
                return False
            return True

        assert sum(at_once(want)) == len(store.facts(OperatorAction)) == 1

    def test_of_many_who_change_cards_at_once_one_does_and_the_others_look_again(self, accounts: Accounts) -> None:
        add(accounts, person())

        def want(number: int) -> bool:
            try:
                accounts.put_cards("acc-1", [card(number)], action("add_card"), before=[])
            except Overtaken:
                return False
            return True

        assert sum(at_once(want)) == len(accounts.cards("acc-1")) == 1

    def test_of_many_who_use_a_token_at_once_one_had_it_unused(self, accounts: Accounts) -> None:
        add(accounts, person())
        accounts.issue(refresh_token())
        spent = at_once(lambda number: accounts.spend("token-1", LATER, heir(f"heir-{number}")))
        assert sum(each is not None and each[0].used_at is None for each in spent) == 1
        heirs = [accounts.spend(f"heir-{number}", LATER, heir(f"next-{number}")) for number in range(THREADS)]
        assert sum(each is not None for each in heirs) == 1

    def test_of_many_who_use_a_link_at_once_one_does(self, accounts: Accounts) -> None:
        accounts.add_link(link(), action())
        used: list[OneTimeLink | None] = at_once(lambda _: accounts.use_link("link-1", LinkPurpose.RESET, LATER))
        assert sum(each is not None for each in used) == 1

    def test_of_administrators_who_demote_one_another_at_once_one_is_left(self, accounts: Accounts) -> None:
        add(accounts, *(admin(number) for number in range(THREADS)))

        def demote(number: int) -> Account | None:
            demoted = changed(admin(number), role="viewer")
            try:
                accounts.change(demoted, action(), before=admin(number))
            except LastAdministrator:
                return admin(number)
            return None

        left = [each for each in at_once(demote) if each]
        assert len(left) == 1
        assert list(accounts.accounts(role="admin")) == left

    def test_no_token_of_a_family_is_left_that_ends_while_it_is_used(self, accounts: Accounts) -> None:
        add(accounts, person())
        for round_number in range(5):
            family = f"family-{round_number}"
            accounts.issue(refresh_token(f"{family}-0", family=family))

            def use_or_end(number: int, family: str = family) -> None:
                if number % 2:
                    accounts.end_family(family, action())
                else:
                    accounts.spend(f"{family}-0", LATER, heir(f"{family}-heir"))

            at_once(use_or_end)
            assert accounts.spend(f"{family}-heir", LATER, heir(f"{family}-next")) is None


def at_once(do: Callable[[int], T]) -> list[T]:
    """What several threads get that do something at the same time."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(do, range(THREADS)))
