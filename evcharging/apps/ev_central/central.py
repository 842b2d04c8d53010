"""Composes EV Central: ledger, host, panel, the door for monitors and the web side."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from evcharging.adapters.beside import beside
from evcharging.adapters.building_meter import BuildingMeters
from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.listening import reached_at
from evcharging.adapters.store import Ledger
from evcharging.adapters.store.history import History
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.tcp import LinkServer, serve
from evcharging.adapters.webhook_http import WebhookPoster, secret_text
from evcharging.apps.ev_central.access.denial_notes import DenialNotes
from evcharging.apps.ev_central.access.opening import Admission, admission
from evcharging.apps.ev_central.bounded_notes import noting
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.core import Core
from evcharging.apps.ev_central.dashboard import Entrance, create_app
from evcharging.apps.ev_central.errands import errands_done
from evcharging.apps.ev_central.health import CentralHealth
from evcharging.apps.ev_central.history_process import history_process
from evcharging.apps.ev_central.lab import Lab
from evcharging.apps.ev_central.ledger import open_ledger
from evcharging.apps.ev_central.ledger_audits import ledger_audits
from evcharging.apps.ev_central.link_notes import LinkNotes
from evcharging.apps.ev_central.link_sight import CENTRAL_LINK
from evcharging.apps.ev_central.meters import LedgerMeter, alert_samples, panel_samples, payment_samples
from evcharging.apps.ev_central.payments.beside import PaymentsHere, payments_beside
from evcharging.apps.ev_central.payments.opening import provider_of, terms_of
from evcharging.apps.ev_central.proxied import Proxied
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.retention import remove_old
from evcharging.apps.ev_central.tcp_server import ControlPlane
from evcharging.apps.shell.access_place import setup_address
from evcharging.apps.shell.crashing import crashing, crashing_provider
from evcharging.apps.shell.link_budgets import REPORTING, scaled
from evcharging.apps.shell.logs import LogLine, speaker
from evcharging.apps.shell.meters import link_samples
from evcharging.apps.shell.narration import Narrator, central_lines
from evcharging.apps.shell.program import running, watch_bus
from evcharging.apps.shell.serving import serving_tls
from evcharging.apps.shell.status import Status
from evcharging.apps.web.server import web_server
from evcharging.common.config import CentralSettings, known_names
from evcharging.common.hosts import networks_of
from evcharging.common.kafka import SHOWN
from evcharging.common.messages import CPTelemetry
from evcharging.common.meter_places import meter_places
from evcharging.common.setting_values import Address
from evcharging.common.utils import changed
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.notice import Notice
from evcharging.roles.cadences import FULL
from evcharging.roles.live_view import NOTICES, LiveView
from evcharging.runtime.addresses import to_one
from evcharging.runtime.central_program import add_central
from evcharging.runtime.host import Host

PANEL = "panel"
WIDE_OPEN = (
    "Nobody has to sign in (CENTRAL_AUTH=off), and Central is reached from other machines: whoever reaches it may do"
    " everything. CENTRAL_AUTH=on lets in those alone who sign in"
)
LOOK_EVERY = 1.0
"""Seconds between looks for links that may not go on."""


class Reached(NamedTuple):
    """Where the dashboard is, and where HTTP and monitors' links are served, as seen from this machine."""

    url: str
    http: Address
    links: Address


@dataclass(frozen=True, slots=True)
class Up:
    """A Central that is up: where its dashboard is, what it tells, and how it is."""

    url: str
    http: Address
    links: Address
    """As `Reached` has them."""
    queries: Queries
    health: CentralHealth
    status: Status
    admitted: Admission
    commands: Commands
    core: Core

    @property
    def http_port(self) -> int:
        """The port of HTTP."""
        return self.http.port

    @property
    def panel(self) -> LiveView:
        """What is shown."""
        return self.queries.panel


