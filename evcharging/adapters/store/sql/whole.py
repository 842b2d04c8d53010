"""Whether a ledger is whole, before it is used: the structure of its file, as far as a few seconds go, and the ends of
its chains. All of it is what an audit is for. Writes nothing."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from functools import partial
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.chain import BEGINNING, link
from evcharging.adapters.store.files import beside
from evcharging.adapters.store.sql.engine import at_one_moment
from evcharging.adapters.store.sql.migrations import is_moved, revision_of
from evcharging.adapters.store.sql.sqlite import read_address, read_sqlite
from evcharging.adapters.store.sql.sqlite_file import LOG
from evcharging.adapters.store.sql.tables import FACTS, SHARDS
from evcharging.adapters.store.sql.transactions import run
from evcharging.adapters.store.sql.troubles import place

CHECK_S = 5.0
"""How long the structure of a file is looked at; of what that is not enough for, an audit tells."""

PATIENCE_S = 5.0
"""How long others' locks on a file are waited for."""

STEPS = 20_000
"""How many steps SQLite makes before it looks at the clock; some milliseconds."""

NEWEST = 2_000
"""How many facts are held to their chains after an end in good order. After another end, when something is left in the
log beside the file, it is as many as the time is enough for."""

CHAINED = "0003"
"""The revision that gave facts their hashes."""


class _Fact(NamedTuple):
    fact_id: int
    hash: str
    shard: str
    kind: str
    key: str
    body: str

    def follows(self, previous: str) -> bool:
        """Whether it is the next one after the fact with this hash."""
        return self.hash == link(previous, self.shard, self.kind, self.key, self.body)


def must_be_whole(readers: Engine) -> None:
    """Raises StoreUnusable for a ledger that is damaged or put together from several. `readers` connect to it; a file
    is looked at by other connections, after which it is as before: one that may write would make what is in its log
    part of it, also where that is another one's."""
    if readers.dialect.name != "sqlite":
        _refuse_if(run(at_one_moment(readers), broken_chain), readers)
        return
    file = Path(readers.url.database or "")
    if file.is_file() and file.stat().st_size:
        log = beside(file, LOG)
        ended_well = not (log.exists() and log.stat().st_size)
        _refuse_if(broken(file), readers)
        chains = partial(broken_chain, within_s=0.0 if ended_well else CHECK_S)
        _refuse_if(run(read_sqlite(readers.url, PATIENCE_S), chains), readers)


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


def broken_chain(connection: Connection, within_s: float = 0.0) -> str | None:
    """What is wrong with the newest facts, as many as that time is enough for, and with what the shards say of them."""
    revision = revision_of(connection)
    if revision is None or is_moved(revision) or revision < CHAINED:
        return None
    heads = {shard: head for shard, head in connection.execute(select(SHARDS.c.shard, SHARDS.c.head)) if head}
    with closing(_findings(connection, heads, monotonic() + within_s)) as findings:
        return next(findings, None)


def _findings(connection: Connection, heads: dict[str, str], until: float) -> Generator[str, None, None]:
    newest = select(*(FACTS.c[name] for name in _Fact._fields)).order_by(FACTS.c.fact_id.desc())
    later: dict[str, _Fact] = {}
    with connection.execution_options(stream_results=True, yield_per=NEWEST).execute(newest) as rows:
        for count, row in enumerate(rows, 1):
            fact = _Fact(*row)
            after = later.get(fact.shard)
            if after is None and heads.get(fact.shard) != fact.hash:
                yield f"the newest fact of shard {fact.shard} is not the one that its row in shards tells of"
            if after is not None and not after.follows(fact.hash):
                yield f"fact {after.fact_id} does not follow from the one before"
            later[fact.shard] = fact
            if count % NEWEST == 0 and monotonic() >= until:
                return
    for shard in sorted(heads.keys() | later.keys()):
        if shard not in later or not later[shard].follows(BEGINNING):
            yield f"the first facts of shard {shard} are missing"
