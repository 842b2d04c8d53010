"""Who somebody is, by what they bring: a session of the console, an access token, a machine key, a point's own token, a
ticket. Knows no route."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from evcharging.adapters.key_files import KeysFile
from evcharging.adapters.secret_words import hash_of_word, is_word_of, machine_word, new_word
from evcharging.adapters.store.accounts import Accounts
from evcharging.adapters.tokens import BadToken, Signer, read, read_by_key, renewal, signer_of
from evcharging.apps.ev_central.access.contract import OWN_KEY, BadCredential, Who
from evcharging.apps.ev_central.access.remembered import Remembered
from evcharging.apps.ev_central.access.threads import Threads
from evcharging.apps.shell.people import Now
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.keys import KeyKind, derived_key
from evcharging.domain.access.modes import Auth, Mode, mode_of
from evcharging.domain.access.people import (
    SESSION_IDLES,
    SESSION_LASTS,
    TICKET_LASTS,
    Account,
    ConsoleSession,
    MachineKey,
    actor_of,
)
from evcharging.domain.access.permissions import Permission, permissions_of

T = TypeVar("T")

CONSOLE: Final = "console"
HTTP: Final = "http"
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session or machine key was used last."""

MOST_TICKETS: Final = 10_000


class Proofs:
    """Tells who asks (`Access`). `is_local`: HTTP, links and Kafka are reached from this machine alone."""

    def __init__(
        self,
        accounts: Accounts,
        keys: KeysFile,
        now: Now,
        threads: Threads,
        remembered: Remembered,
        *,
        auth: Auth,
        is_local: bool,
    ) -> None:
        self._accounts = accounts
        self._keys = keys
        self._now = now
        self._threads = threads
        self._remembered = remembered
        self._auth = auth
        self._is_local = is_local
        self._has_admin = True  # until it is known, nobody may do anything
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._tickets: OrderedDict[str, tuple[Who, datetime]] = OrderedDict()

    @property
    def mode(self) -> Mode:
        """Open or secure, as it was at the last look."""
        return mode_of(self._auth, is_local=self._is_local, has_admin=self._has_admin)

    @property
    def needs_setup(self) -> bool:
        """Whether people have to sign in, and nobody can who could let others in."""
        return self.mode is Mode.SECURE and not self._has_admin

    async def look(self, *, now: bool = False) -> None:
        """See what has changed, here or elsewhere; at most once a second, unless it is to be `now`."""
        self._has_admin = await self._threads.do(self._look, now)

    def _look(self, now: bool) -> bool:
        self._remembered.look(now=now)
        return self._remembered.get(("has_admin", ""), self._accounts.has_admin)

    async def by_session(self, token: str) -> Who:
        """Who is signed in at the console with this cookie."""
        return await self._of_session(hash_of_word(token))

    async def by_bearer(self, token: str) -> Who:
        """Whose access token, machine key or own token this is."""
        if token.startswith("evk_"):
            return await self._of_machine(token)
        try:
            signer = signer_of(token)
            if signer is not None:
                return await self._of_signer(token, signer)
            claims = read(self._keys.keys.signing, token, self._now())
        except BadToken as error:
            raise BadCredential(str(error), error.code) from None
        account = await self._active(claims.subject, claims.issued_at)
        return _who(actor_of(account, HTTP))

    async def by_ticket(self, ticket: str) -> Who:
        """Who has just been given this ticket."""
        who, until = self._tickets.pop(hash_of_word(ticket), (None, self._now()))
        if who is None or self._now() >= until:
            raise BadCredential("This ticket was used, or has expired: ask for a new one", "unknown_credential")
        await self.still(who, until - TICKET_LASTS)
        return who

    def ticket_for(self, who: Who) -> str:
        """A ticket for one WebSocket."""
        now = self._now()
        while self._tickets and (next(iter(self._tickets.values()))[1] <= now or len(self._tickets) >= MOST_TICKETS):
            self._tickets.popitem(last=False)
        ticket = new_word()
        self._tickets[hash_of_word(ticket)] = who, now + TICKET_LASTS
        return ticket

    async def still(self, who: Who, since: datetime) -> None:
        """Raises BadCredential where somebody who came then would not be let in any more."""
        match who.actor.kind:
            case ActorKind.PERSON | ActorKind.DRIVER if who.session_hash is not None:
                found = await self._of_session(who.session_hash)
            case ActorKind.DRIVER if who.actor.via == OWN_KEY:
                if not await self._counts(KeyKind.DRIVER, who.actor.id, who.key_version):
                    raise BadCredential(f"This key counts no more: {renewal(KeyKind.DRIVER)}", "revoked")
                found = _who(actor_of(await self._active(who.actor.id, since), OWN_KEY))
            case ActorKind.PERSON | ActorKind.DRIVER:
                found = _who(actor_of(await self._active(who.actor.id, since), who.actor.via))
            case ActorKind.MACHINE:
                found = await self._of_key(await self._machine_key(who.actor.id))
            case ActorKind.POINT:
                await self._counts(KeyKind.POINT, who.actor.id, None)
                return
            case _:
                return
        if found.permissions != who.permissions:
            raise BadCredential("What you may do was changed: sign in again", "revoked")

    # Sessions

    async def _of_session(self, token_hash: str) -> Who:
        found = await self._get("session", token_hash, lambda: self._accounts.session(token_hash))
        if found is None:
            raise BadCredential("You are not signed in, or no more: sign in again", "unknown_credential")
        session, account = found
        now = self._now()
        if self._why_over(session, now) is not None:
            # Another Central may have seen it since.
            found = await self._threads.do(self._accounts.session, token_hash)
            why_over = self._why_over(found[0], now) if found else "You are not signed in any more"
            if why_over is not None:
                raise BadCredential(f"{why_over}: sign in again", "expired")
        if session.created_at < account.valid_from:
            raise BadCredential("The password was changed since you signed in: sign in again", "revoked")
        await self._see(token_hash, session.seen_at, now, self._accounts.see_session)
        who = _who(actor_of(account, CONSOLE))
        return Who(who.actor, who.permissions, token_hash)

    def _why_over(self, session: ConsoleSession, now: datetime) -> str | None:
        seen_at = max(session.seen_at, self._seen.get(session.token_hash, session.seen_at))
        if now >= session.created_at + SESSION_LASTS:
            return "You have been signed in for 12 hours"
        return "You have not been here for 2 hours" if now >= seen_at + SESSION_IDLES else None

    async def _see(
        self, name: str, kept: datetime | None, now: datetime, keep: Callable[[str, datetime], None]
    ) -> None:
        last = max(filter(None, (kept, self._seen.get(name))), default=None)
        if last is not None and now - last < SEEN_EVERY:
            return
        self._seen[name] = now
        self._seen.move_to_end(name)
        while len(self._seen) > MOST_TICKETS:
            self._seen.popitem(last=False)
        await self._threads.do(keep, name, now)

    # Accounts

    async def _active(self, account_id: str, since: datetime) -> Account:
        account = await self._get("account", account_id, lambda: self._accounts.account(account_id))
        if account is None or account.disabled_at is not None:
            raise BadCredential("This account is disabled, or is gone: ask an administrator", "revoked")
        if since < account.valid_from:
            raise BadCredential("The password was changed since this was given: sign in again", "revoked")
        return account

    # Programs and points

    async def _of_machine(self, text: str) -> Who:
        word = machine_word(text)
        key = await self._machine_key(word.key_id) if word else None
        if word is None or key is None or not is_word_of(word.secret, key.secret_hash):
            raise BadCredential("There is no such machine key: ask an administrator for one", "unknown_credential")
        who = await self._of_key(key)
        await self._see(key.key_id, key.last_used_at, self._now(), self._accounts.use_machine_key)
        return who

    async def _machine_key(self, key_id: str) -> MachineKey | None:
        return await self._get("machine_key", key_id, lambda: self._accounts.machine_key(key_id))

    async def _of_key(self, key: MachineKey | None) -> Who:
        if key is None or key.revoked_at is not None:
            raise BadCredential("This machine key was revoked: ask an administrator for another one", "revoked")
        if key.expires_at is not None and self._now() >= key.expires_at:
            raise BadCredential("This machine key has expired: ask an administrator for another one", "expired")
        actor = Actor(kind=ActorKind.MACHINE, id=key.key_id, via=HTTP)
        return Who(actor, permissions_of(actor, [each for each in Permission if each in key.scopes.split()]))

    async def _of_signer(self, token: str, signer: Signer) -> Who:
        kind, owner, version = signer
        # First its signature: strangers do not learn who has keys.
        read_by_key(token, derived_key(self._keys.keys.master, kind, owner, version), self._now())
        if not await self._counts(kind, owner, version):
            raise BadCredential(f"This key of the {kind} counts no more: {renewal(kind)}", "unknown_credential")
        if kind is KeyKind.DRIVER:
            who = _who(actor_of(await self._active(owner, self._now()), OWN_KEY))
            return Who(who.actor, who.permissions, key_version=version)
        return _who(Actor(kind=ActorKind.POINT, id=owner, via=HTTP))

    async def _counts(self, kind: KeyKind, owner: str, version: int | None) -> bool:
        """Whether a key counts in a version, or in any where none is named; raises BadCredential where it was
        revoked."""
        identity = await self._get(kind, owner, lambda: self._accounts.identity(kind, owner))
        if identity is not None and identity.revoked_at is not None:
            raise BadCredential(f"The key of this {kind} was revoked: {renewal(kind)}", "revoked")
        asked = version or (identity.version if identity else 0)
        return identity is not None and identity.accepts(asked, self._now())

    async def _get(self, kind: str, name: str, ask: Callable[[], T]) -> T:
        is_known, value = self._remembered.known((kind, name))
        if is_known:
            known: T = value
            return known
        return await self._threads.do(self._remembered.get, (kind, name), ask)


def _who(actor: Actor) -> Who:
    return Who(actor, permissions_of(actor))
