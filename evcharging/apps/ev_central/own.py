"""Which driver asks: what is a driver's own is for who has signed in as one. Knows no route."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.denials import UNAUTHENTICATED
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.ev_central.charges import Charges
from evcharging.apps.ev_central.commands import Caller
from evcharging.apps.ev_central.payments.cards import Cards
from evcharging.apps.ev_central.web import TheCaller, actor_of, commands_of, queries_of
from evcharging.common.messages_operators import Actor, ActorKind

SIGN_IN = "This is for drivers: sign in as one first, with POST /api/v1/auth/login"


async def driver_asking(connection: HTTPConnection) -> Actor:
    """The driver who asks; raises BadCredential for anybody else, and so for whoever is at this machine, where nobody
    has to sign in: that is no driver."""
    actor = await actor_of(connection)
    if actor.kind is not ActorKind.DRIVER:
        raise BadCredential(SIGN_IN, UNAUTHENTICATED)
    return actor


async def driver_of(driver: Annotated[Actor, Depends(driver_asking)], caller: TheCaller) -> Caller:
    """The driver who asks, and by which key; raises BadCredential."""
    return Caller(driver, caller.key)


async def charges_of(connection: HTTPConnection) -> Charges:
    """What drivers can have done."""
    return Charges(await commands_of(connection), await queries_of(connection))


async def cards_of(connection: HTTPConnection) -> Cards:
    """What drivers pay by."""
    service: AccessService | None = connection.app.state.service
    commands, queries = await commands_of(connection), await queries_of(connection)
    return Cards(service.accounts if service else None, commands.provider, queries.now)


TheDriver = Annotated[Actor, Depends(driver_asking)]
TheAsker = Annotated[Caller, Depends(driver_of)]
TheCharges = Annotated[Charges, Depends(charges_of)]
TheCards = Annotated[Cards, Depends(cards_of)]
