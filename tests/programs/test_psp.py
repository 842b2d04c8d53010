"""`evcharging psp` as a process: what it has said lasts over `kill -9`, and what happens to payments is told."""

import asyncio
import re
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evcharging.adapters.provider.stripe import StripeProvider
from evcharging.domain.provider import OutcomeKind, ProviderEvent, ProviderOutcome, ProviderStatus
from tests.programs.network_process import SOON
from tests.programs.program_process import command, started, until_said

KEY, SECRET = "sk_test_evcharging", "whsec_evcharging"
SESSIONS = 60
DEATHS = 5


@asynccontextmanager
async def running(folder: Path, *options: str) -> AsyncIterator[tuple[Process, StripeProvider]]:
    """A provider that is up, and who asks it."""
    async with started([*command("psp"), *options], folder, stdout=PIPE) as process:
        said = await until_said(process.stdout, b"no money moves")
        found = re.search(rb"at (http://\S+), kept", said)
        assert found, said
        provider = StripeProvider(found[1].decode(), KEY, SECRET)
        try:
            yield process, provider
        finally:
            await provider.close()


async def paid(provider: StripeProvider, number: int) -> ProviderOutcome:
    """A session that is held for and captured, as far as it is known."""
    held = await provider.authorize(f"{number}:authorize", f"s-{number}", "pm_card_visa", 5000)
    if held.payment is None:
        return held
    return await provider.capture(f"{number}:capture", held.payment.payment_id, 1000 + number)


def test_it_is_killed_again_and_again_and_each_session_is_captured_once(tmp_path: Path) -> None:
    async def scene() -> None:
        captured: dict[int, ProviderOutcome] = {}
        options = ("--faults", "0.3", "--seed", "5")
        for death in range(DEATHS + 1):
            async with running(tmp_path, *options) as (process, provider):
                while len(captured) < SESSIONS:
                    open_ones = [number for number in range(SESSIONS) if number not in captured]
                    asked = [asyncio.ensure_future(paid(provider, number)) for number in open_ones]
                    if death < DEATHS:
                        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED, timeout=SOON)
                        process.kill()
                    for number, outcome in zip(open_ones, await asyncio.gather(*asked), strict=True):
                        assert outcome.kind is not OutcomeKind.DECLINED
                        if outcome.kind is OutcomeKind.OK:
                            captured[number] = outcome
                    if death < DEATHS:
                        break
                if death == DEATHS:
                    items = (await provider.list(datetime.now(UTC) - timedelta(hours=1))).items
        assert sorted(payment.reference for payment in items) == sorted(f"s-{number}" for number in range(SESSIONS))
        assert all(payment.status is ProviderStatus.CAPTURED for payment in items)
        assert sum(payment.captured_cents for payment in items) == sum(1000 + number for number in range(SESSIONS))
        assert {payment.reference: payment for payment in items} == {
            f"s-{number}": outcome.payment for number, outcome in captured.items()
        }

    asyncio.run(scene())


def test_what_happens_to_a_payment_is_told_until_it_is_taken(tmp_path: Path) -> None:
    events: list[ProviderEvent] = []
    refused = 0

    async def scene() -> None:
        arrived = asyncio.Event()

        async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal refused
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(re.findall(r"(?i)content-length: (\d+)", head)[0])
            body = await reader.readexactly(length)
            signature = re.findall(r"(?i)stripe-signature: (\S+)", head)[0]
            event = provider.verify_webhook(body, signature, datetime.now(UTC))
            if refused == 0:
                refused += 1
                writer.write(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                events.append(event)
                writer.write(b"HTTP/1.1 204 Ok\r\nConnection: close\r\n\r\n")
            if len(events) == 2:
                arrived.set()
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(hear, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            async with running(tmp_path, "--webhook-url", f"http://127.0.0.1:{port}/events") as (_, provider):
                assert (await paid(provider, 1)).kind is OutcomeKind.OK
                await asyncio.wait_for(arrived.wait(), SOON)

    asyncio.run(scene())
    assert {event.kind for event in events} == {"payment_intent.amount_capturable_updated", "payment_intent.succeeded"}
    assert {event.reference for event in events} == {"s-1"}


def test_where_others_reach_it_it_has_a_key_of_its_own(tmp_path: Path) -> None:
    async def scene() -> None:
        async with started(
            [*command("psp"), "--http-host", "0.0.0.0", "--insecure"], tmp_path, stderr=PIPE
        ) as open_one:
            _, said = await asyncio.wait_for(open_one.communicate(), SOON)
            assert open_one.returncode == 1
            sentence = "Error: The provider is reached from other machines: give it a key of its own (PSP_KEY)\n"
            assert said.decode() == sentence

    asyncio.run(scene())


def test_a_file_has_one_provider_and_the_second_says_so_in_a_sentence(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running(tmp_path), started(command("psp"), tmp_path, stderr=PIPE) as second:
            _, said = await asyncio.wait_for(second.communicate(), SOON)
            assert second.returncode == 1
            assert said.decode() == "Error: The file data/psp.db cannot be used: database is locked\n"

    asyncio.run(scene())
