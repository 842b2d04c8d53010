"""How PostgreSQL is connected to, so that every wait has an end, on our side and on the server's. Loaded where it is
needed."""

import math
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import URL, Engine, create_engine, event

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.sql.troubles import SILENCE

V = TypeVar("V")

ONE_CONNECTION = {"pool_size": 1, "max_overflow": 0}


class ServerSilent(psycopg.OperationalError):
    """The server took a question and is silent."""


class ImpatientConnection(psycopg.Connection[Any]):
    """Gives up on an answer after a while; libpq would wait for a server that hangs as long as it hangs."""

    answer_s = math.inf

    def wait(self, gen: PQGen[V], *args: Any, **named: Any) -> V:
        """The result of a talk with the server; raises ServerSilent."""
        return super().wait(self._within(gen, monotonic() + self.answer_s), *args, **named)

    def _within(self, talk: PQGen[V], until: float) -> PQGen[V]:
        try:
            wanted = next(talk)
            while True:
                ready = yield wanted
                if not ready and monotonic() > until:
                    self.pgconn.finish()
                    raise ServerSilent(f"{SILENCE} {self.answer_s:g} s")
                wanted = talk.send(ready)
        except StopIteration as end:
            result: V = end.value
            return result


def open_postgres(url: URL, patience_s: float, *, writes: bool, unhurried: bool) -> Engine:
    """Connections to a database on a server. `patience_s`: how long a lock is waited for; the other limits follow from
    it, but for `unhurried` work, whose statements take as long as they take."""
    engine = create_engine(
        url.difference_update_query(["options"]),
        connect_args=_limits(url, patience_s, unhurried=unhurried),
        isolation_level="READ COMMITTED" if writes else "AUTOCOMMIT",
        pool_timeout=2 * patience_s,
        use_native_hstore=False,
        **(ONE_CONNECTION if writes else {}),
    )

    def connect(_: Any, __: Any, args: list[Any], named: dict[str, Any]) -> ImpatientConnection:
        connection: ImpatientConnection = ImpatientConnection.connect(*args, **named)
        connection.answer_s = math.inf if unhurried else 2 * patience_s
        return connection

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", _must_be_utf8)
    return engine


def _limits(url: URL, patience_s: float, *, unhurried: bool) -> dict[str, Any]:
    """What the address itself says goes before these. The server lets go of a transaction whose owner stands still
    sooner than others give up waiting for its locks; a machine that is gone is noticed by TCP."""
    patience_ms = round(patience_s * 1000)
    settings = {
        "lock_timeout": patience_ms,
        "statement_timeout": 0 if unhurried else patience_ms * 3 // 2,
        "idle_in_transaction_session_timeout": 0 if unhurried else patience_ms // 2,
        "synchronous_commit": "on",
    }
    options = [f"-c {name}={value}" for name, value in settings.items()]
    limits = {
        "connect_timeout": min(max(2, round(patience_s)), 10),
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "application_name": "evcharging",
    }
    own = {name: value for name, value in limits.items() if name not in url.query}
    return {**own, "options": " ".join([*options, *url.normalized_query.get("options", ())])}


def _must_be_utf8(connection: ImpatientConnection, _: object) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        name = connection.info.dbname
        connection.close()
        raise StoreUnusable(f"The database {name} keeps text in {encoding}: create one with ENCODING 'UTF8'")
