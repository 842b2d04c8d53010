"""Who is given a key, and whose key counts no more: points are enrolled by a token that counts once. Each change is
noted with who did it. Knows no route."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from evcharging.adapters.secret_words import ENROLMENT, hash_of_word, new_word
from evcharging.adapters.store.accounts import Accounts
from evcharging.apps.shell.actions import noted
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.utils import iso
from evcharging.domain.access.keys import Identity, KeyKind, KeyOf, enrolled, revoked, rotated
from evcharging.domain.access.noting import NOTHING
from evcharging.domain.access.people import ENROLMENT_LASTS, LinkPurpose, OneTimeLink


class NotEnrolled(Exception):
    """Nothing is known of such a key or token; the text says what to do."""

    code = "not_enrolled"


class KeysInDoubt(Exception):
    """No key is given out just now; the text says why, and what to do."""


class Enrolment(NamedTuple):
    """A token that gives a point its key, once."""

    token: str
    expires_at: datetime


class GivenKey(NamedTuple):
    """A key that is handed out."""

    identity: Identity
    key: bytes


class KeyDesk:
    """Gives out keys, and takes them back. Synchronous, for any thread; every method may raise StoreUnavailable.
    `changed` is called after each change. While there is a `doubt` whether these are the keys of the ledger, none is
    given out: KeysInDoubt says why."""

    def __init__(
        self,
        accounts: Accounts,
        key_of: KeyOf,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
        doubt: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._accounts = accounts
        self._doubt = doubt
        self._key_of = key_of
        self._now = now
        self._changed = changed

    def all(self, kind: KeyKind | None) -> Sequence[Identity]:
        """All identities of a kind, or all."""
        return self._accounts.identities(kind)

    def invite(self, cp_id: str, actor: Actor) -> Enrolment:
        """A token for a point's monitor; tokens for it from before count no more."""
        now, token = self._now(), new_word(ENROLMENT)
        link = OneTimeLink(
            token_hash=hash_of_word(token),
            purpose=LinkPurpose.ENROLMENT,
            subject=cp_id,
            created_at=now,
            expires_at=now + ENROLMENT_LASTS,
        )
        action = noted(actor, "invite_point", cp_id, now, after={"until": iso(link.expires_at)})
        self._accounts.add_link(link, action)
        return Enrolment(token, link.expires_at)

    def enrol(self, token: str) -> GivenKey:
        """Give the point its key whom a token is for; raises NotEnrolled."""
        self._be_sure()
        link = self._used(token) if token.startswith(ENROLMENT) else None
        if link is None or link.subject is None:
            raise NotEnrolled(
                "This token was used before, has expired, or never was one:"
                " `evcharging points enrol`, or the point's page, makes another"
            )
        before = self._accounts.identity(KeyKind.POINT, link.subject)
        itself = Actor(kind=ActorKind.POINT, id=link.subject, via="enrolment")
        return self._put("enrol_point", enrolled(KeyKind.POINT, link.subject, before), before, itself)

    def _used(self, token: str) -> OneTimeLink | None:
        return self._accounts.use_link(hash_of_word(token), LinkPurpose.ENROLMENT, self._now())

    def of_driver(self, driver_id: str, actor: Actor) -> GivenKey:
        """A driver's newest key, made where there is none that counts. Raises Overtaken."""
        before = self._accounts.identity(KeyKind.DRIVER, driver_id)
        self._be_sure()
        if before is not None and before.revoked_at is None:
            return GivenKey(before, self._key_of(KeyKind.DRIVER, driver_id, before.version))
        return self._put("give_key", enrolled(KeyKind.DRIVER, driver_id, before), before, actor)

    def rotate(self, cp_id: str, known: int | None, actor: Actor) -> GivenKey:
        """Give a point its next key, where it has this version (None: the newest). One that has not got the newest is
        given that, so that an answer that was lost costs nothing. Raises NotEnrolled, or Overtaken."""
        self._be_sure()
        before = self._accounts.identity(KeyKind.POINT, cp_id)
        known = before.version if before is not None and known is None else known
        if before is None or known is None or not before.accepts(known, self._now()):
            raise NotEnrolled(f"{cp_id} has no key that counts: evcharging points enrol {cp_id}")
        if known < before.version:
            return GivenKey(before, self._key_of(KeyKind.POINT, cp_id, before.version))
        return self._put("rotate_key", rotated(before, self._now()), before, actor)

    def revoke(self, cp_id: str, actor: Actor) -> None:
        """From now on no key of a point counts; raises NotEnrolled."""
        before = self._accounts.identity(KeyKind.POINT, cp_id)
        if before is None:
            raise NotEnrolled(f"{cp_id} has no key")
        if before.revoked_at is None:
            self._put("revoke_key", revoked(before, self._now()), before, actor)

    def revoke_if_any(self, cp_id: str, actor: Actor) -> None:
        """The same for a point that may never have had a key."""
        if self._accounts.identity(KeyKind.POINT, cp_id) is not None:
            self.revoke(cp_id, actor)

    def _be_sure(self) -> None:
        doubt = self._doubt()
        if doubt is not None:
            raise KeysInDoubt(doubt)

    def _put(self, what: str, identity: Identity, before: Identity | None, actor: Actor) -> GivenKey:
        action = noted(actor, what, identity.id, self._now(), before=_shown(before), after=_shown(identity))
        self._accounts.put_identity(identity, action, before=before)
        self._changed()
        return GivenKey(identity, self._key_of(identity.kind, identity.id, identity.version))


def _shown(identity: Identity | None) -> Mapping[str, Any]:
    if identity is None:
        return NOTHING
    return {"version": identity.version, "older_until": identity.older_until, "revoked_at": identity.revoked_at}


def monitor_command(cp_id: str, token: str, host: str, port: int, *, tls: bool = False) -> str:
    """How a point's monitor is started to get its key; only the environment of a process is its owner's alone."""
    flags = f"--cp-id {cp_id} --central-host {host} --central-port {port}{' --central-tls' if tls else ''}"
    return f"CP_MONITOR_ENROL={token} evcharging monitor {flags}"
