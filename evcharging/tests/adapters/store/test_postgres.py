"""The ledger on a real PostgreSQL whose connections break, and that hangs and dies."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from time import monotonic, sleep
from typing import TypeVar

import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Session
from evcharging.tests.stages.postgres import QUICK, USER, Postgres, running_postgres
from evcharging.tests.stages.postgres_proxy import Proxy, proxy_to
from evcharging.tests.stages.store_world import names, one, put, session, wait_until

PATIENCE_S = 0.4
WAIT_S = 60.0
T = TypeVar("T")
AWAY = r"^Cannot use the database postgresql://postgres:\*\*\*@[^ ]+/test_\d \(Connection refused\): check [^\n]+$"


@pytest.fixture
def store(ledger: str) -> Iterator[SqlStore]:
    with closing(SqlStore(ledger, patience_s=PATIENCE_S)) as store:
        yield store


@pytest.fixture
def proxy(postgres: Postgres) -> Iterator[Proxy]:
    with proxy_to(postgres.port) as proxy:
        yield proxy


@pytest.fixture
def far(ledger: str, postgres: Postgres, proxy: Proxy) -> Iterator[SqlStore]:
    """A store whose server is beyond the proxy."""
    with closing(SqlStore(postgres.url("ledger", port=proxy.port), patience_s=PATIENCE_S)) as store:
        yield store


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    """A server of its own, for tests that kill or pause it."""
    with running_postgres(**QUICK) as server:
        yield server


# Answers that are lost


@pytest.mark.parametrize("lost", [["answer"], ["question"], ["question", "answer"], ["answer", "answer"]])
def test_a_commit_whose_answer_or_question_is_lost_is_done_once_and_nobody_notices(
    far: SqlStore, proxy: Proxy, lost: list[str]
) -> None:
    epochs = far.claim(["0"])
    proxy.loses = [*lost]
    numbers = far.commit(one(1, epochs))
    assert proxy.loses == []
    assert far.facts(Session) == [session("1")]
    assert [number for number, _ in far.unsent(["0"])] == numbers
    assert names(far.unsent(["0"])) == ["1a", "1b"]


@pytest.mark.parametrize("lost", ["answer", "question"])
def test_a_commit_whose_server_is_gone_after_it_is_done_once_when_it_is_given_again(
    far: SqlStore, proxy: Proxy, lost: str
) -> None:
    commit = one(1, far.claim(["0"]))
    proxy.loses, proxy.is_open = [lost], False
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match=r"^Cannot use the database postgresql://\S+ \([^\n]+\): [^\n]+$"):
            far.commit(commit)
    proxy.is_open = True
    numbers = far.commit(commit)
    assert len(far.facts(Session)) == 1
    assert [number for number, _ in far.unsent(["0"])] == numbers
    assert far.commit(one(2, commit.epochs)) > numbers


def test_a_commit_that_must_not_be_given_again_is_not(far: SqlStore, proxy: Proxy) -> None:
    epochs = far.claim(["0"])
    proxy.loses = ["answer"]
    with pytest.raises(StoreUnavailable):
        far.commit(one(0, epochs))
    assert names(far.unsent(["0"])) == ["0a", "0b"]


# Servers that cut, die and hang


class Host:
    """Claims its shard and commits all along, one after the other, and asks again until there is an answer."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.said: list[str] = []
        self.numbers: list[int] = []
        self.is_enough = False

    def run(self) -> None:
        epochs = self._answered(lambda: self.store.claim(["0"]))
        for serial in count(1):
            if self.is_enough:
                return
            commit = one(serial, epochs)
            self.numbers += self._answered(partial(self.store.commit, commit))
            self.said += [f"{serial}a", f"{serial}b"]

    def _answered(self, question: Callable[[], T]) -> T:
        end = monotonic() + WAIT_S
        while True:
            try:
                return question()
            except StoreUnavailable:
                assert monotonic() < end
                sleep(0.005)

    def goes_on(self) -> None:
        """Wait for another commit or two."""
        before = len(self.said)
        wait_until(lambda: len(self.said) > before + 2)

    def assert_all_is_there_once(self) -> None:
        assert names(self.store.unsent(["0"])) == self.said
        assert [number for number, _ in self.store.unsent(["0"])] == self.numbers
        assert [record.key for record in self.store.facts(Session)] == [name[:-1] for name in self.said[::2]]


@contextmanager
def committing(store: SqlStore) -> Iterator[Host]:
    host = Host(store)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(host.run)
        try:
            yield host
        finally:
            host.is_enough = True
            running.result(WAIT_S)
    host.assert_all_is_there_once()


def test_connections_that_are_cut_at_any_moment_lose_and_double_nothing(store: SqlStore, postgres: Postgres) -> None:
    with committing(store) as host:
        for _ in range(20):
            host.goes_on()
            postgres.cut()


def test_a_server_that_is_killed_while_it_commits_loses_and_doubles_nothing(mortal: Postgres) -> None:
    with closing(SqlStore(mortal.url(mortal.new_database()))) as store, committing(store) as host:
        for _ in range(3):
            host.goes_on()
            mortal.kill()
            mortal.start()
        host.goes_on()


def test_a_server_that_hangs_is_given_up_and_a_commit_it_held_is_done_once(mortal: Postgres) -> None:
    with closing(SqlStore(mortal.url(mortal.new_database()), patience_s=PATIENCE_S)) as store:
        commit = one(1, store.claim(["0"]))
        mortal.pause()
        try:
            with pytest.raises(StoreUnavailable, match=r"no answer within 0.8 s\): see what holds the server up"):
                store.commit(commit)
            with pytest.raises(StoreUnavailable, match=r"no answer within 0.8 s"):
                store.select(Session)
        finally:
            mortal.resume()
        numbers = store.commit(commit)
        assert [number for number, _ in store.unsent(["0"])] == numbers
        assert len(store.facts(Session)) == 1


def test_a_server_that_was_started_anew_is_not_noticed(mortal: Postgres) -> None:
    with closing(SqlStore(mortal.url(mortal.new_database()))) as store:
        put(store, session("1"))
        mortal.stop()
        mortal.start()
        assert store.select(Session) == [session("1")]
        mortal.stop()
        mortal.start()
        put(store, session("2"))
        assert store.facts(Session) == [session("1"), session("2")]


def test_a_server_that_is_away_is_told_in_one_sentence_without_its_password(mortal: Postgres) -> None:
    url = mortal.url(mortal.new_database(), user=f"{USER}:secret")
    with closing(SqlStore(url)) as store:
        mortal.stop()
        try:
            for ask in (lambda: store.claim(["0"]), lambda: store.select(Session), lambda: SqlStore(url).close()):
                with pytest.raises(StoreUnavailable, match=AWAY) as trouble:
                    ask()
                assert "secret" not in str(trouble.value)
        finally:
            mortal.start()
        assert store.claim(["0"]) == {"0": 1}
