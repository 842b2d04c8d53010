"""Payments over Kafka and PostgreSQL: the provider fails a fifth of what it is asked, Centrals and the provider are
killed, and each session is captured once. `EVCHARGING_PAYMENT_KILLS=50` kills more often, over 500 sessions."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle

import pytest

from evcharging.adapters.provider.stripe import StripeProvider
from evcharging.common.shared_settings import PSP_KEY, PSP_SIGNING
from evcharging.domain.money import to_cents
from evcharging.domain.payment import PaymentState
from evcharging.domain.provider import ProviderPayment, ProviderStatus
from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

KILLS = int(os.environ.get("EVCHARGING_PAYMENT_KILLS", "4"))
POINTS_EACH = 10
CENTRALS = ["central 1", "central 2"]
VICTIMS = ["central 1", "psp", "central 2"]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Provider:
    """What the provider says of itself."""

    def __init__(self, base: str) -> None:
        self._base = base

    def payments(self) -> list[ProviderPayment]:
        """All that there are."""
        return asyncio.run(self._payments())

    async def _payments(self) -> list[ProviderPayment]:
        provider = StripeProvider(self._base, PSP_KEY, PSP_SIGNING)
        try:
            page = await provider.list(LONG_AGO)
            found = [*page.items]
            while page.cursor is not None:
                page = await provider.list(LONG_AGO, page.cursor)
                found += page.items
            return found
        finally:
            await provider.close()


@pytest.fixture(scope="module")
def paying(
    running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Network, Provider]]:
    with Network(tmp_path_factory.mktemp("payments"), running_broker, postgres) as network:
        base = network.add_provider("--faults", "0.2", "--seed", "1")
        for name in CENTRALS:
            network.add_central(name, "--payments", base)
        for prefix in "AB":
            network.add_fleet(prefix, POINTS_EACH, CENTRALS)
        network.restore()
        yield network, Provider(base)


def check_money(network: Network, provider: Provider) -> int:
    """What is billed is captured, once, whatever has happened on the way; how many were."""
    network.until(network.books.is_finalised, "the ledger is settled")
    network.until(lambda: not network.books.unsettled(), "all payments are settled")
    money = network.books.money()
    there: dict[str, list[ProviderPayment]] = defaultdict(list)
    for each in provider.payments():
        there[each.reference].append(each)
    held = [each for payments in there.values() for each in payments if each.status is ProviderStatus.HELD]
    assert held == []
    bills = {bill.session_id: to_cents(bill.micro_euros) for bill in money.bills}
    captured = {}
    for payment in money.payments:
        with_money = [each for each in there[payment.reference] if each.status is ProviderStatus.CAPTURED]
        if payment.state is PaymentState.CAPTURED:
            [captured[payment.session_id]] = [each.captured_cents for each in with_money]
        elif payment.state is not PaymentState.PASSED_ON:
            assert with_money == [], payment
    assert captured == {session_id: cents for session_id, cents in bills.items() if cents}
    assert sum(line.balance for line in money.books.trial_balance()) == 0
    assert {subject: owed for subject, owed in money.books.open_items().items() if bills.get(subject)} == {}
    return len(captured)


def test_whoever_is_killed_each_session_is_captured_once(paying: tuple[Network, Provider]) -> None:
    network, provider = paying
    victims, sessions = cycle(VICTIMS), 0
    for number in range(1, KILLS + 1):
        drivers = network.add_drivers(f"d{number}", network.points)
        drivers.start()
        # Some wait longer for their holds than others charge.
        network.until_said(drivers.name, "ACCEPTED", len(network.points) // 2)
        sessions += len(network.points)
        victim = network[next(victims)]
        victim.kill()
        network.look_at(next(name for name in CENTRALS if name != victim.name))
        victim.start()
        network.until_served(drivers.name)
        network.until_all_are("ACTIVATED")
    assert check_money(network, provider) == network.check_books() <= sessions
