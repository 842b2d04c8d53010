"""Whether a ledger is whole, before it is used: the structure of its file, as far as a few seconds go, and the ends of
its chains. All of it is what an audit is for. Writes nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

from sqlalchemy import Connection, Engine, select

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.chain import link
from evcharging.adapters.store.migrations import is_moved, revision_of
from evcharging.adapters.store.sql_sqlite import read_address, read_sqlite
from evcharging.adapters.store.sql_transactions import run
from evcharging.adapters.store.sql_troubles import place
from evcharging.adapters.store.tables import FACTS, SHARDS

CHECK_S = 5.0
"""How long the structure of a file is looked at; of what that is not enough for, an audit tells."""

PATIENCE_S = 5.0
"""How long others' locks on a file are waited for."""

STEPS = 20_000
"""How many steps SQLite makes before it looks at the clock; some milliseconds."""

NEWEST = 2_000
"""How many facts are held to their chains."""

CHAINED = "0003"
"""The revision that gave facts their hashes."""


def must_be_whole(readers: Engine) -> None:
    """Raises StoreUnusable for a ledger that is damaged or put together from several. `readers` connect to it; a file
    is looked at by other connections, after which it is as before: one that may write would make what is in its log
    part of it, also where that is another one's."""
    engine = readers.execution_options(isolation_level="REPEATABLE READ")
    if readers.dialect.name == "sqlite":
        file = Path(readers.url.database or "")
        if not (file.is_file() and file.stat().st_size):
            return
        engine = read_sqlite(readers.url, PATIENCE_S)
        _refuse_if(broken(file), engine)
    _refuse_if(run(engine, broken_chain), engine)


def _refuse_if(found: str | None, engine: Engine) -> None:
    if found:
        raise StoreUnusable(
            f"The ledger {place(engine.url)} is damaged ({found}): restore a backup with `evcharging restore`, or see "
            "with `evcharging audit` what is wrong with it"
        )


def broken(file: Path, within_s: float = CHECK_S) -> str | None:
    """What is wrong with the structure of a SQLite file, as far as it can be seen in that time."""
    until = monotonic() + within_s
    try:
        with closing(sqlite3.connect(read_address(file), uri=True)) as connection:
            connection.set_progress_handler(lambda: monotonic() > until, STEPS)
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error) if "malformed" in str(error) else None  # other troubles are told when it is opened
    return None if found == "ok" else str(found).splitlines()[-1]


def broken_chain(connection: Connection) -> str | None:
    """What is wrong with the newest facts, and with what the shards say of them."""
    revision = revision_of(connection)
    if revision is None or is_moved(revision) or revision < CHAINED:
        return None
    heads = {shard: head for shard, head in connection.execute(select(SHARDS.c.shard, SHARDS.c.head)) if head}
    return next(_findings(connection, heads), None)


def _findings(connection: Connection, heads: dict[str, str]) -> Iterator[str]:
    names = "fact_id", "hash", "shard", "kind", "key", "body"
    newest = select(*(FACTS.c[name] for name in names)).order_by(FACTS.c.fact_id.desc()).limit(NEWEST)
    later: dict[str, tuple[int, str, tuple[str, str, str, str]]] = {}
    count = 0
    for fact_id, text, *said in connection.execute(newest):
        count += 1
        shard, kind, key, body = said
        after = later.get(shard)
        if after is None and heads.get(shard) != text:
            yield f"its newest fact of shard {shard} is not the one that its shards tell of"
        if after is not None and after[1] != link(text, *after[2]):
            yield f"fact {after[0]} does not follow from the one before"
        later[shard] = fact_id, text, (shard, kind, key, body)
    if count < NEWEST:
        for shard, (fact_id, text, said) in later.items():
            if text != link("", *said):
                yield f"fact {fact_id} of shard {shard} does not follow from a beginning"
        for shard in sorted(heads.keys() - later.keys()):
            yield f"the facts of shard {shard} are missing"
