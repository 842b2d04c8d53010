"""Whatever is sent to `evcharging psp`, it answers in Stripe's shape, and money is never more than was held."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

import httpx
from hypothesis import given
from hypothesis import strategies as st

from evcharging.apps.psp.api import ENDPOINTS
from evcharging.tests.apps.psp.test_psp import FORM, HOLD, INTENTS
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.psp_stage import Psp, psp

names = st.sampled_from(
    [
        *HOLD,
        "amount_to_capture",
        "payment_intent",
        "query",
        "limit",
        "starting_after",
        "created[gte]",
        "expand[]",
        "type",
    ]
)
values = st.one_of(
    st.sampled_from([*HOLD.values(), "-1", "0", "99999999999", "first", "metadata['reference']:'s-1'", "card"]),
    st.text(max_size=20),
)
forms = st.lists(st.tuples(names, values), max_size=6).map(urlencode).map(str.encode) | st.binary(max_size=60)
requests = st.tuples(
    st.sampled_from([(method, path) for method, path, _ in ENDPOINTS]),
    st.sampled_from(["first", "pi_none"]) | st.text(min_size=1, max_size=8),
    forms,
    st.none() | st.sampled_from(["a", "b"]) | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=5),
)


@searched(150)
@given(story=st.lists(requests, max_size=12))
def test_every_answer_is_in_stripes_shape(story: list[tuple[tuple[str, str], str, bytes, str | None]]) -> None:
    async def tell(running: Psp) -> None:
        async with running.client() as client:
            first = (await client.post(INTENTS, data=HOLD)).json()["id"]
            for (method, path), name, body, key in story:
                place = path.replace("{id}", quote(first if name == "first" else name, safe=""))
                answer = await sent(client, method, place, body.replace(b"first", first.encode()), key)
                assert answer.status_code in (200, 400, 402, 404), answer.text
                said = answer.json()
                assert ("error" in said) is (answer.status_code != 200)
                if "error" in said:
                    assert said["error"]["type"] in ("invalid_request_error", "card_error", "idempotency_error")
                    assert said["error"]["message"]
        for payment in running.service.list(running.clock.now(), None, 100).items:
            assert payment.refunded_cents <= payment.captured_cents <= payment.held_cents

    with TemporaryDirectory() as folder, psp(Path(folder) / "psp.db") as running:
        asyncio.run(tell(running))


async def sent(client: httpx.AsyncClient, method: str, place: str, body: bytes, key: str | None) -> httpx.Response:
    """A request with a form, in its body or behind its path."""
    if method == "GET":
        query = quote(body, safe="=&%+")
        return await client.get(f"{place}?{query}")
    headers = {"Content-Type": FORM, **({} if key is None else {"Idempotency-Key": key})}
    return await client.post(place, content=body, headers=headers)
