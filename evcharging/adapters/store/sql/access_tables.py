"""People and keys in SQL: what is no fact and can be erased. Knows no connection and no rule."""

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Index, MetaData, Table

from evcharging.adapters.store.sql.columns import WORDS, Moment, keyed_columns_of
from evcharging.domain.access.cards import Card
from evcharging.domain.access.keys import Identity
from evcharging.domain.access.people import Account, ConsoleSession, MachineKey, OneTimeLink, RefreshToken
from evcharging.domain.access.vehicles import Garage


class AccessTables(NamedTuple):
    """`accounts` have a `name_key`, by which they are found whatever their letters' case. Of `erased_accounts` only the
    ID is left, so that nobody else is ever given it. `access_versions` has one number, which grows with changes."""

    accounts: Table
    erased: Table
    garages: Table
    sessions: Table
    refresh_tokens: Table
    links: Table
    machine_keys: Table
    identities: Table
    cards: Table
    versions: Table


def access_tables(metadata: MetaData) -> AccessTables:
    """Their tables, which belong to a ledger's."""
    name_key = Column("name_key", WORDS, nullable=False, unique=True)
    tables = AccessTables(
        accounts=Table("accounts", metadata, *keyed_columns_of(Account, "account_id"), name_key),
        erased=Table(
            "erased_accounts",
            metadata,
            Column("account_id", WORDS, primary_key=True),
            Column("erased_at", Moment, nullable=False),
        ),
        garages=Table("garages", metadata, *keyed_columns_of(Garage, "account_id")),
        sessions=Table("console_sessions", metadata, *keyed_columns_of(ConsoleSession, "token_hash")),
        refresh_tokens=Table("refresh_tokens", metadata, *keyed_columns_of(RefreshToken, "token_hash")),
        links=Table("one_time_links", metadata, *keyed_columns_of(OneTimeLink, "token_hash")),
        machine_keys=Table("machine_keys", metadata, *keyed_columns_of(MachineKey, "key_id")),
        identities=Table("identities", metadata, *keyed_columns_of(Identity, "kind", "id")),
        cards=Table("cards", metadata, *keyed_columns_of(Card, "card_id")),
        versions=Table(
            "access_versions",
            metadata,
            Column("name", WORDS, primary_key=True),
            Column("number", BigInteger, nullable=False),
        ),
    )
    Index(None, tables.sessions.c.account_id)
    Index(None, tables.cards.c.account_id)
    Index(None, tables.refresh_tokens.c.account_id)
    Index(None, tables.refresh_tokens.c.family)
    return tables
