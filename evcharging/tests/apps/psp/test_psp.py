"""What clients of `evcharging psp` meet: errors in Stripe's shape, a file that loses nothing, no card number kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from evcharging.adapters.provider.simulated.cards import CARDS
from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.file import Changes, KeptFile, KeptFileUnusable
from evcharging.tests.stages.provider_world import TurnedClock
from evcharging.tests.stages.psp_stage import Psp, psp

INTENTS = "/v1/payment_intents"
HOLD = {
    "amount": "5000",
    "currency": "eur",
    "payment_method": "pm_card_visa",
    "confirm": "true",
    "capture_method": "manual",
    "metadata[reference]": "s-1",
}
FORM = "application/x-www-form-urlencoded"


def told(path: Path, test: Callable[[Psp, httpx.AsyncClient], Awaitable[None]], **options: Any) -> None:
    """Run a test with a provider on this file and a client of it."""

    async def story() -> None:
        with psp(path, **options) as running:
            async with running.client() as client:
                await test(running, client)

    asyncio.run(story())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a provider."""
    return tmp_path / "psp.db"


async def error_of(answer: Awaitable[httpx.Response], status: int = 400) -> Any:
    """The error that an answer is."""
    found = await answer
    assert found.status_code == status, found.text
    return found.json()["error"]


@pytest.mark.parametrize(
    ("change", "param", "message"),
    [
        ({"amount": "12.5"}, "amount", "Invalid integer: 12.5"),
        ({"amount": "1e3"}, "amount", "Invalid integer: 1e3"),
        ({"amount": "٣"}, "amount", "Invalid integer: ٣"),
        ({"amount": "9" * 50}, "amount", f"Invalid integer: {'9' * 40}"),
        ({"amount": ""}, "amount", "Missing required param: amount"),
        ({"amount": "-5"}, None, "The amount -5 is not from 1 to 99999999 cents"),
        ({"amount": "0"}, None, "The amount 0 is not from 1 to 99999999 cents"),
        ({"currency": "usd"}, None, "Amounts are in eur, and not in usd"),
        ({"capture_method": "automatic"}, "capture_method", "capture_method must be manual here"),
        ({"confirm": "false"}, "confirm", "confirm must be true here"),
        ({"colour": "red"}, "colour", "Received unknown parameter: colour"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence_and_nothing_moves(
    path: Path, change: dict[str, str], param: str | None, message: str
) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        error = await error_of(client.post(INTENTS, data={**HOLD, **change}))
        assert error["type"] == "invalid_request_error"
        assert error.get("param") == param
        assert message in error["message"]
        assert (await client.get(INTENTS)).json()["data"] == []

    told(path, test)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"amount=5&amount=6", 400),
        (b"\xff\xfe", 400),
        (b"amount", 400),
        (b"&".join(b"a%d=1" % number for number in range(200)), 400),
        (b"a=" + b"x" * 70_000, 413),
    ],
)
def test_what_is_no_form_is_refused(path: Path, body: bytes, status: int) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        await error_of(client.post(INTENTS, content=body, headers={"Content-Type": FORM}), status)

    told(path, test)


@pytest.mark.parametrize(
    "given", [{}, {"Authorization": "Bearer sk_other"}, {"Authorization": "Basic !"}, {"Authorization": "Bearer ä"}]
)
def test_who_has_not_the_key_is_let_in_nowhere(path: Path, given: dict[str, str]) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        transport = httpx.ASGITransport(running.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://psp.test") as stranger:
            error = await error_of(stranger.get(INTENTS, headers=raw), 401)
        assert "Invalid API Key" in error["message"]

    told(path, test)


def test_a_key_with_another_body_is_an_idempotency_error(path: Path) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "k"}
        first = await client.post(INTENTS, data=HOLD, headers=headers)
        assert (await client.post(INTENTS, data=HOLD, headers=headers)).json() == first.json()
        error = await error_of(client.post(INTENTS, data={**HOLD, "amount": "1"}, headers=headers))
        assert error["type"] == "idempotency_error"
        await error_of(client.post(INTENTS, data=HOLD, headers={"Idempotency-Key": "x" * 256}))

    told(path, test)


def test_a_form_that_did_not_fit_leaves_its_key_free(path: Path) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "k"}
        await error_of(client.post(INTENTS, data={**HOLD, "currency": "usd"}, headers=headers))
        assert (await client.post(INTENTS, data=HOLD, headers=headers)).is_success

    told(path, test)


def test_amounts_that_are_left_out_are_all_that_there_is(path: Path) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        intent = (await client.post(INTENTS, data=HOLD)).json()
        captured = (await client.post(f"{INTENTS}/{intent['id']}/capture")).json()
        assert (captured["status"], captured["amount_received"]) == ("succeeded", 5000)
        for number, amount in enumerate(["1200", None, None]):
            form = {"payment_intent": intent["id"], **({} if amount is None else {"amount": amount})}
            headers = {"Idempotency-Key": f"refund-{min(number, 1)}"}
            refund = (await client.post("/v1/refunds", data=form, headers=headers)).json()
            assert refund["amount"] == (1200 if amount else 3800)
        charge = (await client.get(f"{INTENTS}/{intent['id']}?expand[]=latest_charge")).json()["latest_charge"]
        assert (charge["amount_refunded"], charge["refunded"]) == (5000, True)
        error = await error_of(client.post("/v1/refunds", data={"payment_intent": intent["id"]}))
        assert error["code"] == "amount_too_large"

    told(path, test)


