"""A driver's account at Central, over HTTP: signing in, registering, and the key that proves what the driver says on
the bus. Knows no file and no terminal."""

import ssl
from binascii import unhexlify
from collections.abc import Iterable
from typing import Any

import httpx

from evcharging.adapters.key_files import OwnKey
from evcharging.adapters.link import address
from evcharging.apps.shell.asking import Unanswered, asking, sentence
from evcharging.apps.shell.options import UserError
from evcharging.common.setting_values import Address
from evcharging.domain.access.keys import KeyKind

PATIENCE = 15.0
"""Seconds: passwords are made slow to guess, and so to look at."""

Answer = dict[str, Any]


class CannotSignIn(UserError):
    """Central does not let this driver in; the text says why."""


class DriverAccount:
    """Asks the first of these Centrals that answers; `tls` is how they are spoken to, if over TLS."""

    def __init__(self, centrals: Iterable[Address], tls: ssl.SSLContext | None) -> None:
        self._centrals = list(centrals)
        self._scheme = "https" if tls is not None else "http"
        self._verify: ssl.SSLContext | bool = tls if tls is not None else True

    def sign_in(self, name: str, password: str) -> OwnKey:
        """The key of the driver who signs in so; raises CannotSignIn."""
        return self._key("/api/v1/auth/login", {"name": name, "password": password})

    def register(self, name: str, password: str, driver_id: str | None) -> OwnKey:
        """The key of a driver who is new, with this ID or with one that Central gives; raises CannotSignIn."""
        wanted = {} if driver_id is None else {"driver_id": driver_id}
        return self._key("/api/v1/auth/register", {"name": name, "password": password, **wanted})

    def _key(self, path: str, body: Answer) -> OwnKey:
        """Sign in, be given the key, and sign out again: what is left is the key alone."""
        troubles: list[Unanswered] = []
        for central in self._centrals:
            where = address(*central)
            try:
                with asking(where), self._client(where) as client:
                    tokens = _said(where, client.post(path, json=body))
                    tokens = tokens.get("tokens", tokens)
                    key = _own_key(_said(where, client.post("/api/v1/me/key", headers=_bearer(tokens))))
                    _said(where, client.post("/api/v1/auth/logout", json={"refresh_token": tokens["refresh_token"]}))
                    return key
            except Unanswered as trouble:
                troubles.append(trouble)
        raise CannotSignIn(sentence(troubles))

    def _client(self, where: str) -> httpx.Client:
        base = f"{self._scheme}://{where}"
        return httpx.Client(base_url=base, timeout=PATIENCE, trust_env=False, verify=self._verify)


def _bearer(tokens: Answer) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def _said(where: str, answer: httpx.Response) -> Answer:
    """What Central answered; raises CannotSignIn for what it refuses, and TypeError for what is no answer of it."""
    if answer.status_code == httpx.codes.NO_CONTENT:
        return {}
    said = answer.json()
    if not isinstance(said, dict):
        raise TypeError("That is no answer of Central")
    if answer.is_success:
        return said
    raise CannotSignIn(f"Central at {where} refuses: {str(said['detail'])[:500]}")


def _own_key(said: Answer) -> OwnKey:
    unhexlify(said["key"])
    return OwnKey(kind=KeyKind(said["kind"]), id=str(said["id"]), version=int(said["version"]), key=said["key"])
