"""Thieves over HTTP: tokens that are forged, spent, used, altered, or of another key. Knows no Central but its port."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from itertools import count as numbers_from
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake
from websockets.typing import Subprotocol

from tests.real.breakin.caller import V1, bearer, crowd
from tests.real.breakin.findings import Tally

AT_ONCE = 16
REFUSED = (401, 409, 429)
"""A token that enrols nobody is answered with 409."""
Claims = dict[str, Any]


class Stolen:
    """What thieves have: what has been used before, `access_token` of somebody, whose parts they alter; and
    `signing_key`, which nobody has, for tokens that are wrong though their signature holds."""

    def __init__(
        self, access_token: str, signing_key: bytes, spent: str, links: tuple[str, str], machine_key: str, ticket: str
    ) -> None:
        self.access_token = access_token
        self.signing_key = signing_key
        self.spent_refresh = spent
        self.used_link, self.used_enrolment = links
        self.machine_key = machine_key
        self.used_ticket = ticket


def letters(content: bytes) -> str:
    """Base64 as tokens have it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def parts_of(token: str) -> tuple[Claims, Claims]:
    """What a token says, header and body."""
    head, body, _ = token.split(".")
    read: list[Claims] = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body)]
    return read[0], read[1]


def signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: bytes) -> str:
    """A token that says this, with a signature that holds by this key."""
    text = f"{letters(json.dumps(header).encode())}.{letters(json.dumps(claims).encode())}"
    return f"{text}.{letters(hmac.digest(key, text.encode(), 'sha256'))}"


def altered(text: str, at: int) -> str:
    """The same with one character changed."""
    place = at % len(text)
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


class Forger:
    """Makes tokens that must not count; each is another one."""

    def __init__(self, stolen: Stolen) -> None:
        self._token = stolen.access_token
        self._key = stolen.signing_key
        self._header, self._claims = parts_of(stolen.access_token)
        self._numbers = numbers_from()

    @property
    def kinds(self) -> list[tuple[str, Callable[[], str]]]:
        """All kinds, by what they are."""
        now = time.time()
        return [
            ("another key", lambda: self._by(b"x" * 32)),
            ("an empty key", lambda: self._by(b"")),
            ("no algorithm", lambda: self._unsigned("none")),
            ("another algorithm", lambda: self._by(self._key, header={"alg": "HS512"})),
            ("a public key", lambda: self._by(b"-----BEGIN PUBLIC KEY-----", header={"alg": "RS256"})),
            ("an unknown key", lambda: self._by(self._key, header={"kid": "../keys.json"})),
            ("a point's key", lambda: self._by(self._key, header={"kid": "point/CP-001/1"})),
            ("a key that it brings along", lambda: self._by(b"x" * 32, header={"jwk": {"kty": "oct", "k": "eHh4"}})),
            ("another body", self._with_another_body),
            ("one character changed", lambda: altered(self._token, next(self._numbers))),
            ("cut", lambda: self._token[: -1 - next(self._numbers) % 60]),
            ("expired", lambda: self._by(self._key, iat=now - 900, exp=now - 300)),
            ("from the future", lambda: self._by(self._key, iat=now + 300, exp=now + 600)),
            ("for a year", lambda: self._by(self._key, exp=now + 31_536_000)),
            ("for another", lambda: self._by(self._key, aud="elsewhere")),
            ("by another", lambda: self._by(self._key, iss="elsewhere")),
            ("of nobody", lambda: self._by(self._key, sub="acc-404")),
            *((f"without {name}", lambda name=name: self._without(name)) for name in self._claims),
        ]

    def _said(self, more: Mapping[str, Any]) -> Claims:
        return {**self._claims, "jti": f"forged-{next(self._numbers)}", **more}

    def _by(self, key: bytes, header: Mapping[str, Any] | None = None, **more: Any) -> str:
        return signed({**self._header, **(header or {})}, self._said(more), key)

    def _unsigned(self, algorithm: str) -> str:
        head, body, _ = self._by(self._key, {"alg": algorithm}).split(".")
        return f"{head}.{body}."

    def _with_another_body(self) -> str:
        head, _, signature = self._token.split(".")
        return f"{head}.{letters(json.dumps(self._said({'sub': 'acc-2', 'role': 'admin'})).encode())}.{signature}"

    def _without(self, name: str) -> str:
        return signed(self._header, {key: said for key, said in self._said({}).items() if key != name}, self._key)


