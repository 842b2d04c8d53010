"""The keys of charging points, under /api/v1: given by a token that counts once, renewed, and taken back.
Knows no rule."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from evcharging.adapters.tokens import BadToken, signer_of
from evcharging.apps.ev_central.access.serving import CHANGES, MaybeService, TheAddress, secret
from evcharging.apps.ev_central.answers import REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.bodies import EnrolBody, not_reserved
from evcharging.apps.ev_central.points_api import CpId
from evcharging.apps.ev_central.qr import qr_svg
from evcharging.apps.ev_central.refusals import Forbidden, NotDecided
from evcharging.apps.ev_central.views import CpId as ShownCpId
from evcharging.apps.ev_central.views import Moment, View, utc_or_none
from evcharging.apps.ev_central.web import StrictRoute, TheCaller, TheDesk, json_response, unfit
from evcharging.apps.shell.key_desk import GivenKey, KeyDesk, monitor_command
from evcharging.common.messages_operators import ActorKind
from evcharging.common.setting_values import checked_id
from evcharging.common.utils import shown
from evcharging.domain.access.keys import Identity, KeyKind

api = APIRouter(prefix="/api/v1", tags=["keys of points"], route_class=StrictRoute)

Version = Annotated[int, shown(1)]
KeyText = Annotated[str, shown("00" * 32, "32 bytes, in hexadecimal")]


class EnrolmentView(View, frozen=True, kw_only=True):
    """A token that gives a point its key, once: by itself, in the command that its monitor is started with, and as the
    text of a QR code, which is SVG."""

    token: Annotated[str, shown("eve_" + "a" * 43)]
    expires_at: Moment
    command: Annotated[str, shown(monitor_command("CP-001", "eve_" + "a" * 43, "central.example", 8000))]
    qr: Annotated[str, shown("<svg/>")]


class KeyView(View, frozen=True, kw_only=True):
    """The key of a point, which is shown to nobody else."""

    cp_id: ShownCpId
    version: Version
    key: KeyText


class IdentityView(View, frozen=True, kw_only=True):
    """Somebody who has a key. `in_use`: the newest version that its owner has used; `older_until`: until when the one
    before the newest counts."""

    kind: Annotated[str, shown("point")]
    id: Annotated[str, shown("CP-001")]
    version: Version
    in_use: Version
    older_until: Moment | None
    revoked_at: Moment | None


async def open_desk(desk: TheDesk) -> KeyDesk:
    """Where keys are given out."""
    if desk is None:
        raise NotDecided("This Central gives out no keys")
    return desk


OpenDesk = Annotated[KeyDesk, Depends(open_desk)]
Kind = Annotated[KeyKind | None, Query(description="Only of this kind")]


@api.get("/identities", responses=answers(list[IdentityView], UNDECIDED), summary="Who has a key")
async def identities(desk: OpenDesk, kind: Kind = None) -> Response:
    """Points and drivers, and which version of each one's key counts; never a key."""
    known = await asyncio.to_thread(desk.all, kind)
    return json_response([_identity_view(each) for each in known if each.kind is not KeyKind.CENTRAL])


@api.post(
    "/points/{cp_id}/enrolment",
    status_code=201,
    responses={201: answer(EnrolmentView), **REFUSALS},
    summary="A token that gives a point its key",
)
async def invite(request: Request, desk: OpenDesk, caller: TheCaller, cp_id: CpId) -> Response:
    """It counts once, for 24 hours, and instead of those before it; the key that the point has counts until then."""
    enrolment = await asyncio.to_thread(desk.invite, _checked(cp_id), caller.actor)
    url = request.base_url
    port = url.port or (443 if url.is_secure else 80)
    command = monitor_command(cp_id, enrolment.token, url.hostname or "localhost", port, tls=url.is_secure)
    return secret(
        EnrolmentView(
            token=enrolment.token, expires_at=enrolment.expires_at, command=command, qr=qr_svg(enrolment.token)
        ),
        201,
    )


@api.post("/points/enrol", responses=answers(KeyView, CHANGES), summary="Exchange a token for a point's key")
async def enrol(desk: OpenDesk, service: MaybeService, address: TheAddress, body: EnrolBody) -> Response:
    """The token is the credential. The keys that the point had before count no more."""
    if service is not None:
        service.sign_in.guess(address)
    given = await asyncio.to_thread(desk.enrol, body.token)
    if service is not None:
        service.sign_in.was_right(address)
    return secret(_key_view(given))


@api.post("/points/{cp_id}/key", responses=answers(KeyView, REFUSALS), summary="Renew a point's own key")
async def rotate(request: Request, desk: OpenDesk, caller: TheCaller, cp_id: CpId) -> Response:
    """The one before counts for 24 hours more. Who asks with that is given the newest again."""
    actor = caller.actor
    if actor.kind is ActorKind.POINT and actor.id != cp_id:
        raise Forbidden(f"{actor.id} may renew its own key, and not that of {cp_id}")
    version = _version_in(request) if actor.kind is ActorKind.POINT else None
    return secret(_key_view(await asyncio.to_thread(desk.rotate, cp_id, version, actor)))


@api.delete("/points/{cp_id}/key", status_code=204, responses=REFUSALS, summary="Revoke a point's key")
async def revoke(desk: OpenDesk, caller: TheCaller, cp_id: CpId) -> Response:
    """Nothing that it says counts any more, and its link is cut, within five seconds."""
    await asyncio.to_thread(desk.revoke, cp_id, caller.actor)
    return Response(status_code=204)


def _version_in(request: Request) -> int | None:
    """The version of its key by which a point has said who it is, which the gate has looked at."""
    _, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        signer = signer_of(token.strip())
    except BadToken:
        return None
    return signer.version if signer else None


def _checked(cp_id: str) -> str:
    """An ID that a point may have; a 422 for another one."""
    try:
        return not_reserved(checked_id(cp_id))
    except ValueError as error:
        raise unfit("path", "cp_id", str(error)) from None


def _key_view(given: GivenKey) -> KeyView:
    return KeyView(cp_id=given.identity.id, version=given.identity.version, key=given.key.hex())


def _identity_view(identity: Identity) -> IdentityView:
    return IdentityView(
        kind=identity.kind,
        id=identity.id,
        version=identity.version,
        in_use=identity.in_use,
        older_until=utc_or_none(identity.older_until),
        revoked_at=utc_or_none(identity.revoked_at),
    )
