"""How people come in and go: by name and password, by a link, by renewing what they were given. Guesses are held up,
and what happens is noted. Knows no request."""

import math
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final, NamedTuple, NoReturn

from evcharging.adapters.key_files import KeysFile
from evcharging.adapters.passwords import Passwords, TooBusy, common_passwords
from evcharging.adapters.secret_words import REFRESH, hash_of_word, new_word
from evcharging.adapters.store.accounts import Accounts, Overtaken, RefreshHeir
from evcharging.adapters.tokens import issue
from evcharging.apps.ev_central.access.contract import BadCredential, Who
from evcharging.apps.ev_central.access.threads import Threads
from evcharging.apps.ev_central.refusals import TooManyAttempts
from evcharging.apps.shell.actions import noted
from evcharging.apps.shell.people import BadChoice, Now, People
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.guessing import OTHERS_PER_MINUTE, Guesses, Limits, network_of
from evcharging.domain.access.passwords import why_no_password
from evcharging.domain.access.people import (
    ACCESS_LASTS,
    REFRESH_LASTS,
    Account,
    ConsoleSession,
    LinkPurpose,
    RefreshToken,
    actor_of,
    name_key,
)
from evcharging.domain.access.permissions import AccountRole

WRONG: Final = "The name or the password is wrong: try again"
NOTED_PER_MINUTE: Final = 30
"""Failures that are noted, of all: what is noted is kept for ever."""

UNKNOWN: Final = "unknown"
APP, CONSOLE = "app", "console"


class Tokens(NamedTuple):
    """What an app is given for somebody: an access token, and what renews it once."""

    access_token: str
    refresh_token: str
    expires_in: int
    account: Account

    def __repr__(self) -> str:
        return f"Tokens({self.account!r})"


class ConsoleAccess(NamedTuple):
    """What a browser is given for somebody: the console's cookie."""

    account: Account
    cookie: str

    def __repr__(self) -> str:
        return f"ConsoleAccess({self.account!r})"


