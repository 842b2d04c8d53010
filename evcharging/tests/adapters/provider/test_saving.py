"""What the simulated provider in the process has answered is in its file, also when many ask at once."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.file import KeptFile
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.adapters.provider.simulated.saving import Saving
from evcharging.domain.provider import OutcomeKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MANY = 200


def opened(file: KeptFile) -> InProcessProvider:
    """A provider that goes on with what the file has."""
    books = SimulatedBooks(keep=file.keep)
    books.restore(file.load())
    return InProcessProvider(books, lambda: NOW, Saving(file).lasts)


def test_all_that_was_answered_is_known_to_the_next_run(tmp_path: Path) -> None:
    async def ask(provider: InProcessProvider) -> list[str]:
        asked = (provider.authorize(f"{n}:1:authorize", f"s-{n}", "pm_card_visa", 1000 + n) for n in range(MANY))
        outcomes = await asyncio.gather(*asked)
        return [outcome.payment.payment_id for outcome in outcomes if outcome.payment is not None]

    async def look(provider: InProcessProvider, payment_ids: list[str]) -> list[int]:
        found = [await provider.look(payment_id) for payment_id in payment_ids]
        return [outcome.payment.held_cents for outcome in found if outcome.payment is not None]

    with closing(KeptFile(tmp_path / "payments.db")) as file:
        payment_ids = asyncio.run(ask(opened(file)))
    assert len(payment_ids) == MANY
    with closing(KeptFile(tmp_path / "payments.db")) as file:
        assert asyncio.run(look(opened(file), payment_ids)) == [1000 + n for n in range(MANY)]


def test_where_the_file_cannot_be_written_nobody_is_answered(tmp_path: Path) -> None:
    async def ask(provider: InProcessProvider) -> OutcomeKind:
        return (await provider.authorize("1:1:authorize", "s-1", "pm_card_visa", 1000)).kind

    file = KeptFile(tmp_path / "payments.db")
    provider = opened(file)
    file.close()
    assert asyncio.run(ask(provider)) is OutcomeKind.UNKNOWN
