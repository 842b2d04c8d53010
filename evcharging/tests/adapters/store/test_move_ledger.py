"""A ledger that is moved to another database: from SQLite and PostgreSQL, to SQLite and PostgreSQL."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import count, product
from pathlib import Path

import pytest
from click.testing import CliRunner

from evcharging.adapters.store import Commit, Fenced, Store, StoreUnavailable, StoreUnusable
from evcharging.adapters.store.sql.move import move
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ops.move_ledger import main
from evcharging.domain.records import LEDGER
from evcharging.domain.session import Session
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import BARE, LOG, WHOLE, names, one, order, put, session

MakeUrl = Callable[[str], str]
"""Gives the address of a new database of a kind."""

KINDS = ("sqlite", "postgresql")
WAYS = tuple(product(KINDS, KINDS))


@pytest.fixture
def make_url(tmp_path: Path, postgres: Postgres) -> MakeUrl:
    numbers = count(1)

    def make(kind: str) -> str:
        if kind == "postgresql":
            return postgres.url(postgres.new_database())
        return f"sqlite:///{tmp_path}/{next(numbers)}/central.db"

    return make


def filled(url: str) -> SqlStore:
    """A ledger with something of everything in it, whose newest numbers are given to nothing that is left."""
    store = SqlStore(url, first_epoch=7)
    put(store, *WHOLE, *BARE, session("S-2", stop=5), *(session(f"S-{n}") for n in range(10, 2200)))
    sent = put(store, session("S-2", stop=6), outbox=("a", "b", "c", "d"))
    store.commit(Commit(sent=[sent[1], sent[3]], log_id=LOG, positions={("cp.status", 3): 4, ("cp.status", 0): 1}))
    return store


def answers(store: Store) -> list[object]:
    of_kinds = [(store.select(kind), store.facts(kind), store.page(kind, limit=9)) for kind in LEDGER]
    return [of_kinds, store.unsent(["0"]), store.positions(LOG)]


@pytest.mark.parametrize(("old", "new"), WAYS)
def test_a_ledger_that_was_moved_answers_as_before_and_goes_on(make_url: MakeUrl, old: str, new: str) -> None:
    source, target = make_url(old), make_url(new)
    with closing(filled(source)) as store:
        before, newest = answers(store), store.unsent(["0"])[-1][0] + 1
    told: list[tuple[int, int]] = []
    figures = move(source, target, lambda of, done: told.append((of, done)))
    assert told == sorted(told)
    assert told[-1] == (sum(figures.rows.values()), sum(figures.rows.values()))
    with closing(SqlStore(target)) as store:
        assert answers(store) == before
        assert store.claim(["0", "1"]) == {"0": 10, "1": 1}
        assert store.commit(Commit(outbox=[("0", order("e"))]))[0] > newest
        put(store, session("S-new"))
        assert [record.key for _, record in store.page(Session, limit=1)] == ["S-new"]


@pytest.mark.parametrize("old", KINDS)
def test_who_uses_the_old_ledger_is_fenced_and_cannot_begin_anew(make_url: MakeUrl, old: str) -> None:
    source = make_url(old)
    with closing(filled(source)) as store:
        epochs = store.claim(["0"])
        move(source, make_url("sqlite"))
        with pytest.raises(Fenced):
            store.commit(one(1, epochs))
        with pytest.raises(StoreUnusable, match=r"^The ledger in \S+ was moved to another database: give that one's"):
            store.claim(["0"])
        assert len(store.select(Session)) == 2192
    with pytest.raises(StoreUnusable, match="was moved to another database"):
        SqlStore(source)


@pytest.mark.parametrize("old", KINDS)
def test_nobody_writes_to_a_ledger_while_it_is_moved(make_url: MakeUrl, old: str) -> None:
    source, target = make_url(old), make_url("postgresql")
    filled(source).close()
    with closing(SqlStore(source, patience_s=0.5)) as store:
        epochs = store.claim(["0"])

        tried: list[int] = []

        def write(_: int, done: int) -> None:
            if done > 2000 and not tried:
                tried.append(done)
                with pytest.raises(StoreUnavailable, match="another program has been writing"):
                    store.commit(one(1, epochs))

        move(source, target, write)
        assert tried
    with closing(SqlStore(target)) as moved:
        assert names(moved.unsent(["0"])) == ["a", "c"]


class Interrupted(Exception):
    """As by Ctrl+C."""


@pytest.mark.parametrize(("old", "new"), WAYS)
def test_a_move_that_is_interrupted_anywhere_changes_nothing_and_can_be_done_again(
    make_url: MakeUrl, old: str, new: str
) -> None:
    source, target = make_url(old), make_url(new)
    with closing(filled(source)) as store:
        before = answers(store)
        epochs = store.claim(["0"])
        for place in (1, 2500, 4400):
            with pytest.raises(Interrupted):
                move(source, target, partial(interrupt, place))
        assert answers(store) == before
        assert len(store.commit(one(1, epochs))) == 2
    with closing(SqlStore(target)) as empty:
        assert all(empty.facts(kind) == empty.select(kind) == [] for kind in LEDGER)
        assert empty.unsent(["0"]) == []
    assert move(source, target).rows["facts"] > 2000


def interrupt(place: int, _: int, done: int) -> None:
    if done >= place:
        raise Interrupted


def test_a_move_whose_server_cuts_the_connection_changes_nothing(make_url: MakeUrl, postgres: Postgres) -> None:
    source, target = make_url("sqlite"), make_url("postgresql")
    filled(source).close()
    with pytest.raises(StoreUnavailable, match=r"^Cannot use the database postgresql://\S+ \([^\n]+\): [^\n]+$"):
        move(source, target, lambda _, done: postgres.cut() if done > 2500 else None)
    SqlStore(source).close()
    assert move(source, target).rows["facts"] > 2000


def test_a_copy_that_is_not_like_the_ledger_is_undone(make_url: MakeUrl, postgres: Postgres) -> None:
    source, target = make_url("sqlite"), make_url("postgresql")
    filled(source).close()
    SqlStore(target).close()
    database = target.rpartition("/")[2]
    postgres.ask(LOSE_ONE, database)
    with pytest.raises(StoreUnusable, match="is not like the ledger: it was undone; try again"):
        move(source, target)
    assert postgres.ask("SELECT count(*) FROM facts", database) == [(0,)]
    SqlStore(source).close()


LOSE_ONE = """
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RETURN CASE WHEN NEW.session_id <> 'S-1' THEN NEW END;
END $$;
CREATE TRIGGER lose BEFORE INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION lose()
"""


@pytest.mark.parametrize("new", KINDS)
def test_a_target_that_is_not_empty_is_refused(make_url: MakeUrl, new: str) -> None:
    source, target = make_url("sqlite"), make_url(new)
    filled(source).close()
    with closing(SqlStore(target)) as other:
        other.claim(["7"])
    with pytest.raises(StoreUnusable, match=r"^The database \S+ is not empty: give one without a ledger$"):
        move(source, target)
    SqlStore(source).close()


@pytest.mark.parametrize("old", KINDS)
def test_where_no_ledger_is_nothing_is_moved_and_nothing_made(
    make_url: MakeUrl, tmp_path: Path, postgres: Postgres, old: str
) -> None:
    with pytest.raises(StoreUnusable, match=r"^There is no ledger in \S+: give the address of one$"):
        move(make_url(old), postgres.url(postgres.new_database()))
    assert list(tmp_path.iterdir()) == []


def test_from_where_a_ledger_was_moved_it_can_be_moved_again(make_url: MakeUrl) -> None:
    source = make_url("sqlite")
    filled(source).close()
    first = move(source, make_url("postgresql"))
    assert move(source, make_url("sqlite")) == first


def test_a_ledger_is_not_moved_to_itself(make_url: MakeUrl) -> None:
    source = make_url("sqlite")
    filled(source).close()
    with pytest.raises(StoreUnusable, match="are the same"):
        move(source, source)
    SqlStore(source).close()


# The command


def test_the_command_says_what_it_moved(make_url: MakeUrl) -> None:
    source, target = make_url("sqlite"), make_url("postgresql")
    filled(source).close()
    result = CliRunner().invoke(main, ["--from", source, "--to", target])
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Moved 2 points, 2192 sessions, 1 tickets over €1000000000.00 and -0.000 kWh, and 2201 facts; "
        "give CENTRAL_DB_URL the new address\n"
    )
    again = CliRunner().invoke(main, ["--from", source, "--to", target])
    assert again.exit_code == 1
    assert again.stderr.splitlines()[-1].endswith("is not empty: give one without a ledger")


def test_the_command_refuses_an_address_that_cannot_be_one_and_says_no_password() -> None:
    result = CliRunner().invoke(main, ["--from", "mysql://user:secret@host/name", "--to", "sqlite:///new.db"])
    assert result.exit_code == 1
    assert "Error: A database of the kind mysql is not supported" in result.stderr
    assert "secret" not in result.output