@asynccontextmanager
async def central(
    settings: CentralSettings,
    bus: Bus,
    clock: Clock,
    status: Status,
    make_way: Callable[[], None] = lambda: None,
    on_ledger: Callable[[History], None] = lambda store: None,
    on_admission: Callable[[Admission], None] = lambda admitted: None,
    *,
    on_kafka: bool = False,
    lab: Lab | None = None,
) -> AsyncIterator[Up]:
    """EV Central, until the block is left; `make_way` frees its HTTP port just before that is opened, and `on_ledger`
    may look at the ledger before anybody else does; `on_admission` is told who may come, before anybody does.
    `on_kafka`: others can reach the bus where they reach Kafka. A `lab` is there where the whole network is."""
    log = speaker("Central")
    status.waiting = "Waiting for the database"
    store = await open_ledger(settings.db_url, clock, log)
    on_ledger(store)
    ledger = crashing(settings.crash_at, store, bus, log)
    try:
        async with running(clock, log, partial(_ledger_host, settings, *ledger), status, "central") as life:
            trouble, core = watch_bus(status, bus), Core(life)
            queries = Queries(_live_view(store), store, clock.now)

            def failing() -> str | None:
                return core.trouble() or life.live.failing or store.check() or trouble()

            commands = Commands(queries, bus, failing, settings.max_points)
            health = CentralHealth(failing, status.obstacle, status.metrics)
            _measure(status, life.host, queries.panel)
            async with (
                admission(settings, store, clock, on_kafka=on_kafka) as admitted,
                _read_elsewhere(queries, health, settings.db_url),
                running(clock, log, lambda wake: _panel_host(commands, queries, bus, wake), status, "panel"),
                errands_done(life.host, bus.partitions, _poster(settings, admitted, clock)) as errands,
                _paid(settings, life.host, bus.partitions, commands, queries, log) as payments,
            ):
                commands.lab = lab
                commands.secret_of = lambda webhook_id: secret_text(admitted.webhook_key(webhook_id))
                status.metrics.add(errands.samples)
                status.metrics.add(payments.samples)
                health.troubles.append(lambda: admitted.service.key_trouble)
                on_admission(admitted)
                make_way()
                async with (
                    _doors(settings, commands, queries, health, bus, clock, admitted, core) as doors,
                    _chores(settings, store, bus, clock, log),
                ):
                    # Not before the ports are its own: a second start must not take the shards from the first.
                    add_central(life.host, *ledger)
                    status.waiting = None
                    await _invite(admitted, partial(setup_address, settings, port=doors.http.port), log)
                    yield Up(*doors, queries, health, status, admitted, commands, core)
                # The ledger's host ends before the panel's, which shows its last words.
                await life.live.stop(life.host)
    finally:
        store.close()


@asynccontextmanager
async def _paid(
    settings: CentralSettings, host: Host, partitions: int, commands: Commands, queries: Queries, log: LogLine
) -> AsyncIterator[PaymentsHere]:
    """The provider of payments is asked, heard and compared with, where settings name one."""
    passing = partial(crashing_provider, settings.crash_at, log=log)
    async with (
        provider_of(settings, queries.now) as provider,
        payments_beside(host, partitions, provider, commands, queries, log, passing) as payments,
    ):
        terms = terms_of(settings)
        if provider is not None and terms is not None:
            commands.provider, commands.payments = provider, payments
            commands.hold_limit_cents = terms.most_cents
        yield payments


def _ledger_host(settings: CentralSettings, store: Ledger, bus: Bus, wake: Callable[[], None]) -> Host:
    narrator = Narrator(central_lines, lambda _: "Central", quiet=frozenset({CPTelemetry}))
    cadences = changed(FULL, payments=terms_of(settings))
    return Host(store, bus, observer=narrator, on_ready=wake, cadences=cadences)


def _live_view(store: History) -> LiveView:
    notices = [notice for _, notice in store.page(Notice, limit=NOTICES)]
    catalogue = Catalogue(store.select(TariffVersion), store.select(SiteTariff))
    return LiveView(store.select(Point), notices, store.select(LastStatus), catalogue)


def _poster(settings: CentralSettings, admitted: Admission, clock: Clock) -> WebhookPoster:
    return WebhookPoster(admitted.webhook_key, clock.now, private=settings.webhooks_private)


