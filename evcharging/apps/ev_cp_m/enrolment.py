"""How a point's monitor gets its key, and the next one: over HTTP, from whichever Central answers."""

import asyncio
from collections.abc import Callable, Sequence

from evcharging.adapters.link import address
from evcharging.apps.ev_cp_m.central_http import CentralHttp
from evcharging.apps.shell.asking import Unanswered, asking, sentence
from evcharging.apps.shell.options import UserError
from evcharging.apps.shell.point_keys import KeyFiles
from evcharging.common.setting_values import Address
from evcharging.common.utils import BadJson, Frozen, json_decoder

ASK_EVERY = 2.0
"""Seconds between attempts while no Central answers."""

KEY_DIGITS = 64


class Given(Frozen):
    """The key that Central gives."""

    cp_id: str
    version: int
    key: str


class KeyRefusal(Frozen):
    """Why it gives none."""

    detail: str


_read_given = json_decoder(Given)
_read_refused = json_decoder(KeyRefusal)


class NotGiven(UserError):
    """Central answers, and gives no key; the text says why."""


async def enrol(
    http: CentralHttp,
    centrals: Sequence[Address],
    cp_id: str,
    token: str,
    keys: KeyFiles,
    log: Callable[[str, str], None],
) -> None:
    """Exchange a token for a point's key and keep that, however long no Central answers. Where the token counts no
    more and the point has a key, it goes on with that: a program is started again with what it was first started with.
    Raises NotGiven or KeyFileUnusable."""
    held = keys.read(cp_id)
    try:
        given = await _until_answered(http, centrals, "/api/v1/points/enrol", {"token": token}, None, log)
    except NotGiven as refusal:
        if held is None:
            raise
        log("info", f"{cp_id} has its key in {keys.file_of(cp_id)} and goes on with that: {refusal}")
        return
    keys.put(given.cp_id, given.version, given.key, keep=False)
    if given.cp_id != cp_id:
        file = keys.file_of(given.cp_id)
        raise NotGiven(f"This token was for {given.cp_id}, whose key is in {file} now, and not for {cp_id}")
    log("info", f"{cp_id} is enrolled; its key is in {keys.file_of(cp_id)}")


async def renew(
    http: CentralHttp,
    centrals: Sequence[Address],
    cp_id: str,
    keys: KeyFiles,
    token: str | None,
    log: Callable[[str, str], None],
) -> int:
    """Have a point given its next key, which is kept beside the one before; gives its version. Raises NotGiven or
    KeyFileUnusable."""
    if token is None:
        raise NotGiven(f"There is no key of {cp_id} in {keys.file_of(cp_id)}: enrol the point first")
    given = await _until_answered(http, centrals, f"/api/v1/points/{cp_id}/key", None, token, log)
    keys.put(cp_id, given.version, given.key)
    return given.version


async def _until_answered(
    http: CentralHttp,
    centrals: Sequence[Address],
    path: str,
    body: object,
    token: str | None,
    log: Callable[[str, str], None],
) -> Given:
    complaint = ""
    while True:
        troubles: list[Unanswered] = []
        for central in centrals:
            try:
                return await _ask(http, central, path, body, token)
            except Unanswered as trouble:
                troubles.append(trouble)
        if (said := sentence(troubles)) != complaint:
            complaint = said
            log("warning", f"{said}, retrying")
        await asyncio.sleep(ASK_EVERY)


async def _ask(http: CentralHttp, central: Address, path: str, body: object, token: str | None) -> Given:
    where = address(*central)
    with asking(where):
        status, text = await http.say("POST", central, path, body=body, token=token)
        if 400 <= status < 500:
            refused: KeyRefusal = _read_refused(text)
            raise NotGiven(refused.detail)
        if status != 200:
            raise Unanswered(where, f"status {status}", f"Central at {where} cannot do that now (status {status})")
        given: Given = _read_given(text)
        if len(given.key) != KEY_DIGITS or given.version < 1:
            raise BadJson("That is no key")
        return given
