"""People who may sign in, under /api/v1. Knows no rule."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.access.serving import CHANGES, TheService, link_to, secret
from evcharging.apps.ev_central.answers import REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.bodies_access import UserBody, UserChangeBody
from evcharging.apps.ev_central.views_access import AccountView, LinkView, NewAccount, account_view
from evcharging.apps.ev_central.web import Id, StrictRoute, TheCaller, body_as, described, json_response
from evcharging.domain.access.permissions import AccountRole

AccountId = Annotated[Id, Path(examples=["acc-7f3a9c"])]
Role = Annotated[AccountRole | None, Query(description="Only those with this role")]
TheUser = Annotated[UserBody, Depends(body_as(UserBody))]
TheChange = Annotated[UserChangeBody, Depends(body_as(UserChangeBody))]

api = APIRouter(prefix="/api/v1/users", tags=["people"], route_class=StrictRoute)


@api.get("", responses=answers(list[AccountView], UNDECIDED), summary="People, by their name")
async def list_users(service: TheService, role: Role = None) -> Response:
    """Operators and drivers alike."""
    found = await asyncio.to_thread(service.accounts.accounts, role=role)
    return json_response([account_view(account) for account in found])


@api.post(
    "",
    status_code=201,
    responses={201: answer(NewAccount), **CHANGES},
    summary="Let somebody sign in",
    openapi_extra=described(UserBody),
)
async def add_user(request: Request, service: TheService, caller: TheCaller, user: TheUser) -> Response:
    """They set a password by the link, which is shown this once."""
    made = await service.do(service.people.add, caller.actor, user.name, user.role, user.driver_id)
    return secret(NewAccount(account=account_view(made.account), link=link_to(request, made.link)), 201)


@api.get("/{account_id}", responses=answers(AccountView, REFUSALS), summary="One person")
async def get_user(service: TheService, account_id: AccountId) -> Response:
    """As they are now."""
    return json_response(account_view(await asyncio.to_thread(service.people.found, account_id)))


@api.patch(
    "/{account_id}",
    responses=answers(AccountView, CHANGES),
    summary="Change somebody's role, or let them in no more",
    openapi_extra=described(UserChangeBody),
)
async def change_user(service: TheService, caller: TheCaller, account_id: AccountId, change: TheChange) -> Response:
    """Who is disabled is signed in nowhere any more. Not so the last administrator."""
    after = await service.do(
        service.people.change, caller.actor, account_id, role=change.role, disabled=change.disabled
    )
    return json_response(account_view(after))


@api.delete("/{account_id}", status_code=204, responses=CHANGES, summary="Forget who somebody was")
async def erase_user(service: TheService, caller: TheCaller, account_id: AccountId) -> Response:
    """Nothing that names them is left; the ledger keeps the ID. Not so the last administrator."""
    await service.do(service.people.erase, caller.actor, account_id)
    return Response(status_code=204)


@api.post("/{account_id}/link", responses=answers(LinkView, CHANGES), summary="A link that sets a new password")
async def make_link(request: Request, service: TheService, caller: TheCaller, account_id: AccountId) -> Response:
    """It counts once, for an hour, and is shown this once; earlier ones count no more."""
    return secret(link_to(request, await service.do(service.people.link, caller.actor, account_id)))
