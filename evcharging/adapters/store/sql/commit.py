"""What a claim and a commit do in a SQL database, inside of one transaction. Knows no connection and no rule."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, Dialect, case, select
from sqlalchemy.dialects import postgresql, sqlite

from evcharging.adapters.store import Commit
from evcharging.adapters.store.chain import chain
from evcharging.adapters.store.guard import check_runs, has_lasted
from evcharging.adapters.store.sql.migrations import must_be_current
from evcharging.adapters.store.sql.rows import Rows
from evcharging.adapters.store.sql.statements import ShardRow, Write, statements_for
from evcharging.adapters.store.sql.tables import FACTS, METER_VALUES, OUTBOX, POSITIONS, SHARDS, TABLES


class CommitWriter:
    """Writes to databases of one dialect."""

    def __init__(self, dialect: Dialect, *, first_epoch: int) -> None:
        self._do = statements_for(dialect.name)
        self._first_epoch = first_epoch
        self._insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert

    def claim(self, connection: Connection, shards: Sequence[str]) -> dict[str, int]:
        """Begin the next run of each shard; raises StoreUnusable for a ledger that is this program's no more."""
        next_epoch = case((SHARDS.c.epoch < self._first_epoch, self._first_epoch), else_=SHARDS.c.epoch + 1)
        begin = self._insert(SHARDS).on_conflict_do_update(
            index_elements=["shard"], set_={"epoch": next_epoch, "serial": 0}
        )
        rows = [{"shard": shard, "epoch": self._first_epoch} for shard in sorted(set(shards))]
        epochs: dict[str, int] = dict(connection.execute(begin.returning(SHARDS.c.shard, SHARDS.c.epoch), rows).all())
        must_be_current(connection)
        return {shard: epochs[shard] for shard in shards}

    def commit(self, connection: Connection, commit: Commit, rows: Rows) -> list[int]:
        """Write all of it, unless it is there; the numbers of its outbox messages. Raises Refused before any record,
        and IntegrityError for a record that may be recorded only once and is there."""
        runs = {run.shard: run for run in self._do.hold(connection, rows.shards)} if rows.shards else {}
        check_runs(commit.epochs, {shard: run.epoch for shard, run in runs.items()})
        if has_lasted(commit, {shard: run.serial for shard, run in runs.items()}):
            return _numbers_of(connection, commit)
        steps = [*self._steps(commit, rows, _moved(runs, commit, rows))]
        return self._do.write(connection, steps, rows.posts) if steps or rows.posts else []

    def _steps(self, commit: Commit, rows: Rows, moved: Sequence[ShardRow]) -> Iterator[Write]:
        do = self._do
        if moved:
            yield do.remember(moved)
        for kind, newest in rows.newest.items():
            yield (do.add if kind.once else do.put)(TABLES[kind], newest)
        if rows.totals:
            yield do.add_up(rows.totals)
        if rows.meter_values:
            yield do.put(METER_VALUES, rows.meter_values)
        if rows.facts:
            yield do.add(FACTS, rows.facts)
        if commit.sent:
            yield do.clear(commit.sent)
        if rows.positions:
            yield do.put(POSITIONS, rows.positions)


def _moved(runs: Mapping[str, ShardRow], commit: Commit, rows: Rows) -> list[ShardRow]:
    """The shards that stand otherwise after a commit, whose facts get their hashes here."""
    after = {shard: runs.get(shard, ShardRow(shard)) for shard in rows.shards}
    if commit.serial:
        after.update({shard: after[shard]._replace(serial=commit.serial) for shard in commit.epochs})
    for shard, head in chain(rows.facts, {shard: run.head for shard, run in runs.items()}).items():
        after[shard] = after[shard]._replace(head=head)
    return [run for shard, run in after.items() if run != runs.get(shard, ShardRow(shard))]


def _numbers_of(connection: Connection, commit: Commit) -> list[int]:
    """Nothing newer can be in the outbox for the shards of a commit that is given again."""
    newest = select(OUTBOX.c.number).where(OUTBOX.c.shard.in_(commit.epochs)).order_by(OUTBOX.c.number.desc())
    return [*connection.scalars(newest.limit(len(commit.outbox)))][::-1]
