"""Composes monitors: host, links, registration. One or thousands in a process."""

import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_cp_m.fleet import MonitorFleet
from evcharging.apps.ev_cp_m.links import LinkManager
from evcharging.apps.ev_cp_m.proving import HeldKey, KeyOf, no_key
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.apps.shell.fleets import component
from evcharging.apps.shell.link_budgets import ASKING, scaled
from evcharging.apps.shell.logs import LogLine, speaker
from evcharging.apps.shell.narration import MonitorLines, Narrator
from evcharging.apps.shell.point_keys import KeyFiles, TokenOf, no_token
from evcharging.apps.shell.program import running
from evcharging.apps.shell.status import Status
from evcharging.common.config import MonitorSettings
from evcharging.common.messages import HealthReport
from evcharging.common.messages_link import HealthQuery
from evcharging.roles.monitor import NO_ANSWER, NOT_YET_HEARD, MonitorSetup
from evcharging.roles.role import Peer
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_monitors


def _name(cp_id: str) -> str:
    return f"CP_M:{cp_id}"


def _voice(cp_id: str) -> LogLine:
    return speaker(_name(cp_id))


@asynccontextmanager
async def monitors(
    settings: MonitorSettings,
    cp_ids: Sequence[str],
    bus: Bus,
    clock: Clock,
    chance: Random,
    status: Status | None = None,
    keys: KeyFiles | None = None,
    tls: ssl.SSLContext | None = None,
    on_fleet: Callable[[MonitorFleet], None] = lambda fleet: None,
) -> AsyncIterator[LinkManager]:
    """Monitors that live until the block is left; each is to be connected by `begin` of the links given. `keys` are
    those of their points, and `tls` trusts the Central that is reached over TLS. `on_fleet` is given what changes which
    monitors there are."""
    log = speaker(component("CP_M", cp_ids))
    token_of, key_of = _proofs(keys, clock)
    quiet = frozenset({NOT_YET_HEARD} if len(cp_ids) == 1 else {NOT_YET_HEARD, NO_ANSWER})

    def make(wake: Callable[[], None]) -> Host:
        return Host(MemoryStore(), bus, observer=Narrator(MonitorLines(quiet), _name), on_ready=wake)

    async with running(clock, log, make, status, "monitor") as life:
        registrar = Registrar(settings, chance, log, token_of, tls)
        budget = scaled(ASKING, clock)
        links = LinkManager(
            settings, registrar, chance, life.host.tell, log, _voice, budget=budget, key_of=key_of, tls=tls
        )
        life.host.send_by(HealthQuery, links.to_engine)
        life.host.send_by(HealthReport, links.to_central)
        interval = timedelta(seconds=settings.health_interval)
        add_monitors(life.host, bus, [MonitorSetup(cp_id=cp_id, interval=interval) for cp_id in cp_ids])
        if status is not None:
            _tell(status, links)
        on_fleet(MonitorFleet(life.host, links, interval))
        try:
            yield links
        finally:
            await links.close()
            await registrar.close()


def _proofs(keys: KeyFiles | None, clock: Clock) -> tuple[TokenOf, KeyOf]:
    """What points say who they are by, over HTTP and on links."""
    if keys is None:
        return no_token, no_key
    known = keys

    def key_of(cp_id: str) -> HeldKey | None:
        held = known.newest(cp_id)
        return HeldKey(held.version, held.secret) if held else None

    return lambda cp_id: known.token(cp_id, clock.now()), key_of


def _tell(status: Status, links: LinkManager) -> None:
    """Ready once some monitor has its link, of each kind: that others lack theirs is for Central to show."""

    def lacking(peer: Peer) -> str | None:
        return f"No link to {peer}" if links.lacks(peer) else None

    status.count("monitors", lambda: links.size)
    status.count("links_to_central", lambda: links.open_to(Peer.CENTRAL))
    status.count("links_to_engines", lambda: links.open_to(Peer.ENGINE))
    status.add_check(lambda: lacking(Peer.CENTRAL) or lacking(Peer.ENGINE))
    status.metrics.add(links.samples)
