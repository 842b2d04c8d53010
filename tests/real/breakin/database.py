"""The fourth part: a thief has a copy of the database, but not Central's keys. Nothing in it lets anybody in, and no
secret is kept or said anywhere in clear text."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.real.breakin.caller import V1, bearer, crowd
from tests.real.breakin.findings import LogLine, Tally
from tests.real.breakin.place import DRIVER_NAME, OPERATOR, OWNER, SETUP_LINK, Place
from tests.real.breakin.standing import rows_of

AT_ADDRESS = 12
"""Links, enrolments and passwords that are tried from one address, so that the limiter is not what refuses them."""

AT_ONCE = 16
LONGEST, LONGEST_ENROLMENT = 250, 128
NOT_IN_HEADERS = frozenset(' ";,\\\t\r\n')
OWN_FILES = ("keys.json",)
PEOPLE = ("accounts", "console_sessions", "refresh_tokens", "one_time_links", "machine_keys", "identities")
PASSWORDS = 4
"""Tried of each account: as many as the limiter lets through at once, but one, since hashes are what is tried."""


DUE = {"an enrolment": (401, 409), "a password": (401, 429)}
"""How what is refused is answered, where not with 401 alone: a token that invites no point is a conflict, and whose
name was guessed just now has to wait."""


@dataclass(frozen=True)
class Theft:
    """`values` of the database were tried; `secrets` looked for, in so many `files`."""

    tally: Tally
    values: int
    secrets: int
    files: int


def values_in(ledger: Path) -> list[str]:
    """Every value of every table, and those inside of JSON; those of people and keys first."""
    found: dict[str, None] = {}
    for _, row in sorted(rows_of(ledger), key=lambda table_row: table_row[0] not in PEOPLE):
        for value in row.values():
            if value is not None:
                found.update(dict.fromkeys(_texts(value)))
    return [text for text in found if 0 < len(text) <= LONGEST]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            yield from _inside(json.loads(value))
        except ValueError:
            yield value
    else:
        yield str(value)


def _inside(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _inside(each)
        case list():
            for each in value:
                yield from _inside(each)
        case _:
            yield str(value)


def break_in(place: Place, most: int, log: LogLine) -> Theft:
    """Try everything that is in the database, `most` values at most, those of people and keys first."""
    tally = Tally()
    values = values_in(place.ledger)
    tried = values[:most]
    log(f"Trying {len(tried):,} of {len(values):,} values of the stolen database")
    asyncio.run(_Thief(place, tally).try_all(tried))
    return Theft(tally, len(tried), 0, 0)


class _Thief:
    def __init__(self, place: Place, tally: Tally) -> None:
        self._port = place.central_port
        self._tally = tally
        key_ids = [row["key_id"] for table, row in rows_of(place.ledger) if table == "machine_keys"]
        self._key_id = key_ids[-1]

    async def try_all(self, values: Sequence[str]) -> None:
        """Each as all that lets in."""
        fit = [value for value in values if value.isascii() and value.isprintable()]
        in_headers = [value for value in fit if not NOT_IN_HEADERS & set(value)]
        async with crowd(self._port, "127.0.0.11") as http:
            await _each(in_headers, lambda value: self._by_headers(http, value))
            await _each(fit, lambda value: self._refresh(http, value))
        parcels = [values[at : at + AT_ADDRESS] for at in range(0, len(values), AT_ADDRESS)]
        numbered = [(number, parcel) for number, parcel in enumerate(parcels)]
        await _each(numbered, self._by_words)
        await self._by_password([value for value in values if value.startswith("$argon2")][:PASSWORDS])

    async def _by_headers(self, http: httpx.AsyncClient, value: str) -> None:
        origin = f"http://127.0.0.1:{self._port}"
        await self._look(http, "a cookie", {"Cookie": f"session={value}", "Origin": origin})
        await self._look(http, "a bearer", bearer(value))
        await self._look(http, "a machine key", bearer(f"evk_{self._key_id}_{value}"))

    async def _look(self, http: httpx.AsyncClient, kind: str, headers: dict[str, str]) -> None:
        self._judge(kind, await http.get("/cp", headers=headers))

    async def _refresh(self, http: httpx.AsyncClient, value: str) -> None:
        for text in (value, f"evr_{value}"):
            self._judge("a refresh token", await http.post(f"{V1}/auth/refresh", json={"refresh_token": text}))

    async def _by_words(self, parcel: tuple[int, Sequence[str]]) -> None:
        number, values = parcel
        links, enrolments = (f"127.{net}.{number // 250}.{number % 250 + 1}" for net in (1, 2))
        async with crowd(self._port, links, 1) as http:
            for value in values:
                body = {"token": value, "name": "Thief", "password": "violet horses run at dawn"}
                self._judge("a link", await http.post(f"{V1}/auth/setup", json=body))
        async with crowd(self._port, enrolments, 1) as http:
            for value in (value for value in values if len(value) <= LONGEST_ENROLMENT):
                self._judge("an enrolment", await http.post(f"{V1}/points/enrol", json={"token": value}))

    async def _by_password(self, hashes: Sequence[str]) -> None:
        async with crowd(self._port, "127.3.0.1", 1) as http:
            for name, value in zip((OWNER, OPERATOR, DRIVER_NAME), hashes, strict=False):
                body = {"name": name, "password": value}
                self._judge("a password", await http.post(f"{V1}/auth/login", json=body))

    def _judge(self, kind: str, answer: httpx.Response) -> None:
        due = DUE.get(kind, (401,))
        what = f"it is answered with {answer.status_code} {answer.text[:120]}"
        self._tally.judge(f"database: as {kind}", what, refused=answer.status_code in due)


async def _each(things: Sequence[Any], do: Any) -> None:
    waiting = iter(things)

    async def work() -> None:
        for thing in waiting:
            await do(thing)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def search(place: Place, log: LogLine) -> Theft:
    """Look for every secret of the run in all that its programs have said and kept; they have ended."""
    tally, secrets = Tally(), {**place.secrets, **_central_secrets(place)}
    files = [path for path in sorted(place.folder.rglob("*")) if path.is_file() and not _holds_keys(path)]
    log(f"Looking for {len(secrets)} secrets in {len(files)} files")
    for path in files:
        content = path.read_bytes()
        for what, secret in secrets.items():
            if what == SETUP_LINK and path.suffix == ".log":
                continue
            found = secret.encode() in content
            tally.judge("a secret in a file", f"{what} is in {path.relative_to(place.folder)}", refused=not found)
    return Theft(tally, 0, len(secrets), len(files))


def _holds_keys(path: Path) -> bool:
    return path.name in OWN_FILES or path.suffix == ".key"


def _central_secrets(place: Place) -> dict[str, str]:
    kept = json.loads((place.folder / "data" / "keys.json").read_text())
    return {
        **{f"master {number}": secret for number, secret in kept["master"].items()},
        **{f"signing key {key_id}": secret for key_id, secret in kept["jwt"]["keys"].items()},
    }
