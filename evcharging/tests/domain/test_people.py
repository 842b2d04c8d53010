"""Accounts and machine keys: who may have which, and who can administrate."""

from datetime import datetime, timedelta

import pytest

from evcharging.common.utils import changed
from evcharging.domain.access.people import why_no_account, why_no_key, why_no_role
from evcharging.domain.access.permissions import AccountRole, Permission
from evcharging.tests.stages.people import admin, person
from evcharging.tests.stages.store_world import NOW


def test_an_administrator_who_is_not_disabled_and_has_a_password_can_administrate() -> None:
    assert admin().can_administrate
    assert not person(role="operator").can_administrate
    assert not changed(admin(), disabled_at=NOW).can_administrate
    assert not changed(admin(), password_hash=None).can_administrate


@pytest.mark.parametrize(
    ("name", "role", "driver_id", "why"),
    [
        ("Ana", AccountRole.VIEWER, None, None),
        ("Ana", AccountRole.DRIVER, "D-1", None),
        ("a" * 101, AccountRole.VIEWER, None, "A name has 1 to 100 characters, and no space around them"),
        (" Ana", AccountRole.DRIVER, "D-1", "A name has 1 to 100 characters, and no space around them"),
        ("Ana", AccountRole.VIEWER, "D-1", "Only a driver has a driver's ID: leave it out"),
    ],
)
def test_an_account_has_a_name_and_only_a_drivers_has_a_drivers_id(
    name: str, role: AccountRole, driver_id: str | None, why: str | None
) -> None:
    assert why_no_account(name, role, driver_id) == why


@pytest.mark.parametrize("role", AccountRole)
def test_a_driver_stays_a_driver_and_nobody_else_becomes_one(role: AccountRole) -> None:
    assert why_no_role(role.value, role) is None
    assert (why_no_role("viewer", role) is None) == (role is not AccountRole.DRIVER)
    assert (why_no_role("driver", role) is None) == (role is AccountRole.DRIVER)


@pytest.mark.parametrize(
    ("scopes", "expires_at", "why"),
    [
        ([Permission.METRICS_READ], None, None),
        ([Permission.METRICS_READ], NOW + timedelta(seconds=1), None),
        ([Permission.METRICS_READ], NOW, "A machine key expires later than now"),
        ([], None, "A machine key needs a scope"),
        (
            [Permission.PEOPLE_WRITE, Permission.METRICS_READ, Permission.OWN_WRITE],
            None,
            "A machine key cannot have own:write, people:write",
        ),
    ],
)
def test_a_machine_key_has_scopes_that_a_program_may_have_and_an_end_to_come(
    scopes: list[Permission], expires_at: datetime | None, why: str | None
) -> None:
    assert why_no_key(scopes, expires_at, NOW) == why