class SignIn:
    """Raises BadCredential for what does not let in, TooManyAttempts for who has to wait, BadChoice and NameTaken for
    what cannot be chosen, and StoreUnavailable. `look` lets what was changed count here at once. `has_charged`: whether
    the ledger knows a driver already."""

    def __init__(
        self,
        accounts: Accounts,
        people: People,
        keys: KeysFile,
        passwords: Passwords,
        now: Now,
        threads: Threads,
        look: Callable[[], Awaitable[None]],
        has_charged: Callable[[str], bool],
    ) -> None:
        self._accounts = accounts
        self._people = people
        self._keys = keys
        self._passwords = passwords
        self._now = now
        self._threads = threads
        self._look = look
        self._has_charged = has_charged
        self._by_password = Limits(Guesses(), Guesses())
        self._by_word = Limits(Guesses(OTHERS_PER_MINUTE))
        self._failures = Limits(Guesses(NOTED_PER_MINUTE))

    # By name and password

    async def login(self, name: str, password: str, address: str) -> Tokens:
        """Somebody signs in with an app."""
        account = await self._signed_in(name, password, address, APP)
        return await self._tokens(account)

    async def console(self, name: str, password: str, address: str) -> ConsoleAccess:
        """Somebody signs in at the console, where drivers have nothing to do."""
        account = await self._signed_in(name, password, address, CONSOLE)
        return await self._session(account)

    async def register(self, name: str, password: str, driver_id: str | None, address: str) -> Tokens:
        """A driver makes an account. An ID that has charged before is given by an administrator alone: whoever has it
        sees what was charged."""
        self._hold_up((name_key(name), network_of(address)))
        draft = self._people.drafted(name, AccountRole.DRIVER, driver_id)
        if driver_id is not None and await self._threads.do(self._has_charged, driver_id):
            raise BadChoice(
                "This driver has charged before: an administrator gives you the account, or leave the ID out"
            )
        account = changed(draft, password_hash=await self._new_hash(password, name))
        action = noted(actor_of(account, APP), "register", account.account_id, account.created_at)
        await self._threads.do(self._accounts.add, account, action)
        return await self._tokens(account)

    async def _signed_in(self, name: str, password: str, address: str, via: str) -> Account:
        whos = name_key(name), network_of(address)
        self._hold_up(whos)
        account = await self._threads.do(self._accounts.named, name)
        lets_in = account is not None and account.disabled_at is None
        kept = account.password_hash if account is not None and lets_in else None
        try:
            checked = await self._passwords.check(password, kept)
        except TooBusy as error:
            raise TooManyAttempts(str(error), 5) from None
        if account is None or not checked.is_right:
            # Who that was nobody knows.
            nobody = Actor(kind=ActorKind.PERSON, id=UNKNOWN, via=via)
            why = "disabled" if account and not lets_in else "wrong name or password"
            await self._refuse(nobody, account.account_id if account else UNKNOWN, why)
        if via == CONSOLE and account.role == AccountRole.DRIVER:
            said = "Drivers sign in with their app: the console is for operators"
            await self._refuse(actor_of(account, via), account.account_id, "a driver", said)
        self._by_password.give_back(whos, self._now())
        return await self._rehashed(account, checked.new_hash)

    async def _rehashed(self, account: Account, new_hash: str | None) -> Account:
        if new_hash is None:
            return account
        after = changed(account, password_hash=new_hash)
        action = noted(
            Actor(kind=ActorKind.SYSTEM, id="central", via=CONSOLE), "rehash", account.account_id, self._now()
        )
        try:
            await self._threads.do(self._accounts.change, after, action, before=account)
        except Overtaken:
            raise BadCredential(WRONG, "unknown_credential") from None
        return after

    async def _refuse(self, actor: Actor, subject: str, why: str, said: str = WRONG) -> NoReturn:
        await self._note_failure(noted(actor, "sign_in", subject, self._now(), refusal=why))
        raise BadCredential(said, "unknown_credential")

    async def _note_failure(self, action: OperatorAction) -> None:
        """Keep it, unless so many were kept just now that somebody is at work."""
        if self._failures.attempt(("",), self._now()) is None:
            await self._threads.do(self._accounts.note, action)

    def _hold_up(self, whos: tuple[str, str]) -> None:
        wait = self._by_password.attempt(whos, self._now())
        if wait is not None:
            raise _too_many(wait)

    async def _new_hash(self, password: str, name: str) -> str:
        why_not = why_no_password(password, name, common_passwords())
        if why_not is not None:
            raise BadChoice(why_not)
        try:
            return await self._passwords.hash_of(password)
        except TooBusy as error:
            raise TooManyAttempts(str(error), 5) from None

    # What they are given

    async def _tokens(self, account: Account) -> Tokens:
        now = self._now()
        word = new_word(REFRESH)
        token = RefreshToken(
            token_hash=hash_of_word(word),
            family=token_hex(16),
            account_id=account.account_id,
            created_at=now,
            expires_at=now + REFRESH_LASTS,
        )
        await self._threads.do(self._accounts.issue, token)
        action = noted(actor_of(account, APP), "sign_in", account.account_id, now)
        await self._threads.do(self._accounts.note, action)
        return self._issued(account, word, now)

    def _issued(self, account: Account, word: str, now: datetime) -> Tokens:
        access = issue(self._keys.keys.signing, account.account_id, account.role, now)
        return Tokens(access, word, round(ACCESS_LASTS.total_seconds()), account)

    async def _session(self, account: Account) -> ConsoleAccess:
        cookie, now = new_word(), self._now()
        session = ConsoleSession(
            token_hash=hash_of_word(cookie), account_id=account.account_id, created_at=now, seen_at=now
        )
        action = noted(actor_of(account, CONSOLE), "sign_in", account.account_id, now)
        await self._threads.do(self._accounts.open_session, session, action)
        return ConsoleAccess(account, cookie)

    async def refresh(self, refresh_token: str) -> Tokens:
        """An app goes on for somebody. A token that is used twice was stolen by one of the two: both are out."""
        now, word = self._now(), new_word(REFRESH)
        heir = RefreshHeir(hash_of_word(word), now + REFRESH_LASTS)
        found = await self._threads.do(self._accounts.spend, hash_of_word(refresh_token), now, heir)
        if found is None:
            raise BadCredential("This refresh token does not count, or no more: sign in again", "unknown_credential")
        token, account = found
        if token.used_at is not None:
            why = "a refresh token was used twice: all of its family ended"
            action = noted(actor_of(account, APP), "refresh", account.account_id, now, refusal=why)
            await self._threads.do(self._accounts.end_family, token.family, action)
            raise BadCredential("This refresh token was used before, maybe by a thief: sign in again", "revoked")
        if now >= token.expires_at or token.created_at < account.valid_from:
            raise BadCredential("This refresh token has expired: sign in again", "expired")
        return self._issued(account, word, now)

    async def logout(self, refresh_token: str) -> None:
        """An app leaves; what it could renew its access by counts no more. One that never did is no trouble."""
        now = self._now()
        heir = RefreshHeir(hash_of_word(new_word(REFRESH)), now)
        found = await self._threads.do(self._accounts.spend, hash_of_word(refresh_token), now, heir)
        if found is not None:
            token, account = found
            action = noted(actor_of(account, APP), "sign_out", account.account_id, now)
            await self._threads.do(self._accounts.end_family, token.family, action)

    async def leave(self, who: Who) -> None:
        """Somebody leaves the console; who came by another way stays."""
        if who.session_hash is not None:
            action = noted(who.actor, "sign_out", who.actor.id, self._now())
            await self._threads.do(self._accounts.close_session, who.session_hash, action)
            await self._look()

    # By a link

    async def set_up(self, token: str, name: str, password: str, address: str) -> ConsoleAccess:
        """Somebody uses a link: the first administrator makes an account with this name, anybody else sets a password,
        whatever the name."""
        self._hold_up_words(address)
        now, token_hash = self._now(), hash_of_word(token)
        link = await self._threads.do(self._accounts.link, token_hash)
        if link is None or link.used_at is not None or now >= link.expires_at or link.purpose is LinkPurpose.ENROLMENT:
            raise BadCredential(
                "This link was used, or has expired: ask an administrator for a new one, or `evcharging users link`",
                "unknown_credential",
            )
        if link.purpose is LinkPurpose.SETUP:
            account = await self._first_administrator(token_hash, name, password)
        else:
            account = await self._reset(token_hash, link.subject or "", password)
        self._by_word.give_back((network_of(address),), now)
        await self._look()
        return await self._session(account) if account.role != AccountRole.DRIVER else ConsoleAccess(account, "")

    async def _first_administrator(self, token_hash: str, name: str, password: str) -> Account:
        draft = self._people.drafted(name, AccountRole.ADMIN)
        account = changed(draft, password_hash=await self._new_hash(password, name))

        def make() -> None:
            if self._accounts.has_admin():
                raise BadChoice("There is an administrator already: ask for an account")
            self._use(token_hash, LinkPurpose.SETUP)
            action = noted(actor_of(account, CONSOLE), "set_up", account.account_id, account.created_at)
            self._accounts.add(account, action)

        if await self._threads.do(self._accounts.named, name) is not None:
            raise BadChoice("This name is taken: choose another one")
        await self._threads.do(make)
        return account

    async def _reset(self, token_hash: str, account_id: str, password: str) -> Account:
        account = await self._threads.do(self._accounts.account, account_id)
        if account is None or account.disabled_at is not None:
            raise BadCredential("This account is disabled, or is gone: ask an administrator", "revoked")
        known, password_hash = account, await self._new_hash(password, account.name)

        def make() -> Account:
            self._use(token_hash, LinkPurpose.RESET)
            return self._people.set_password(known, password_hash, actor_of(known, CONSOLE))

        return await self._threads.do(make)

    def _use(self, token_hash: str, purpose: LinkPurpose) -> None:
        if self._accounts.use_link(token_hash, purpose, self._now()) is None:
            raise BadCredential("This link was used a moment ago: ask for a new one", "unknown_credential")

    def guess(self, address: str) -> None:
        """Somebody comes with a secret word that cannot be guessed, such as an enrolment token; raises TooManyAttempts
        where too many from there were wrong."""
        self._hold_up_words(address)

    def was_right(self, address: str) -> None:
        """It was no guess."""
        self._by_word.give_back((network_of(address),), self._now())

    def _hold_up_words(self, address: str) -> None:
        wait = self._by_word.attempt((network_of(address),), self._now())
        if wait is not None:
            raise _too_many(wait)


def _too_many(wait: timedelta) -> TooManyAttempts:
    seconds = max(1, math.ceil(wait.total_seconds()))
    return TooManyAttempts(f"Too many attempts: try again in {seconds} s", seconds)
