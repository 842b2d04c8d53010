"""The cards that a driver pays by, and what the driver has paid, under /api/v1/me. Knows no rule."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from evcharging.apps.ev_central.access.serving import secret
from evcharging.apps.ev_central.answers import REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.api_v1.ledger_api import ThePage
from evcharging.apps.ev_central.bodies_payments import CardBody
from evcharging.apps.ev_central.own import TheCards, TheDriver
from evcharging.apps.ev_central.views_payments import CardList, CardView, OwnPaymentPage, card_view, own_payment
from evcharging.apps.ev_central.web import Id, StrictRoute, TheQueries
from evcharging.domain.payment import Payment

CardId = Annotated[Id, Path(examples=["card-5d0c1f7a9b3e2c44"])]

api = APIRouter(prefix="/api/v1/me", tags=["drivers"], route_class=StrictRoute)


@api.get("/cards", responses=answers(CardList, UNDECIDED), summary="The driver's cards")
async def list_cards(cards: TheCards, queries: TheQueries, driver: TheDriver) -> Response:
    """As much as may be shown of them, in the order in which they were added."""
    return secret(CardList(items=[card_view(card, queries.now()) for card in await cards.of(driver.id)]))


@api.post("/cards", responses={201: answer(CardView), **REFUSALS}, status_code=201, summary="Add a card")
async def add_card(cards: TheCards, queries: TheQueries, driver: TheDriver, wanted: CardBody) -> Response:
    """Only the numbers of cards for tests are taken; the number is exchanged for what stands for it, and is not kept.
    The first card pays where none is named. One that is there already is renewed. 10 cards at most."""
    card = await cards.add(driver, wanted.number, wanted.expires or "", wanted.payment_method)
    return secret(card_view(card, queries.now()), 201)


@api.delete("/cards/{card_id}", responses=REFUSALS, status_code=204, summary="Remove a card")
async def remove_card(cards: TheCards, driver: TheDriver, card_id: CardId) -> Response:
    """What was held on it stays held. Where it was the default, the first of the others is."""
    await cards.remove(driver, card_id)
    return Response(status_code=204)


@api.post("/cards/{card_id}/default", responses=answers(CardView, REFUSALS), summary="Pay by this card")
async def choose_card(cards: TheCards, queries: TheQueries, driver: TheDriver, card_id: CardId) -> Response:
    """From now on it pays where none is named."""
    return secret(card_view(await cards.choose(driver, card_id), queries.now()))


@api.get("/payments", responses=answers(OwnPaymentPage, UNDECIDED), summary="What the driver paid")
async def list_own_payments(queries: TheQueries, driver: TheDriver, page: ThePage) -> Response:
    """By when it was asked for."""
    return await page.of(queries, Payment, own_payment, driver_id=driver.id)