ASKED = (("GET", f"{V1}/me"), ("POST", "/cp/stop"), ("GET", "/cp"), ("POST", f"{V1}/keys"), ("DELETE", "/cp/CP-001"))
"""What is asked by false tokens: to look, and to change."""

SHARES = {"jwt": 50, "refresh": 12, "machine": 14, "cookie": 8, "link": 6, "enrolment": 6, "ticket": 4}
"""Of a hundred tries."""


class TokenThief:
    """Tries everything at one Central."""

    def __init__(self, http: httpx.AsyncClient, port: int, stolen: Stolen, tally: Tally) -> None:
        self._http = http
        self._port = port
        self._stolen = stolen
        self._tally = tally
        self._forgeries = Forger(stolen).kinds
        self._try: dict[str, Callable[[int], Awaitable[None]]] = {
            "jwt": self._forged, "refresh": self._spent, "machine": self._machine, "cookie": self._cookie,
            "link": self._link, "enrolment": self._enrolment, "ticket": self._ticket,
        }  # fmt: skip

    async def steal(self, count: int) -> None:
        """So many tries, of all kinds."""
        plan = [kind for kind, share in SHARES.items() for _ in range(share)]
        numbers = iter(range(count))

        async def work() -> None:
            for number in numbers:
                # 37 has no part in common with 100, so that kinds come mixed.
                await self._try[plan[number * 37 % len(plan)]](number)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    async def _ask(self, kind: str, number: int, headers: Mapping[str, str]) -> None:
        method, path = ASKED[number % len(ASKED)]
        body = {"label": "mine", "scopes": ["network:read"]} if path.endswith("keys") else None
        answer = await self._http.request(method, path, headers=dict(headers), json=body)
        self._judge(kind, answer)

    async def _post(self, kind: str, path: str, body: Mapping[str, str]) -> None:
        self._judge(kind, await self._http.post(f"{V1}/{path}", json=dict(body)))

    def _judge(self, kind: str, answer: httpx.Response) -> None:
        what = f"{answer.request.method} {answer.request.url.path} is answered with {answer.status_code}"
        self._tally.judge(f"HTTP: {kind}", what, refused=answer.status_code in REFUSED)

    async def _forged(self, number: int) -> None:
        kind, forge = self._forgeries[number % len(self._forgeries)]
        await self._ask(f"JWT, {kind}", number // len(self._forgeries), bearer(forge()))

    async def _spent(self, number: int) -> None:
        await self._post("a spent refresh token", "auth/refresh", {"refresh_token": self._stolen.spent_refresh})

    async def _machine(self, number: int) -> None:
        false = altered(self._stolen.machine_key, 4 + number % (len(self._stolen.machine_key) - 4))
        await self._ask("a machine key with one character changed", number, bearer(false))

    async def _cookie(self, number: int) -> None:
        headers = {"Cookie": f"session={self._stolen.spent_refresh[4:]}", "Origin": f"http://127.0.0.1:{self._port}"}
        await self._ask("a cookie that is none", number, headers)

    async def _link(self, number: int) -> None:
        body = {"token": self._stolen.used_link, "name": "Thief", "password": "violet horses run at dawn"}
        await self._post("a used link", "auth/setup", body)

    async def _enrolment(self, number: int) -> None:
        await self._post("a used enrolment", "points/enrol", {"token": self._stolen.used_enrolment})

    async def _ticket(self, number: int) -> None:
        offered = [Subprotocol(f"ticket.{self._stolen.used_ticket}")]
        try:
            async with connect(f"ws://127.0.0.1:{self._port}/ws", proxy=None, subprotocols=offered):
                self._tally.judge("HTTP: a ticket again", "it opens a live view", refused=False)
        except InvalidHandshake as error:
            self._tally.judge("HTTP: a ticket again", str(error), refused="401" in str(error))


async def steal_tokens(port: int, stolen: Stolen, count: int, tally: Tally) -> None:
    """Try all kinds, `count` times in all, from an address of their own."""
    async with crowd(port, "127.0.0.9") as http:
        await TokenThief(http, port, stolen, tally).steal(count)
