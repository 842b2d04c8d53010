"""Machine keys: what programs that are no people sign in with, under /api/v1. Knows no rule."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from evcharging.apps.ev_central.access.serving import CHANGES, TheService, secret
from evcharging.apps.ev_central.answers import UNDECIDED, answer, answers
from evcharging.apps.ev_central.bodies_access import KeyBody
from evcharging.apps.ev_central.views_access import MachineKeyView, NewMachineKey, machine_key_view
from evcharging.apps.ev_central.web import Id, StrictRoute, TheCaller, body_as, described, json_response

KeyId = Annotated[Id, Path(examples=["k3f9a0c1"])]
TheKeyBody = Annotated[KeyBody, Depends(body_as(KeyBody))]

api = APIRouter(prefix="/api/v1/keys", tags=["people"], route_class=StrictRoute)


@api.get("", responses=answers(list[MachineKeyView], UNDECIDED), summary="Machine keys")
async def list_keys(service: TheService) -> Response:
    """All that were ever made, those that count no more as well; never what is secret of them."""
    return json_response([machine_key_view(key) for key in await asyncio.to_thread(service.accounts.machine_keys)])


@api.post(
    "",
    status_code=201,
    responses={201: answer(NewMachineKey), **CHANGES},
    summary="Make a machine key",
    openapi_extra=described(KeyBody),
)
async def add_key(service: TheService, caller: TheCaller, body: TheKeyBody) -> Response:
    """A program says `Authorization: Bearer` and the secret, which is shown this once."""
    made = await service.do(service.people.add_key, caller.actor, body.label, body.scopes, body.expires_at)
    return secret(NewMachineKey(key=machine_key_view(made.key), secret=made.word), 201)


@api.delete("/{key_id}", status_code=204, responses=CHANGES, summary="Revoke a machine key")
async def revoke_key(service: TheService, caller: TheCaller, key_id: KeyId) -> Response:
    """It counts no more, at once."""
    await service.do(service.people.revoke_key, caller.actor, key_id)
    return Response(status_code=204)
