"""Framed links over TLS: the same talk, on the same kind of port."""

import asyncio
import ssl
from random import Random

import pytest

from evcharging.adapters import tcp
from evcharging.adapters.tcp import Connector
from evcharging.adapters.tls import client_context, own_context, server_context
from evcharging.tests.stages.tcp_stage import HOST, QUICK, Ear, Run, both_loops, calling, connecting, serving, soon
from tools.certificates import Pair, authority, certificate


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def pair(ca: Pair) -> Pair:
    return certificate(ca)


async def retried(port: int, tls: ssl.SSLContext) -> str:
    """Why a link does not come about, in the sentence that is said of it."""
    said: asyncio.Queue[str] = asyncio.Queue()
    connector = Connector(
        HOST, port, Ear(), chance=Random(1), backoff=QUICK, name="Central", on_retry=said.put_nowait, tls=tls
    )
    connector.start()
    try:
        sentence: str = await soon(said.get())
        return sentence
    finally:
        await soon(connector.close())


@both_loops
def test_what_is_said_over_tls_comes_back(run: Run, ca: Pair, pair: Pair) -> None:
    async def scene() -> None:
        echo, ear = Ear(answers=True), Ear()
        async with (
            serving(echo, tls=server_context(str(pair.cert), str(pair.key))) as server,
            connecting(ear, server.port, tls=client_context(str(ca.cert))),
        ):
            assert await ear.next() == "opened"
            for number in range(20):
                ear.links[-1].send(b"%d" % number)
                assert await ear.next() == b"%d" % number

    run(scene())


@both_loops
def test_who_does_not_trust_the_certificate_says_so(run: Run, pair: Pair) -> None:
    async def scene() -> None:
        async with serving(Ear(), tls=server_context(str(pair.cert), str(pair.key))) as server:
            assert "certificate is not trusted" in await retried(server.port, tls=client_context(None))

    run(scene())


@both_loops
def test_who_speaks_tls_where_nobody_else_does_says_so(run: Run, ca: Pair) -> None:
    async def scene() -> None:
        async with serving(Ear()) as server:
            sentence = await retried(server.port, tls=client_context(str(ca.cert)))
            assert "TLS" in sentence
            assert "spoken there" in sentence or "the other does not" in sentence

    run(scene())


@both_loops
def test_a_link_without_tls_is_not_heard_where_tls_is_spoken(run: Run, pair: Pair) -> None:
    async def scene() -> None:
        ear = Ear()
        async with serving(ear, tls=server_context(str(pair.cert), str(pair.key))) as server:
            async with calling(server.port) as (reader, writer):
                writer.write(b"\x05")
                writer.write_eof()
                assert b"\x06" not in await soon(reader.read())
            assert ear.quiet

    run(scene())


@both_loops
def test_who_does_not_come_to_terms_in_time_is_hung_up_on(
    run: Run, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "SHAKE_HANDS_WITHIN", 0.05)

    async def scene() -> None:
        tls = server_context(str(pair.cert), str(pair.key))
        async with serving(Ear(), tls=tls) as server, calling(server.port) as (reader, _):
            assert await soon(reader.read()) == b""

    run(scene())


@both_loops
def test_a_process_speaks_with_its_own_port_by_whatever_name_that_has(run: Run, pair: Pair) -> None:
    async def scene() -> None:
        ear = Ear()
        async with (
            serving(Ear(), tls=server_context(str(pair.cert), str(pair.key))) as server,
            connecting(ear, server.port, tls=own_context()),
        ):
            assert await ear.next() == "opened"

    run(scene())
