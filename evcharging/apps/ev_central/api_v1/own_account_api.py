"""A driver's account, under /api/v1/me: the vehicles that are kept there, and its end. Knows no rule."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.access.contract import OWN_KEY
from evcharging.apps.ev_central.access.cookies import clear_refresh
from evcharging.apps.ev_central.access.serving import CHANGES, SHOWN_ONCE, TheService
from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.bodies_access import VehiclesBody
from evcharging.apps.ev_central.own import TheDriver
from evcharging.apps.ev_central.refusals import Forbidden
from evcharging.apps.ev_central.views_access import VehiclesView
from evcharging.apps.ev_central.web import StrictRoute, body_as, described, json_response
from evcharging.common.messages_operators import Actor
from evcharging.domain.access.vehicles import Garage

api = APIRouter(prefix="/api/v1/me", tags=["drivers"], route_class=StrictRoute)


async def signed_in(driver: TheDriver) -> Actor:
    """A driver who has signed in; raises Forbidden for who asks by the driver's own key: a token that is overheard must
    not be worth an account."""
    if driver.via == OWN_KEY:
        raise Forbidden("The account is erased by who has signed in: POST /api/v1/auth/login first")
    return driver


TheSignedIn = Annotated[Actor, Depends(signed_in)]
TheVehicles = Annotated[VehiclesBody, Depends(body_as(VehiclesBody))]


@api.get("/vehicles", responses=answers(VehiclesView, UNDECIDED), summary="The driver's vehicles")
async def list_own_vehicles(service: TheService, driver: TheDriver) -> Response:
    """In the order in which the driver gave them."""
    garage = await asyncio.to_thread(service.accounts.garage, driver.id)
    return json_response(VehiclesView(items=list(garage.vehicles)))


@api.put(
    "/vehicles",
    responses=answers(VehiclesView, CHANGES),
    summary="Say which vehicles the driver has",
    openapi_extra=described(VehiclesBody),
)
async def put_own_vehicles(service: TheService, driver: TheDriver, body: TheVehicles) -> Response:
    """All of them, in place of what was said before. They are erased with the account."""
    await asyncio.to_thread(service.accounts.put_garage, Garage(account_id=driver.id, vehicles=tuple(body.items)))
    return json_response(VehiclesView(items=list(body.items)))


@api.delete("", status_code=204, responses=CHANGES, summary="Erase the driver's account")
async def erase_own_account(request: Request, driver: TheSignedIn, service: TheService) -> Response:
    """Nothing that names the driver is left; the ledger keeps the ID, which nobody is given again. A session that goes
    on ends as it would, and is billed."""
    await service.do(service.people.erase, driver, driver.id)
    gone = Response(status_code=204, headers=SHOWN_ONCE)
    clear_refresh(request, gone)
    return gone
