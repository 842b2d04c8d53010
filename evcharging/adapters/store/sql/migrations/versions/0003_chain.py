"""Facts are chained: each carries a hash of itself and of the one before in its shard, which knows the newest. Facts
that are there already are chained as they stand now."""

import sqlalchemy as sa
from alembic import op

from evcharging.adapters.store.chain import chain

revision = "0003"
down_revision = "0002"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
AT_ONCE = 1000

FACTS = sa.table("facts", *(sa.column(name) for name in ("fact_id", "shard", "kind", "key", "body", "hash")))
SHARDS = sa.table("shards", *(sa.column(name) for name in ("shard", "epoch", "head")))


def upgrade() -> None:
    op.add_column("facts", sa.Column("hash", WORDS, nullable=False, server_default=""))
    op.add_column("shards", sa.Column("head", WORDS, nullable=False, server_default=""))
    _chain(op.get_bind())


def downgrade() -> None:
    op.drop_column("shards", "head")
    op.drop_column("facts", "hash")


def _chain(connection: sa.Connection) -> None:
    page = sa.select(FACTS).where(FACTS.c.fact_id > sa.bindparam("last")).order_by(FACTS.c.fact_id).limit(AT_ONCE)
    fill = FACTS.update().where(FACTS.c.fact_id == sa.bindparam("number")).values(hash=sa.bindparam("link"))
    heads: dict[str, str] = {}
    last = 0
    while facts := [dict(row) for row in connection.execute(page, {"last": last}).mappings()]:
        heads.update(chain(facts, heads))
        connection.execute(fill, [{"number": fact["fact_id"], "link": fact["hash"]} for fact in facts])
        last = facts[-1]["fact_id"]
    for shard, head in heads.items():
        known = connection.execute(SHARDS.update().where(SHARDS.c.shard == shard).values(head=head))
        if not known.rowcount:
            connection.execute(SHARDS.insert().values(shard=shard, epoch=0, head=head))