def test_lists_are_bounded_and_begin_after_what_there_is(path: Path) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        for _ in range(3):
            await client.post(INTENTS, data=HOLD)
        page = (await client.get(f"{INTENTS}?limit=2")).json()
        assert (len(page["data"]), page["has_more"]) == (2, True)
        rest = (await client.get(f"{INTENTS}?starting_after={page['data'][1]['id']}")).json()
        assert (len(rest["data"]), rest["has_more"]) == (1, False)
        await error_of(client.get(f"{INTENTS}?limit=101"))
        await error_of(client.get(f"{INTENTS}?limit=0"))
        await error_of(client.get(f"{INTENTS}?starting_after=pi_none"), 404)
        await error_of(client.get(f"{INTENTS}/search?query=amount>5"))
        await error_of(client.get("/v1/customers"), 404)

    told(path, test)


def test_a_number_becomes_what_stands_for_its_card_and_is_kept_nowhere(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        for card in CARDS:
            form = {"type": "card", "card[number]": card.number, "card[exp_month]": "12", "card[exp_year]": "2030"}
            method = (await client.post("/v1/payment_methods", data={**form, "card[cvc]": "123"})).json()
            assert (method["id"], method["card"]["last4"]) == (card.method, card.number[-4:])
            await client.post(INTENTS, data={**HOLD, "payment_method": method["id"]})
        error = await error_of(
            client.post("/v1/payment_methods", data={"type": "card", "card[number]": "4111 1111 1111 1111"}), 402
        )
        assert "1111" not in str(error)
        await error_of(client.post(INTENTS, data={**HOLD, "card[number]": "4242424242424242"}))

    told(path, test)
    out, err = capfd.readouterr()
    written = b"".join(each.read_bytes() for each in path.parent.iterdir()) + out.encode() + err.encode()
    numbers = [card.number for card in CARDS] + ["4111"]
    assert not [number for number in numbers if number.encode() in written.replace(b" ", b"")]


def test_what_is_not_answered_is_asked_again_with_the_same_key(path: Path) -> None:
    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "k"}
        statuses: list[int] = []
        while statuses[-1:] != [200]:
            statuses.append((await client.post(INTENTS, data=HOLD, headers=headers)).status_code)
        assert set(statuses) == {200, 504}
        assert len((await client.get(INTENTS)).json()["data"]) == 1

    told(path, test, faults=ProviderFaults(share=0.8, seed=7))


def test_another_run_goes_on_with_payments_keys_and_events(path: Path) -> None:
    clock, headers = TurnedClock(), {"Idempotency-Key": "k"}
    seen: list[Any] = []

    async def first(running: Psp, client: httpx.AsyncClient) -> None:
        seen.append((await client.post(INTENTS, data=HOLD, headers=headers)).json())

    async def second(running: Psp, client: httpx.AsyncClient) -> None:
        assert (await client.post(INTENTS, data=HOLD, headers=headers)).json() == seen[0]
        clock.turn(timedelta(minutes=1))
        [event] = running.service.due()
        running.service.told(event, has_arrived=True)
        assert (await client.post(f"{INTENTS}/{seen[0]['id']}/cancel")).json()["status"] == "canceled"

    async def third(running: Psp, client: httpx.AsyncClient) -> None:
        assert (await client.get(f"{INTENTS}/{seen[0]['id']}")).json()["status"] == "canceled"
        clock.turn(timedelta(minutes=1))
        assert [event.kind for event in running.service.due()] == ["payment_intent.canceled"]

    for test in (first, second, third):
        told(path, test, clock=clock)


def test_a_file_has_one_provider(path: Path) -> None:
    with psp(path), pytest.raises(KeptFileUnusable, match=r"psp\.db cannot be used: database is locked"):
        KeptFile(path)


@pytest.mark.parametrize("text", [b"no database, but a text that is long enough to be read as a header of one" * 9])
def test_a_file_of_something_else_is_refused(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(KeptFileUnusable, match="file is not a database"):
        KeptFile(path)


def test_once_its_file_cannot_be_written_it_does_nothing_any_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: KeptFile, changes: Changes) -> None:
        raise KeptFileUnusable("The file psp.db cannot be used: disk is full")

    async def test(running: Psp, client: httpx.AsyncClient) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(KeptFile, "write", fail)
            error = await error_of(client.post(INTENTS, data=HOLD), 503)
        assert "disk is full" in error["message"]
        await error_of(client.get(INTENTS), 503)
        assert running.lost == ["The file psp.db cannot be used: disk is full"]

    told(path, test)
