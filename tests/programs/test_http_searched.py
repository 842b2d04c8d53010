"""Whatever the OpenAPI document allows is answered as it says, and whatever it forbids is refused as it says: never a
5xx, never a status that the operation does not name. Schemathesis makes the requests up; `make fuzz` makes up more."""

import asyncio
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import given
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from evcharging.adapters.store.memory import MemoryStore
from evcharging.domain.access.modes import Auth
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.access_world import hash_quickly
from evcharging.tests.stages.central_world import ORIGIN, World, contract
from evcharging.tests.stages.guests import Guests

OPERATIONS = {f"{method.upper()} {path}": operation for method, path, operation in contract().operations()}
TAKES_SOMETHING = [label for label, each in OPERATIONS.items() if each.get("parameters") or "requestBody" in each]
NOT_BY_SCHEMA = {
    "POST /api/v1/tariffs/ocpi",
    "POST /api/v1/reservations",
    "POST /api/v1/me/cards",
    "POST /api/v1/payments/{session_id}/refunds",
    "POST /api/v1/auth/register",
    "POST /api/v1/users",
    "POST /api/v1/keys",
    "GET /api/v1/points/{cp_id}/states",
    "GET /api/v1/revenue",
    "GET /api/v1/books",
    "POST /api/v1/payments/reconcile",
    "POST /payments/events",
    "GET /api/v1/utilisation",
    "GET /api/v1/replay",
    "GET /api/v1/replay/changes",
    "GET /api/v1/replay/incidents",
}
"""Operations that refuse with 422 what their schema allows: it cannot say which tariffs of OCPI can be taken over,
which passwords are too easily guessed, whose ID a driver's is, which of two IDs or amounts is said, how a card is
named, what is past or too far ahead, how long a time may be, and what a provider has signed."""


class Central:
    """An open Central with a running and a past session, and a loop to ask it in."""

    def __init__(self, runner: asyncio.Runner, folder: Path) -> None:
        self._runner = runner
        self._world = runner.run(self._begin())
        self._guests = Guests(self._world, folder, Auth.OFF)

    async def _begin(self) -> World:
        world = World(MemoryStore())
        await world.add_points("CP-001", "CP-002")
        await world.drive("CP-002")
        await world.pass_time(11)
        await world.drive("CP-001")
        await world.pass_time(3)
        return world

    def answer(self, case: Case[Any]) -> httpx.Response:
        """What it says to a request; held to the document by our own contract as well."""
        asked = requests.Request(**case.as_transport_kwargs(base_url=ORIGIN)).prepare()
        assert isinstance(asked.body, str | bytes | None)
        headers = {name: str(value) for name, value in asked.headers.items()}
        request = self._world.http.request(str(asked.method), str(asked.url), headers=headers, content=asked.body)
        answer = self._runner.run(request)
        self._world.http.cookies.clear()
        return answer

    def end(self) -> None:
        self._guests.service.close()
        self._runner.run(self._world.end())


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with asyncio.Runner() as runner, pytest.MonkeyPatch.context() as patch:
        hash_quickly(patch)
        central = Central(runner, tmp_path_factory.mktemp("keys"))
        yield central
        central.end()


@cache
def document() -> BaseSchema:
    schema = schemathesis.openapi.from_dict(contract().document)
    schema.config.update(base_url=ORIGIN)  # the document's own server is relative to where it was read
    return schema


def search(central: Central, label: str, mode: GenerationMode) -> None:
    method, path = label.split()

    @searched(3)
    @given(document()[path][method].as_strategy(generation_mode=mode))
    def hold(case: Case[Any]) -> None:
        answer = central.answer(case)
        assert answer.status_code < 500
        # An open Central asks nobody who that is.
        others = [positive_data_acceptance] if label in NOT_BY_SCHEMA else []
        case.validate_response(answer, excluded_checks=[ignored_auth, *others])

    hold()


@pytest.mark.parametrize("label", OPERATIONS)
def test_what_the_document_allows_is_answered_as_it_says(central: Central, label: str) -> None:
    search(central, label, GenerationMode.POSITIVE)


@pytest.mark.parametrize("label", TAKES_SOMETHING)
def test_what_the_document_forbids_is_refused_as_it_says(central: Central, label: str) -> None:
    search(central, label, GenerationMode.NEGATIVE)
