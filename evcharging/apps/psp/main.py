"""The provider of payments as a program: `evcharging psp`."""

import asyncio
from contextlib import AsyncExitStack, closing
from functools import partial
from pathlib import Path

from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.file import KeptFile
from evcharging.apps.psp.api import create_app
from evcharging.apps.psp.sending import events_sent
from evcharging.apps.psp.service import Service
from evcharging.apps.shell.clocks import wall_clock
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.options import settings_command
from evcharging.apps.shell.program import CannotStart, run_program
from evcharging.apps.shell.serving import serving_tls
from evcharging.apps.web.server import web_server
from evcharging.common.hosts import is_for_this_machine
from evcharging.common.psp_settings import PspSettings
from evcharging.common.shared_settings import PSP_KEY

COMPONENT = "PSP"


async def run(settings: PspSettings, stop: asyncio.Event) -> None:
    """The provider, until `stop`, or until its file cannot be written. Raises CannotStart, KeptFileUnusable."""
    if settings.key == PSP_KEY and not is_for_this_machine(settings.http_host):
        raise CannotStart("The provider is reached from other machines: give it a key of its own (PSP_KEY)")
    clock = wall_clock(settings.log_level, settings.log_format, COMPONENT)
    log, lost = speaker(COMPONENT), list[str]()

    def end(reason: str) -> None:
        lost.append(reason)
        stop.set()

    async with AsyncExitStack() as stack:
        file = stack.enter_context(closing(KeptFile(Path(settings.file))))
        service = Service(ProviderFaults(share=settings.faults, seed=settings.seed), file, clock.now, end)
        app = create_app(service, settings.key, settings.delay)
        tls = await stack.enter_async_context(serving_tls(settings, log))
        await stack.enter_async_context(events_sent(service, settings.webhook_url, settings.webhook_secret, log))
        url, _ = await stack.enter_async_context(web_server(app, settings.http_host, settings.http_port, tls=tls))
        log("info", f"Simulated payments at {url}, kept in {settings.file}: no money moves")
        await stop.wait()
    if lost:
        raise CannotStart(lost[0])


@settings_command("psp", PspSettings)
def main(settings: PspSettings) -> None:
    """A simulated provider of payments over HTTP, in the shape of Stripe's PaymentIntents.

    \b
    Examples:
      evcharging psp
      evcharging psp --http-port 8010 --faults 0.2 --seed 1
      evcharging psp --webhook-url http://localhost:8000/payments/events
    """
    run_program(partial(run, settings), listens=settings)


if __name__ == "__main__":
    main()
