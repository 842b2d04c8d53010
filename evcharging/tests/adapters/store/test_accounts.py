"""People and keys in memory, in a file and on PostgreSQL keep one contract, beside the ledger that they belong to."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, StoreUnusable
from evcharging.adapters.store.accounts import ACCESS_SHARD, NameTaken
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.sql.move import move
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.people import LinkPurpose
from evcharging.domain.charging_point import Point
from evcharging.tests.contracts.account_changes_contract import StoreWithAccounts
from evcharging.tests.contracts.accounts_contract import AccountsContract
from evcharging.tests.stages.audit_world import audit
from evcharging.tests.stages.backup_stage import FILE, LEDGER, backup, restore
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.people import (
    action,
    add,
    admin,
    card,
    console_session,
    heir,
    link,
    machine_key,
    person,
    refresh_token,
)
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import NOW


class TestMemoryAccounts(AccountsContract):
    def open(self, folder: Path) -> StoreWithAccounts:
        return MemoryStore(keep_facts=True)


class TestSqliteAccounts(AccountsContract):
    def open(self, folder: Path) -> StoreWithAccounts:
        return SqlStore(empty_ledger(folder / "central.db"))


class TestPostgresAccounts(AccountsContract):
    @pytest.fixture(autouse=True)
    def find_ledger(self, ledger: str, tmp_path: Path) -> None:
        (tmp_path / "url").write_text(ledger)

    def open(self, folder: Path) -> StoreWithAccounts:
        return SqlStore((folder / "url").read_text())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return empty_ledger(tmp_path / "central.db")
    found: str = request.getfixturevalue("ledger")
    return found


def answers(store: SqlStore) -> list[object]:
    """All that can be asked of people and keys without changing them."""
    kept = store.accounts
    return [
        kept.accounts(), kept.machine_keys(), kept.identities(), kept.session("session-1"), kept.version(),
        kept.cards("acc-2"), kept.has_admin(), store.facts(OperatorAction),
    ]  # fmt: skip


def filled(url: str) -> list[object]:
    with closing(SqlStore(url)) as store:
        kept = store.accounts
        add(kept, admin(1), person(2), person(3))
        kept.open_session(console_session(), action())
        kept.issue(refresh_token())
        kept.add_link(link(), action())
        kept.put_machine_key(machine_key(), action())
        kept.put_identity(Identity(kind=KeyKind.POINT, id="CP-001"), action())
        kept.put_cards("acc-2", [card(1, of="acc-2")], action(), before=[])
        kept.erase("acc-3", action())
        return answers(store)


def must_be_whole(store: SqlStore) -> None:
    """What only shows when it is used."""
    assert store.accounts.spend("token-1", NOW, heir()) is not None
    assert store.accounts.use_link("link-1", LinkPurpose.RESET, NOW) is not None
    with pytest.raises(NameTaken):
        add(store.accounts, person(3))


def test_people_and_keys_last(url: str) -> None:
    before = filled(url)
    with closing(SqlStore(url)) as store:
        assert answers(store) == before
        must_be_whole(store)


def test_what_was_done_to_people_is_in_the_chain_and_audits_clean(url: str) -> None:
    filled(url)
    report = audit(url)
    assert (report.findings, report.remarks) == ([], [])
    assert [(head.shard, head.facts) for head in report.heads] == [(ACCESS_SHARD, 9)]


def test_people_change_while_a_host_commits_and_nothing_of_either_is_lost(url: str) -> None:
    with closing(SqlStore(url)) as store:
        epochs = store.claim(["0"])

        def host(_: int) -> None:
            for number in range(60):
                store.commit(Commit(epochs=epochs, records=[("0", Point(cp_id=f"CP-{number}"))], serial=number + 1))

        def people(part: int) -> None:
            for number in range(20):
                add(store.accounts, person(100 * part + number))

        with ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(host, 0), pool.submit(people, 1), pool.submit(people, 2)]:
                done.result()
        assert (len(store.select(Point)), len(store.accounts.accounts())) == (60, 40)
    assert audit(url).findings == []


def test_several_centrals_share_people_and_each_sees_what_another_did(url: str) -> None:
    with closing(SqlStore(url)) as one, closing(SqlStore(url)) as other:
        seen = other.accounts.version()

        def fill(central: SqlStore, first: int) -> None:
            add(central.accounts, *(person(number) for number in range(first, first + 10)))

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(fill, (one, other), (0, 10))) == [None, None]
        assert one.accounts.accounts() == other.accounts.accounts()
        assert one.accounts.version() == other.accounts.version() > seen
    assert audit(url).findings == []


NAME, HASH = "Wilhelmina Unmistakable", "$argon2id$unmistakable-hash"


def test_nothing_in_the_files_says_the_name_of_somebody_who_was_erased(tmp_path: Path) -> None:
    url = empty_ledger(tmp_path / "central.db")
    with closing(SqlStore(url)) as store:
        add(store.accounts, admin(0), *(person(number) for number in range(1, 150)))
        for number in range(150, 250, 10):
            add(store.accounts, person(number, name=f"{NAME} {number}"))
        for number in range(150, 250, 10):
            store.accounts.change(person(number, name=f"{number} {NAME} {HASH} twice"), action())
        assert NAME.encode() in content(tmp_path)
        for number in range(150, 250, 10):
            store.accounts.erase(f"acc-{number}", action())
        assert not [word for word in (NAME, NAME.casefold(), HASH) if word.encode() in content(tmp_path)]
    assert not [word for word in (NAME, NAME.casefold(), HASH) if word.encode() in content(tmp_path)]


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_no_row_on_postgresql_says_the_name_of_somebody_who_was_erased(postgres: Postgres, ledger: str) -> None:
    with closing(SqlStore(ledger)) as store:
        add(store.accounts, admin(0), person(1, name=NAME))
        store.accounts.erase("acc-1", action())
    tables = postgres.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "ledger")
    rows = [postgres.ask(f"TABLE {table}", "ledger") for (table,) in tables]
    assert NAME.casefold() not in str(rows).casefold()


@pytest.mark.parametrize(("source", "target"), list(product(["sqlite", "postgresql"], repeat=2)))
def test_a_ledger_that_is_moved_takes_its_people_along(
    source: str, target: str, tmp_path: Path, postgres: Postgres
) -> None:
    url, other = (
        f"sqlite:///{tmp_path}/{number}.db" if kind == "sqlite" else postgres.url(postgres.new_database())
        for number, kind in enumerate((source, target))
    )
    before = filled(url)
    with closing(SqlStore(url)) as old:
        assert move(url, other).rows["accounts"] == 2
        with pytest.raises(StoreUnusable, match="was moved to another database"):
            add(old.accounts, person(9))
    with closing(SqlStore(other)) as store:
        assert answers(store) == before
        must_be_whole(store)
    assert audit(other).findings == []


@pytest.fixture
def network(alone: None) -> Iterator[list[object]]:
    empty_ledger(Path("data/central.db"))
    yield filled(LEDGER)


def test_a_ledger_that_is_restored_has_its_people_again(network: list[object]) -> None:
    assert backup(FILE).exit_code == 0
    with closing(SqlStore(LEDGER)) as store:
        store.accounts.erase("acc-2", action())
    assert restore(FILE, "--yes").exit_code == 0
    with closing(SqlStore(LEDGER)) as store:
        assert answers(store) == network
        must_be_whole(store)
