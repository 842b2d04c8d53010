"""The provider of payments that settings name: the simulated one of this process, or one over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path

from evcharging.adapters.provider import Provider
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.file import KeptFile
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.adapters.provider.simulated.saving import Saving
from evcharging.adapters.provider.stripe import StripeProvider
from evcharging.common.config import CentralSettings
from evcharging.common.setting_values import SIMULATED
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.money import euros_to_cents


@asynccontextmanager
async def provider_of(settings: CentralSettings, now: Callable[[], datetime]) -> AsyncIterator[Provider | None]:
    """The provider, until the block is left; None where payments are off. Raises KeptFileUnusable."""
    if settings.payments is None:
        yield None
        return
    if settings.payments == SIMULATED:
        with closing(KeptFile(Path(settings.payments_file))) as file:
            books = SimulatedBooks(keep=file.keep)
            books.restore(file.load())
            yield InProcessProvider(books, now, Saving(file).lasts)
        return
    provider = StripeProvider(settings.payments, settings.payments_key, settings.payments_webhook_secret)
    try:
        yield provider
    finally:
        await provider.close()


def terms_of(settings: CentralSettings) -> PaymentTerms | None:
    """How payments are asked for; None where they are off."""
    if settings.payments is None:
        return None
    return PaymentTerms(method=settings.payment_method, most_cents=euros_to_cents(settings.hold_limit))
