"""Writes the migration that a changed record needs: `python -m tools.migration NAME`. It compares the tables that the
migrations so far give with the ones that records describe now, and writes the difference into the next revision."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import AddColumnOp, CreateTableOp, MigrateOperation, ModifyTableOps
from sqlalchemy import BigInteger, Boolean, DefaultClause, Text

from evcharging.adapters.store.sql import migrations
from evcharging.adapters.store.sql.columns import NUMBERED, Moment
from evcharging.adapters.store.sql.engine import open_engine
from evcharging.adapters.store.sql.tables import METADATA

VERSIONS = Path(migrations.__file__).parent / "versions"

PAGE = '''"""{what}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''


def _type(kind: str, item: Any, _: object) -> str | Literal[False]:
    """A type of ours as the migrations so far write it."""
    if kind != "type":
        return False
    if isinstance(item, Text):
        return "WORDS"
    if item is NUMBERED:
        return "NUMBERED"
    return "sa.BigInteger()" if isinstance(item, BigInteger | Moment) else False


def _prepare(operations: list[MigrateOperation]) -> None:
    """Give rows that are there already something for each new column, and number new tables as the others are."""
    for operation in operations:
        if isinstance(operation, ModifyTableOps):
            _prepare(operation.ops)
        elif isinstance(operation, AddColumnOp) and not operation.column.nullable:
            is_number = isinstance(operation.column.type, BigInteger | Moment | Boolean)
            operation.column.server_default = DefaultClause("0" if is_number else "")
        elif isinstance(operation, CreateTableOp):
            is_numbered = any(getattr(column, "type", None) is NUMBERED for column in operation.columns)
            operation.kw = {"sqlite_autoincrement": True} if is_numbered else {}


def difference() -> tuple[str, str]:
    """The bodies of `upgrade` and `downgrade`; empty where records and migrations agree."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/ledger.db", patience_s=5, writes=True)
        try:
            migrations.migrate(engine)
            with engine.connect() as connection:
                context = MigrationContext.configure(connection, opts={"compare_type": False})
                script = produce_migrations(context, METADATA)
        finally:
            engine.dispose()
    up, down = script.upgrade_ops, script.downgrade_ops
    if up is None or down is None or up.is_empty():
        return "", ""
    _prepare(up.ops)
    return _body(up), _body(down)


def _body(operations: Any) -> str:
    text = render_python_code(operations, render_item=_type)
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(line if line.startswith("    ") else f"    {line}" for line in lines if line.strip())


def main(name: str) -> None:
    """Write the next revision."""
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        sys.exit("Say what the migration brings in a word or two, such as: python -m tools.migration point_notes")
    upgrade, downgrade = difference()
    if not upgrade:
        sys.exit("Records and migrations agree: there is nothing to write")
    revision = f"{int(migrations.HEAD) + 1:04}"
    what = name.replace("_", " ").capitalize()
    page = PAGE.format(what=what, revision=revision, before=migrations.HEAD, upgrade=upgrade, downgrade=downgrade)
    file = VERSIONS / f"{revision}_{name}.py"
    file.write_text(page, encoding="utf-8")
    sys.stdout.write(f"Wrote {file.name}: read it, and `make format`\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
