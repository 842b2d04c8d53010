"""People, and what stands for them, in a ledger's database. Knows no rule but what the contract says."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select, update

from evcharging.adapters.store.accounts import LastAdministrator, NameTaken, Overtaken, RefreshHeir
from evcharging.adapters.store.sql.access_cards import CARDS, SqlCards
from evcharging.adapters.store.sql.access_changes import as_structure, done, put, row_of
from evcharging.adapters.store.sql.access_keys import IDENTITIES
from evcharging.adapters.store.sql.rows import Row
from evcharging.adapters.store.sql.tables import ACCESS
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import KeyKind
from evcharging.domain.access.people import (
    SESSION_IDLES,
    SESSION_LASTS,
    Account,
    ConsoleSession,
    LinkPurpose,
    OneTimeLink,
    RefreshToken,
    name_key,
)
from evcharging.domain.access.permissions import AccountRole
from evcharging.domain.access.vehicles import Garage

PEOPLE, ERASED, SESSIONS = ACCESS.accounts, ACCESS.erased, ACCESS.sessions
TOKENS, LINKS, GARAGES = ACCESS.refresh_tokens, ACCESS.links, ACCESS.garages

CAN_ADMINISTRATE = (
    (PEOPLE.c.role == AccountRole.ADMIN.value) & PEOPLE.c.disabled_at.is_(None) & PEOPLE.c.password_hash.is_not(None)
)


class SqlAccounts(SqlCards):
    """The accounts of a ledger."""

    def accounts(self, *, role: str | None = None) -> Sequence[Account]:
        wanted = select(PEOPLE).order_by(PEOPLE.c.name_key)
        return self._all(Account, wanted if role is None else wanted.where(PEOPLE.c.role == role))

    def account(self, account_id: str) -> Account | None:
        return self._one(Account, select(PEOPLE).where(PEOPLE.c.account_id == account_id))

    def named(self, name: str) -> Account | None:
        return self._one(Account, select(PEOPLE).where(PEOPLE.c.name_key == name_key(name)))

    def has_admin(self) -> bool:
        return self._database.read(_has_admin)

    def add(self, account: Account, action: OperatorAction) -> None:
        def job(connection: Connection) -> None:
            _must_be_free(connection, account)
            for table in (PEOPLE, ERASED):
                if connection.execute(select(table).where(table.c.account_id == account.account_id)).first():
                    raise NameTaken(f"There is or was an account with the ID {account.account_id}: choose another one")
            connection.execute(insert(PEOPLE).values(_row_of(account)))

        self._change(action, job)

    def change(self, account: Account, action: OperatorAction, *, before: Account | None = None) -> None:
        def job(connection: Connection) -> None:
            found = connection.execute(select(PEOPLE).where(_is(PEOPLE, account.account_id))).mappings().first()
            stored = None if found is None else as_structure(Account, found)
            if stored is None or (before is not None and stored != before):
                raise Overtaken(f"The account {account.account_id} was changed meanwhile: look at it once more")
            _must_be_free(connection, account)
            with_admin = _has_admin(connection)
            connection.execute(update(PEOPLE).where(_is(PEOPLE, account.account_id)).values(_row_of(account)))
            _must_leave_one(connection, with_admin)
            if account.valid_from != stored.valid_from or account.disabled_at is not None:
                _sign_out(connection, account.account_id, action.at)

        self._change(action, job)

    def erase(self, account_id: str, action: OperatorAction) -> None:
        def job(connection: Connection) -> None:
            with_admin = _has_admin(connection)
            gone = connection.execute(delete(PEOPLE).where(_is(PEOPLE, account_id))).rowcount
            _must_leave_one(connection, with_admin)
            _sign_out(connection, account_id, action.at)
            connection.execute(delete(LINKS).where(LINKS.c.subject == account_id))
            connection.execute(delete(CARDS).where(_is(CARDS, account_id)))
            connection.execute(delete(GARAGES).where(_is(GARAGES, account_id)))
            if gone:
                connection.execute(insert(ERASED).values(account_id=account_id, erased_at=action.at))

        self._change(action, job)
        self._database.empty_log()

    def garage(self, account_id: str) -> Garage:
        found = self._one(Garage, select(GARAGES).where(_is(GARAGES, account_id)))
        return found or Garage(account_id=account_id)

    def put_garage(self, garage: Garage) -> None:
        def job(connection: Connection) -> None:
            held = select(PEOPLE.c.account_id).where(_is(PEOPLE, garage.account_id)).with_for_update()
            if connection.execute(held).first():
                self._forget_well(connection)
                put(connection, GARAGES, garage)

        self._database.clean(job)

    # What stands for people

    def open_session(self, session: ConsoleSession, action: OperatorAction) -> None:
        self._change(action, lambda connection: put(connection, SESSIONS, session), is_seen=False)

    def session(self, token_hash: str) -> tuple[ConsoleSession, Account] | None:
        def job(connection: Connection) -> tuple[ConsoleSession, Account] | None:
            row = connection.execute(select(SESSIONS).where(SESSIONS.c.token_hash == token_hash)).mappings().first()
            account = _active(connection, row["account_id"]) if row else None
            return (as_structure(ConsoleSession, row), account) if row and account else None

        return self._database.read(job)

    def see_session(self, token_hash: str, at: datetime) -> None:
        seen = update(SESSIONS).where(SESSIONS.c.token_hash == token_hash).values(seen_at=at)
        self._database.clean(lambda connection: done(connection, seen))

    def close_session(self, token_hash: str, action: OperatorAction) -> None:
        closed = delete(SESSIONS).where(SESSIONS.c.token_hash == token_hash)
        self._change(action, lambda connection: done(connection, closed))

    def issue(self, token: RefreshToken) -> None:
        self._database.clean(lambda connection: put(connection, TOKENS, token))

    def spend(self, token_hash: str, at: datetime, heir: RefreshHeir) -> tuple[RefreshToken, Account] | None:
        def job(connection: Connection) -> tuple[RefreshToken, Account] | None:
            held = select(TOKENS).where(TOKENS.c.token_hash == token_hash).with_for_update()
            row = connection.execute(held).mappings().first()
            account = _active(connection, row["account_id"]) if row else None
            if row is None or account is None:
                return None
            token = as_structure(RefreshToken, row)
            if token.used_at is None and at < token.expires_at:
                connection.execute(update(TOKENS).where(TOKENS.c.token_hash == token_hash).values(used_at=at))
                put(connection, TOKENS, changed(token, created_at=at, **heir._asdict()))
            return token, account

        return self._use(job)

    def end_family(self, family: str, action: OperatorAction) -> None:
        self._change(action, lambda connection: _end_tokens(connection, TOKENS.c.family == family))

    def add_link(self, link: OneTimeLink, action: OperatorAction) -> None:
        def job(connection: Connection) -> None:
            is_same = (LINKS.c.purpose == link.purpose.value) & LINKS.c.subject.is_not_distinct_from(link.subject)
            connection.execute(delete(LINKS).where(is_same))
            put(connection, LINKS, link)

        self._change(action, job, is_seen=False)

    def link(self, token_hash: str) -> OneTimeLink | None:
        return self._one(OneTimeLink, select(LINKS).where(LINKS.c.token_hash == token_hash))

    def use_link(self, token_hash: str, purpose: LinkPurpose, at: datetime) -> OneTimeLink | None:
        def job(connection: Connection) -> OneTimeLink | None:
            counts = (LINKS.c.purpose == purpose.value) & LINKS.c.used_at.is_(None) & (LINKS.c.expires_at > at)
            used = update(LINKS).where(LINKS.c.token_hash == token_hash, counts).values(used_at=at)
            row = connection.execute(used.returning(*LINKS.c)).mappings().first()
            return as_structure(OneTimeLink, row) if row else None

        return self._use(job)

    def tidy(self, now: datetime) -> None:
        old_sessions = or_(SESSIONS.c.created_at < now - SESSION_LASTS, SESSIONS.c.seen_at < now - SESSION_IDLES)
        old = {SESSIONS: old_sessions, TOKENS: TOKENS.c.expires_at < now, LINKS: LINKS.c.expires_at < now}

        def job(connection: Connection) -> None:
            for table, condition in old.items():
                connection.execute(delete(table).where(condition))

        self._database.clean(job)


def _is(table: Table, account_id: str) -> ColumnElement[bool]:
    return table.c.account_id == account_id


def _row_of(account: Account) -> Row:
    return {**row_of(account), "name_key": name_key(account.name)}


def _has_admin(connection: Connection) -> bool:
    return connection.execute(select(PEOPLE.c.account_id).where(CAN_ADMINISTRATE).limit(1)).first() is not None


def _active(connection: Connection, account_id: str) -> Account | None:
    wanted = select(PEOPLE).where(_is(PEOPLE, account_id), PEOPLE.c.disabled_at.is_(None))
    row = connection.execute(wanted).mappings().first()
    return as_structure(Account, row) if row else None


def _must_be_free(connection: Connection, account: Account) -> None:
    same = (PEOPLE.c.name_key == name_key(account.name)) & (PEOPLE.c.account_id != account.account_id)
    if connection.execute(select(PEOPLE.c.account_id).where(same)).first():
        raise NameTaken("This name is taken: choose another one")


def _must_leave_one(connection: Connection, with_admin: bool) -> None:
    if with_admin and not _has_admin(connection):
        raise LastAdministrator("This is the last administrator: make another one first")


def _sign_out(connection: Connection, account_id: str, at: datetime) -> None:
    connection.execute(delete(SESSIONS).where(_is(SESSIONS, account_id)))
    _end_tokens(connection, _is(TOKENS, account_id))
    is_driver = (IDENTITIES.c.kind == KeyKind.DRIVER.value) & (IDENTITIES.c.id == account_id)
    counts = is_driver & IDENTITIES.c.revoked_at.is_(None)
    connection.execute(update(IDENTITIES).where(counts).values(revoked_at=at))


def _end_tokens(connection: Connection, condition: ColumnElement[bool]) -> None:
    # First whoever uses one of them is waited for, so that the heir that comes of it is seen and goes, too.
    connection.execute(select(TOKENS.c.token_hash).where(condition).with_for_update()).all()
    connection.execute(delete(TOKENS).where(condition))
