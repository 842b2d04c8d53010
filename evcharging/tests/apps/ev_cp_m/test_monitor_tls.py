"""A monitor that reaches Central over TLS: for its registration and for its link."""

import asyncio
import ssl
from random import Random

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evcharging.adapters.tls import client_context
from evcharging.apps.ev_cp_m.links import LinkManager
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.apps.web.server import web_server
from evcharging.tests.stages.monitor_stage import Ward, registry, settings_for
from evcharging.tests.stages.tcp_stage import HOST, QUICK, Ear, serving, soon
from evcharging.tests.stages.tls_stage import trust


async def watched(ward: Ward, port: int, engine_port: int, tls: ssl.SSLContext) -> None:
    """The links of a monitor, until its point is linked or something is said."""
    settings = settings_for(port)
    registrar = Registrar(settings, Random(1), ward.log, tls=tls)
    links = LinkManager(settings, registrar, Random(1), ward.tell, ward.log, lambda _: ward.log, QUICK, tls=tls)
    links.begin(["CP-001"], engine_port)
    try:
        while not any(level == "warning" or "Connected to Central" in text for level, text in ward.said):
            await asyncio.sleep(0.01)
    finally:
        await soon(links.close())
        await soon(registrar.close())


async def said_to(tls: ssl.SSLContext, *, is_served: bool = True) -> list[str]:
    """What a monitor says of a Central that is served over TLS, or is not."""
    serving_tls = trust().serving() if is_served else None

    async def answer(_: Request) -> Response:
        return JSONResponse({"cp_id": "CP-001", "tcp_port": door.port})

    async with (
        serving(Ear(), tls=serving_tls) as door,
        serving(Ear()) as engine,
        web_server(registry(answer), HOST, 0, tls=serving_tls) as (_, port),
    ):
        ward = Ward()
        async with asyncio.timeout(20):
            await watched(ward, port, engine.port, tls)
        return [text for _, text in ward.said]


def test_a_monitor_that_trusts_central_registers_and_is_linked_over_tls() -> None:
    said = asyncio.run(said_to(trust().asking()))
    assert any(text.startswith("Connected to Central") for text in said)


def test_a_monitor_that_does_not_trust_central_says_which_flag_is_about_that() -> None:
    said = " ".join(asyncio.run(said_to(client_context(None))))
    assert "its certificate is not trusted" in said
    assert "--central-ca" in said
