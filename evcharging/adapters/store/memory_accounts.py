"""People and keys in memory, for simulation and tests. They last as long as the process."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from threading import RLock
from typing import TypeVar

from evcharging.adapters.store.accounts import LastAdministrator, NameTaken, Overtaken, RefreshHeir
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.cards import Card
from evcharging.domain.access.keys import Identity, KeyKind, revoked
from evcharging.domain.access.people import (
    SESSION_IDLES,
    SESSION_LASTS,
    Account,
    ConsoleSession,
    LinkPurpose,
    MachineKey,
    OneTimeLink,
    RefreshToken,
    name_key,
)
from evcharging.domain.access.vehicles import Garage

K = TypeVar("K")
V = TypeVar("V")


class MemoryAccounts:
    """`record` keeps an action as a fact; `has_lasted` says whether that was done, and raises Taken where another one
    has its ID."""

    def __init__(self, record: Callable[[OperatorAction], None], has_lasted: Callable[[OperatorAction], bool]) -> None:
        self._record = record
        self._has_lasted = has_lasted
        self._turn = RLock()
        self._people: dict[str, Account] = {}
        self._garages: dict[str, Garage] = {}
        self._erased: set[str] = set()
        self._sessions: dict[str, ConsoleSession] = {}
        self._tokens: dict[str, RefreshToken] = {}
        self._links: dict[str, OneTimeLink] = {}
        self._keys: dict[str, MachineKey] = {}
        self._identities: dict[tuple[KeyKind, str], Identity] = {}
        self._cards: dict[str, tuple[Card, ...]] = {}
        self._version = 0

    # People

    def accounts(self, *, role: str | None = None) -> Sequence[Account]:
        found = sorted(self._people.copy().values(), key=lambda account: name_key(account.name))
        return [account for account in found if role in (None, account.role)]

    def account(self, account_id: str) -> Account | None:
        return self._people.get(account_id)

    def named(self, name: str) -> Account | None:
        return next((account for account in self.accounts() if name_key(account.name) == name_key(name)), None)

    def has_admin(self) -> bool:
        return any(account.can_administrate for account in self.accounts())

    def add(self, account: Account, action: OperatorAction) -> None:
        def job() -> None:
            self._must_be_free(account)
            if account.account_id in self._people or account.account_id in self._erased:
                raise NameTaken(f"There is or was an account with the ID {account.account_id}: choose another one")
            self._people[account.account_id] = account

        self._change(action, job)

    def change(self, account: Account, action: OperatorAction, *, before: Account | None = None) -> None:
        def job() -> None:
            stored = self._people.get(account.account_id)
            if stored is None or (before is not None and stored != before):
                raise Overtaken(f"The account {account.account_id} was changed meanwhile: look at it once more")
            self._must_be_free(account)
            self._must_leave_one({**self._people, account.account_id: account}.values())
            self._people[account.account_id] = account
            if account.valid_from != stored.valid_from or account.disabled_at is not None:
                self._sign_out(account.account_id, action.at)

        self._change(action, job)

    def erase(self, account_id: str, action: OperatorAction) -> None:
        def job() -> None:
            self._must_leave_one(account for key, account in self._people.items() if key != account_id)
            if self._people.pop(account_id, None) is not None:
                self._erased.add(account_id)
            self._garages.pop(account_id, None)
            self._sign_out(account_id, action.at)
            _remove(self._links, lambda link: link.subject == account_id)
            self._cards.pop(account_id, None)

        self._change(action, job)

    def garage(self, account_id: str) -> Garage:
        return self._garages.get(account_id, Garage(account_id=account_id))

    def put_garage(self, garage: Garage) -> None:
        with self._turn:
            if garage.account_id in self._people:
                self._garages[garage.account_id] = garage

    # What stands for people

    def open_session(self, session: ConsoleSession, action: OperatorAction) -> None:
        self._change(action, lambda: self._sessions.update({session.token_hash: session}), is_seen=False)

    def session(self, token_hash: str) -> tuple[ConsoleSession, Account] | None:
        session = self._sessions.get(token_hash)
        account = self._active(session.account_id) if session else None
        return (session, account) if session and account else None

    def see_session(self, token_hash: str, at: datetime) -> None:
        with self._turn:
            if token_hash in self._sessions:
                self._sessions[token_hash] = changed(self._sessions[token_hash], seen_at=at)

    def close_session(self, token_hash: str, action: OperatorAction) -> None:
        self._change(action, lambda: _remove(self._sessions, lambda session: session.token_hash == token_hash))

    def issue(self, token: RefreshToken) -> None:
        self._tokens[token.token_hash] = token

    def spend(self, token_hash: str, at: datetime, heir: RefreshHeir) -> tuple[RefreshToken, Account] | None:
        with self._turn:
            token = self._tokens.get(token_hash)
            account = self._active(token.account_id) if token else None
            if token is None or account is None:
                return None
            if token.used_at is None and at < token.expires_at:
                self._tokens[token_hash] = changed(token, used_at=at)
                self._tokens[heir.token_hash] = changed(token, created_at=at, **heir._asdict())
            return token, account

    def end_family(self, family: str, action: OperatorAction) -> None:
        self._change(action, lambda: _remove(self._tokens, lambda token: token.family == family))

    def add_link(self, link: OneTimeLink, action: OperatorAction) -> None:
        def job() -> None:
            _remove(self._links, lambda old: (old.purpose, old.subject) == (link.purpose, link.subject))
            self._links[link.token_hash] = link

        self._change(action, job, is_seen=False)

    def link(self, token_hash: str) -> OneTimeLink | None:
        return self._links.get(token_hash)

    def use_link(self, token_hash: str, purpose: LinkPurpose, at: datetime) -> OneTimeLink | None:
        with self._turn:
            link = self._links.get(token_hash)
            if link is None or link.purpose is not purpose or link.used_at is not None or link.expires_at <= at:
                return None
            self._links[token_hash] = changed(link, used_at=at)
            return self._links[token_hash]

    def cards(self, account_id: str) -> Sequence[Card]:
        return self._cards.get(account_id, ())

    def put_cards(
        self, account_id: str, cards: Sequence[Card], action: OperatorAction, *, before: Sequence[Card]
    ) -> None:
        def job() -> None:
            if account_id not in self._people or self.cards(account_id) != tuple(before):
                raise Overtaken(f"The cards of {account_id} were changed meanwhile: look at them once more")
            self._cards[account_id] = tuple(sorted(cards, key=lambda card: (card.added_at, card.card_id)))

        self._change(action, job, is_seen=False)

    # Programs and points

    def machine_keys(self) -> Sequence[MachineKey]:
        return sorted(self._keys.copy().values(), key=lambda key: (key.created_at, key.key_id))

    def machine_key(self, key_id: str) -> MachineKey | None:
        return self._keys.get(key_id)

    def put_machine_key(self, key: MachineKey, action: OperatorAction) -> None:
        self._change(action, lambda: self._keys.update({key.key_id: key}))

    def use_machine_key(self, key_id: str, at: datetime) -> None:
        with self._turn:
            if key_id in self._keys:
                self._keys[key_id] = changed(self._keys[key_id], last_used_at=at)

    def identities(self, kind: KeyKind | None = None) -> Sequence[Identity]:
        found = sorted(self._identities.copy().values(), key=lambda identity: (identity.kind, identity.id))
        return [identity for identity in found if kind in (None, identity.kind)]

    def identity(self, kind: KeyKind, owner: str) -> Identity | None:
        return self._identities.get((kind, owner))

    def put_identity(
        self, identity: Identity, action: OperatorAction | None, *, before: Identity | None = None
    ) -> None:
        def job() -> None:
            stored = self.identity(identity.kind, identity.id)
            if before is not None and (stored is None or changed(stored, in_use=before.in_use) != before):
                raise Overtaken(f"The key of {before.kind} {before.id} was changed meanwhile: look at it once more")
            self._identities[identity.kind, identity.id] = identity

        if action is not None:
            self._change(action, job)
        else:
            self._use_version(identity)

    def _use_version(self, identity: Identity) -> None:
        with self._turn:
            stored = self.identity(identity.kind, identity.id)
            if stored is not None and stored.in_use < identity.in_use:
                self._identities[identity.kind, identity.id] = changed(stored, in_use=identity.in_use)
                self._version += 1

    def note(self, action: OperatorAction) -> None:
        self._change(action, lambda: None, is_seen=False)

    def version(self) -> int:
        return self._version

    def tidy(self, now: datetime) -> None:
        with self._turn:
            _remove(self._sessions, lambda session: session.created_at < now - SESSION_LASTS)
            _remove(self._sessions, lambda session: session.seen_at < now - SESSION_IDLES)
            _remove(self._tokens, lambda token: token.expires_at < now)
            _remove(self._links, lambda link: link.expires_at < now)

    def _change(self, action: OperatorAction, job: Callable[[], None], *, is_seen: bool = True) -> None:
        with self._turn:
            if not self._has_lasted(action):
                job()
                self._record(action)
                self._version += is_seen

    def _active(self, account_id: str) -> Account | None:
        account = self._people.get(account_id)
        return account if account is not None and account.disabled_at is None else None

    def _must_be_free(self, account: Account) -> None:
        same = self.named(account.name)
        if same is not None and same.account_id != account.account_id:
            raise NameTaken("This name is taken: choose another one")

    def _must_leave_one(self, left: Iterable[Account]) -> None:
        if self.has_admin() and not any(account.can_administrate for account in left):
            raise LastAdministrator("This is the last administrator: make another one first")

    def _sign_out(self, account_id: str, at: datetime) -> None:
        _remove(self._sessions, lambda session: session.account_id == account_id)
        _remove(self._tokens, lambda token: token.account_id == account_id)
        key = self._identities.get((KeyKind.DRIVER, account_id))
        if key is not None:
            self._identities[key.kind, key.id] = revoked(key, at)


def _remove(kept: dict[K, V], unwanted: Callable[[V], bool]) -> None:
    for key in [key for key, value in kept.items() if unwanted(value)]:
        del kept[key]