@asynccontextmanager
async def _read_elsewhere(queries: Queries, health: CentralHealth, url: str) -> AsyncIterator[None]:
    async with history_process(url) as process, ledger_audits(url, queries.now) as audits:
        health.remarks.append(process.remark)
        health.metrics.add(process.samples)
        queries.elsewhere, queries.audits = process, audits
        yield
        queries.elsewhere = queries.audits = None


@asynccontextmanager
async def _chores(
    settings: CentralSettings, store: History, bus: Bus, clock: Clock, log: LogLine
) -> AsyncIterator[None]:
    """What is done beside: old readings are removed, and the meters of buildings are read."""
    ages = timedelta(days=settings.meter_values_days), timedelta(days=settings.minutes_days)
    meters = BuildingMeters(meter_places(settings.meters or ""), bus.publish, clock.now, log)
    async with beside(remove_old(store, clock.now, *ages)), beside(meters.run()):
        yield


def _measure(status: Status, host: Host, panel: LiveView) -> None:
    ledger = LedgerMeter()
    host.watch(ledger.observer)
    status.metrics.add(ledger.samples)
    status.metrics.add(lambda: panel_samples(panel))
    status.metrics.add(lambda: alert_samples(host))
    status.metrics.add(lambda: payment_samples(host))
    status.add_check(lambda: None if host.hosted_roles else "No shard is assigned to this Central yet")


def _panel_host(commands: Commands, queries: Queries, bus: Bus, wake: Callable[[], None]) -> Host:
    host = Host(MemoryStore(), bus, address=to_one(PANEL), observer=commands, on_ready=wake)
    host.watch(queries)
    host.subscribe(SHOWN, group=PANEL, partitions=range(bus.partitions))
    host.add(PANEL, queries.panel, shard=PANEL, epoch=0)
    return host


@asynccontextmanager
async def _doors(
    settings: CentralSettings,
    commands: Commands,
    queries: Queries,
    health: CentralHealth,
    bus: Bus,
    clock: Clock,
    admitted: Admission,
    core: Core,
) -> AsyncIterator[Reached]:
    log = speaker("Central")
    known, retired = queries.panel.points.__contains__, queries.panel.retired.__contains__

    def steady() -> datetime:
        now, stepped = clock.read()
        return now - stepped

    notes = LinkNotes(admitted.accounts.note, clock.now, steady)
    denials = DenialNotes(admitted.accounts.note, clock.now, steady)
    control = ControlPlane(bus.publish, known, retired, clock.now, log, steady, admitted.links, notes)
    queries.watchers.append(control)
    budget = scaled(REPORTING, clock)
    names = known_names(settings)
    entrance = Entrance(admitted.access, admitted.desk, admitted.service, denials)
    app = create_app(commands, queries, health, names, entrance)
    seen = Proxied(app, networks_of(settings.proxies or ""), settings.root_path)
    links, looking = None, asyncio.create_task(_look(control))
    try:
        async with noting(notes, denials), serving_tls(settings, log) as tls:
            links = await serve(settings.listen_host, settings.listen_port, lambda _: control, budget=budget, tls=tls)
            health.tcp_port = links.port
            commands.bus_watch.see_links(CENTRAL_LINK, links)
            core.shut, core.open_again = partial(_shut, control, links), control.open_again
            health.metrics.add(link_samples("central", links))
            async with web_server(seen, settings.http_host, settings.http_port, tls=tls) as (url, port):
                http = Address(reached_at(settings.http_host), port)
                yield Reached(url, http, Address(reached_at(links.host), links.port))
    finally:
        control.end()
        looking.cancel()
        if links is not None:
            await links.close()


def _shut(control: ControlPlane, links: LinkServer) -> None:
    control.shut()
    for link in [*links.links]:
        link.close()


async def _look(control: ControlPlane) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        control.look()


async def _invite(admitted: Admission, where: Callable[[str], str], log: LogLine) -> None:
    """Where nobody can sign in who could let others in, say how the first one does, and `where`; and where everybody on
    the network may come, say that."""
    if not admitted.is_secure() and not admitted.is_local:
        log("warning", WIDE_OPEN)
    link = await admitted.service.setup_link()
    if link is not None:
        log(
            "warning",
            f"Nobody can sign in yet. Make the first administrator at {where(link.token)}, within an hour;"
            " `evcharging users link` gives another link",
        )
