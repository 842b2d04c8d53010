"""Whether people have to sign in, and who asks, under /api/v1. Knows no rule."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.ev_central.access.serving import MaybeService, TheWho, secret
from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.views_access import AccessView, MeView, me_view, who_view
from evcharging.apps.ev_central.web import StrictRoute, TheAccess, TheCommands, who_of
from evcharging.common.messages_operators import ActorKind
from evcharging.domain.access.people import Account

api = APIRouter(prefix="/api/v1", tags=["signing in"], route_class=StrictRoute)

ACCOUNTS = (ActorKind.PERSON, ActorKind.DRIVER)


@api.get("/access", responses=answers(AccessView, UNDECIDED), summary="Whether people have to sign in")
async def get_access(
    access: TheAccess, service: MaybeService, commands: TheCommands, who: Annotated[Who | None, Depends(who_of)]
) -> Response:
    """And who has. What a console asks first."""
    account = await _account(service, who) if who else None
    shown = who_view(who, account.name if account else None) if who else None
    needs_setup = service is not None and service.proofs.needs_setup
    provider = commands.provider
    view = AccessView(
        mode=access.mode,
        needs_setup=needs_setup,
        lab=commands.lab is not None,
        payments=provider is not None,
        simulated_cards=provider is not None and provider.takes_numbers,
        hold_limit_cents=commands.hold_limit_cents,
        who=shown,
    )
    return secret(view)


@api.get("/me", responses=answers(MeView, UNDECIDED), summary="Who asks")
async def get_me(service: MaybeService, who: TheWho) -> Response:
    """And what that one may do."""
    return secret(me_view(who, await _account(service, who)))


async def _account(service: AccessService | None, who: Who) -> Account | None:
    if service is None or who.actor.kind not in ACCOUNTS:
        return None
    return await asyncio.to_thread(service.accounts.account, who.actor.id)
