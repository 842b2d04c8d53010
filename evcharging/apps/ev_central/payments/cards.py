"""What drivers can have done about the cards that they pay by, and which card pays for what they ask. Numbers pass
through to the provider, and are neither kept nor repeated."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import token_hex

from evcharging.adapters.provider import CardRefused, Provider, ProviderAway
from evcharging.adapters.store.accounts import Accounts
from evcharging.apps.ev_central.refusals import NotDecided, OrderRefused, UnknownResource
from evcharging.apps.shell.actions import noted
from evcharging.apps.shell.people import BadChoice
from evcharging.common.messages_operators import Actor
from evcharging.domain.access.cards import (
    Card,
    default_of,
    has_expired,
    named,
    why_not_valid,
    with_card,
    with_default,
    without_card,
)
from evcharging.domain.provider import ProviderCard

OFF = "Payments are off, so that no card is needed: --payments simulated turns them on"
NO_ACCOUNT = "This driver has no account that could have cards: make one with POST /api/v1/auth/register"
NO_CARD = "{} has no card to pay with: add one with POST /api/v1/me/cards, then ask again"
LIVE = "This provider takes no numbers here: send the payment_method that its own page gave you for the card"


class Cards:
    """The cards of one Central's drivers. Raises BadChoice for what does not fit, UnknownResource, OrderRefused, and
    Overtaken where somebody else changes the same; NotDecided while the provider is away; StoreUnavailable."""

    def __init__(self, accounts: Accounts | None, provider: Provider | None, now: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._provider = provider
        self._now = now

    async def of(self, driver_id: str) -> Sequence[Card]:
        """All cards of a driver's account."""
        return await asyncio.to_thread(self._accounts.cards, driver_id) if self._accounts else ()

    async def add(self, driver: Actor, number: str | None, expires: str, method: str | None) -> Card:
        """Keep a card, by its number or by what stands for it, and give it."""
        accounts, provider = await self._open(driver.id)
        if number is not None and (reason := why_not_valid(expires, self._now())) is not None:
            raise BadChoice(reason)
        said = await _exchanged(provider, number, expires, method)
        before = await self.of(driver.id)
        card = Card(
            card_id=f"card-{token_hex(8)}",
            account_id=driver.id,
            method=said.method,
            brand=said.brand,
            last4=said.last4,
            expires=said.expires,
            added_at=self._now(),
        )
        try:
            after = with_card(before, card)
        except ValueError as error:
            raise OrderRefused(str(error)) from None
        await self._put(accounts, driver, "add_card", before, after)
        return next(each for each in after if each.method == card.method)

    async def remove(self, driver: Actor, card_id: str) -> None:
        """Keep a card no more."""
        before = await self._with(driver.id, card_id)
        await self._put(self._accounts, driver, "remove_card", before, without_card(before, card_id))

    async def choose(self, driver: Actor, card_id: str) -> Card:
        """Let a card pay where none is named, and give it."""
        before = await self._with(driver.id, card_id)
        after = with_default(before, card_id)
        if after != tuple(before):
            await self._put(self._accounts, driver, "choose_card", before, after)
        return next(each for each in after if each.card_id == card_id)

    async def method(self, driver_id: str, card_id: str | None) -> str | None:
        """What stands for the card that pays for a driver: the named one, or the default one. None where nobody pays,
        and for who has no account: Central's own payment method counts then."""
        if self._provider is None and card_id is None:
            return None
        cards = await (self._with(driver_id, card_id) if card_id is not None else self.of(driver_id))
        card = named(cards, card_id) if card_id is not None else default_of(cards)
        if card is None:
            if await self._has_account(driver_id):
                raise OrderRefused(NO_CARD.format(driver_id))
            return None
        if has_expired(card.expires, self._now()):
            raise OrderRefused(
                f"The card that ends in {card.last4} counted until {card.expires}: choose another one, or add one"
            )
        return card.method

    async def _open(self, driver_id: str) -> tuple[Accounts, Provider]:
        if self._provider is None:
            raise OrderRefused(OFF)
        if self._accounts is None or not await self._has_account(driver_id):
            raise OrderRefused(NO_ACCOUNT)
        return self._accounts, self._provider

    async def _has_account(self, driver_id: str) -> bool:
        return self._accounts is not None and await asyncio.to_thread(self._accounts.account, driver_id) is not None

    async def _with(self, driver_id: str, card_id: str) -> Sequence[Card]:
        cards = await self.of(driver_id)
        if named(cards, card_id) is None:
            raise UnknownResource(f"{card_id} is not a card of {driver_id}")
        return cards

    async def _put(
        self, accounts: Accounts | None, driver: Actor, what: str, before: Sequence[Card], after: Sequence[Card]
    ) -> None:
        if accounts is not None:
            action = noted(driver, what, driver.id, self._now(), after={"cards": len(after)})
            await asyncio.to_thread(accounts.put_cards, driver.id, after, action, before=before)


async def _exchanged(provider: Provider, number: str | None, expires: str, method: str | None) -> ProviderCard:
    if number is not None and not provider.takes_numbers:
        raise BadChoice(LIVE)
    try:
        if number is not None:
            return await provider.card(number, expires)
        return await provider.known_card(method or "")
    except CardRefused as error:
        raise BadChoice(str(error)) from None
    except ProviderAway as error:
        raise NotDecided(str(error)) from None
