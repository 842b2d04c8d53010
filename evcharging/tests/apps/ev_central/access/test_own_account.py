"""A driver keeps vehicles on the account, and ends it."""

from evcharging.domain.access.permissions import AccountRole
from evcharging.domain.access.vehicles import MOST_VEHICLES
from evcharging.tests.stages.guests import AUTH, PASSWORD, Guests, with_guests

ME, VEHICLES = "/api/v1/me", "/api/v1/me/vehicles"
RED = {"name": "The red one", "battery_kwh": 58.0, "kw": 11.0}


@with_guests()
async def test_a_driver_keeps_vehicles_that_nobody_else_sees(guests: Guests) -> None:
    dora, otto = await guests.add("Dora", AccountRole.DRIVER), await guests.add("Otto", AccountRole.DRIVER)
    assert await guests.ask("GET", VEHICLES, who=dora) == {"items": []}
    assert await guests.ask("PUT", VEHICLES, who=dora, json={"items": [RED]}) == {"items": [RED]}
    assert await guests.ask("GET", VEHICLES, who=dora) == {"items": [RED]}
    assert await guests.ask("GET", VEHICLES, who=otto) == {"items": []}
    await guests.ask("PUT", VEHICLES, who=dora, json={"items": []})
    assert await guests.ask("GET", VEHICLES, who=dora) == {"items": []}


@with_guests()
async def test_a_vehicle_that_cannot_be_is_refused(guests: Guests) -> None:
    dora = await guests.add("Dora", AccountRole.DRIVER)
    for wrong in (
        [{**RED, "kw": 0}],
        [{**RED, "name": " "}],
        [{**RED, "colour": "red"}],
        [RED] * (MOST_VEHICLES + 1),
    ):
        await guests.ask("PUT", VEHICLES, 422, who=dora, json={"items": wrong})


@with_guests()
async def test_a_driver_erases_the_account_and_is_known_no_more(guests: Guests) -> None:
    dora = await guests.add("Dora", AccountRole.DRIVER)
    await guests.ask("PUT", VEHICLES, who=dora, json={"items": [RED]})
    await guests.ask("DELETE", ME, 204, who=dora)
    await guests.ask("GET", ME, 401, who=dora)
    await guests.ask("POST", f"{AUTH}/login", 401, json={"name": "Dora", "password": PASSWORD})
    admin = await guests.sign_in()
    assert [each["name"] for each in await guests.ask("GET", "/api/v1/users?role=driver", who=admin)] == []
    done = (await guests.ask("GET", "/api/v1/audit", who=admin))["items"]
    assert [each["actor"]["kind"] for each in done if each["action"] == "erase_account"] == ["driver"]


@with_guests()
async def test_only_a_driver_ends_an_own_account(guests: Guests) -> None:
    await guests.ask("DELETE", ME, 403, who=await guests.sign_in())
