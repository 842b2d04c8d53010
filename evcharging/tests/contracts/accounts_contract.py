"""The contract of people and keys in sentences: whoever keeps them passes these tests, and those of
`account_changes_contract.py`."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from evcharging.adapters.store.accounts import Accounts, LastAdministrator, NameTaken, Overtaken
from evcharging.common.utils import changed
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.people import (
    LINK_LASTS,
    REFRESH_LASTS,
    SESSION_IDLES,
    SESSION_LASTS,
    LinkPurpose,
)
from evcharging.domain.access.vehicles import Garage, OwnVehicle
from evcharging.tests.contracts.account_changes_contract import POINT, AccountChangesContract
from evcharging.tests.stages.people import (
    action,
    add,
    admin,
    card,
    console_session,
    heir,
    link,
    machine_key,
    person,
    refresh_token,
)
from evcharging.tests.stages.store_world import LATER, NOW


class AccountsContract(AccountChangesContract):
    """What any of them does. A subclass says how it is opened."""

    # People

    @pytest.mark.parametrize("can_sign_in", [True, False])
    def test_an_account_comes_back_as_it_was(self, accounts: Accounts, can_sign_in: bool) -> None:
        account = person(name="Zoë «é»", can_sign_in=can_sign_in)
        add(accounts, account)
        assert accounts.account("acc-1") == accounts.named("Zoë «é»") == account
        assert (accounts.account("acc-2"), accounts.named("zoe")) == (None, None)

    def test_a_name_is_found_in_any_case_and_in_any_way_to_write_it(self, accounts: Accounts) -> None:
        account = person(name="Ana Nuñez")
        add(accounts, account)
        assert accounts.named("ANA NUÑEZ") == accounts.named("ana nun\N{COMBINING TILDE}ez") == account

    def test_accounts_come_by_name_and_may_be_asked_for_by_role(self, accounts: Accounts) -> None:
        add(accounts, person(1, name="carla"), person(2, name="Ana", role="admin"), person(3, name="Bea"))
        assert [account.name for account in accounts.accounts()] == ["Ana", "Bea", "carla"]
        assert [account.name for account in accounts.accounts(role="viewer")] == ["Bea", "carla"]

    def test_vehicles_are_kept_with_an_account_and_are_erased_with_it(self, accounts: Accounts) -> None:
        add(accounts, person(1), person(2))
        garage = Garage(account_id="acc-1", vehicles=(OwnVehicle(name="Zoë's", battery_kwh=58.0, kw=11.0),))
        for kept in (Garage(account_id="acc-1"), garage):
            accounts.put_garage(kept)
            assert (accounts.garage("acc-1"), accounts.garage("acc-2").vehicles) == (kept, ())
        accounts.erase("acc-1", action())
        accounts.put_garage(garage)
        assert accounts.garage("acc-1").vehicles == ()

    def test_a_name_and_an_id_are_given_once(self, accounts: Accounts) -> None:
        add(accounts, person(1, name="Ana"), person(2, name="Bea"))
        for other in (person(3, name="ANA"), person(1, name="Carla")):
            with pytest.raises(NameTaken):
                add(accounts, other)
        with pytest.raises(NameTaken):
            accounts.change(person(2, name="ana"), action())
        assert [account.name for account in accounts.accounts()] == ["Ana", "Bea"]

    def test_a_change_is_in_place_of_what_was(self, accounts: Accounts) -> None:
        add(accounts, person(1), person(2))
        accounts.change(person(1, role="operator", name="Other"), action())
        assert (accounts.named("Person 1"), accounts.account("acc-1")) == (
            None,
            person(1, role="operator", name="Other"),
        )

    def test_a_change_of_what_was_changed_meanwhile_is_refused(self, accounts: Accounts) -> None:
        add(accounts, person())
        disabled = changed(person(), disabled_at=NOW)
        accounts.change(disabled, action(), before=person())
        with pytest.raises(Overtaken):
            accounts.change(person(role="operator"), action(), before=person())
        with pytest.raises(Overtaken):
            accounts.change(person(2), action())
        assert list(accounts.accounts()) == [disabled]

    def test_an_administrator_is_one_who_can_sign_in(self, accounts: Accounts) -> None:
        add(accounts, person(1, role="operator"), person(2, role="admin", can_sign_in=False))
        assert not accounts.has_admin()
        accounts.change(admin(2), action())
        assert accounts.has_admin()

    @pytest.mark.parametrize(
        "change",
        [
            lambda accounts: accounts.erase("acc-1", action()),
            lambda accounts: accounts.change(changed(admin(), disabled_at=NOW), action()),
            lambda accounts: accounts.change(changed(admin(), role="operator"), action()),
            lambda accounts: accounts.change(changed(admin(), password_hash=None), action()),
        ],
        ids=["erased", "disabled", "demoted", "without a password"],
    )
    def test_the_last_administrator_stays_one(self, accounts: Accounts, change: Callable[[Accounts], None]) -> None:
        add(accounts, admin(1), person(2))
        with pytest.raises(LastAdministrator):
            change(accounts)
        assert accounts.account("acc-1") == admin(1)
        add(accounts, admin(3))
        change(accounts)
        assert accounts.has_admin()

    def test_who_is_erased_is_gone_and_nobody_gets_that_id(self, accounts: Accounts) -> None:
        add(accounts, person(1), person(2))
        driver_key = Identity(kind=KeyKind.DRIVER, id="acc-1")
        accounts.put_identity(driver_key, action())
        accounts.open_session(console_session(), action())
        accounts.issue(refresh_token())
        accounts.add_link(link(), action())
        accounts.erase("acc-1", action("erase_account", at=LATER))
        assert (list(accounts.accounts()), accounts.named("Person 1")) == ([person(2)], None)
        assert (accounts.session("session-1"), accounts.spend("token-1", NOW, heir())) == (None, None)
        assert accounts.use_link("link-1", LinkPurpose.RESET, NOW) is None
        assert accounts.identity(KeyKind.DRIVER, "acc-1") == changed(driver_key, revoked_at=LATER)
        with pytest.raises(NameTaken):
            add(accounts, person(1, name="Somebody else"))
        add(accounts, person(3, name="Person 1"))

    # What stands for people

    def test_a_session_comes_with_its_account_and_goes_when_it_is_closed(self, accounts: Accounts) -> None:
        add(accounts, person())
        accounts.open_session(console_session(), action())
        assert accounts.session("session-1") == (console_session(), person())
        accounts.see_session("session-1", LATER)
        assert accounts.session("session-1") == (changed(console_session(), seen_at=LATER), person())
        accounts.close_session("session-1", action())
        accounts.see_session("session-1", LATER)
        assert accounts.session("session-1") is None

    @pytest.mark.parametrize("field", ["valid_from", "disabled_at"])
    def test_sessions_and_tokens_of_before_end_with_a_new_password_or_a_disabled_account(
        self, accounts: Accounts, field: str
    ) -> None:
        add(accounts, person(1), person(2))
        for number in (1, 2):
            accounts.open_session(console_session(f"session-{number}", of=f"acc-{number}"), action())
            accounts.issue(refresh_token(f"token-{number}", of=f"acc-{number}"))
        accounts.change(changed(person(), **{field: LATER}), action())
        accounts.change(changed(person(), valid_from=LATER), action())
        assert (accounts.session("session-1"), accounts.spend("token-1", NOW, heir("a"))) == (None, None)
        assert accounts.session("session-2") and accounts.spend("token-2", NOW, heir("b"))

    @pytest.mark.parametrize("field", ["valid_from", "disabled_at"])
    def test_the_key_of_a_driver_counts_no_more_with_a_new_password_or_a_disabled_account(
        self, accounts: Accounts, field: str
    ) -> None:
        add(accounts, person(1), person(2))
        keys = [Identity(kind=KeyKind.DRIVER, id=f"acc-{number}") for number in (1, 2)]
        for key in (*keys, Identity(kind=KeyKind.POINT, id="acc-1")):
            accounts.put_identity(key, action())
        accounts.change(changed(person(), **{field: LATER}), action("change_account", at=LATER))
        assert accounts.identity(KeyKind.DRIVER, "acc-1") == changed(keys[0], revoked_at=LATER)
        assert accounts.identity(KeyKind.DRIVER, "acc-2") == keys[1]
        assert accounts.identity(KeyKind.POINT, "acc-1") == Identity(kind=KeyKind.POINT, id="acc-1")

    def test_a_role_that_changes_ends_no_session(self, accounts: Accounts) -> None:
        add(accounts, person())
        accounts.open_session(console_session(), action())
        accounts.change(person(role="operator"), action())
        assert accounts.session("session-1") == (console_session(), person(role="operator"))

    def test_a_refresh_token_is_used_once_and_its_heir_comes_after_it(self, accounts: Accounts) -> None:
        add(accounts, person())
        accounts.issue(refresh_token())
        assert accounts.spend("token-1", LATER, heir(at=LATER)) == (refresh_token(), person())
        again = accounts.spend("token-1", LATER, heir("token-3"))
        assert again == (changed(refresh_token(), used_at=LATER), person())
        later = changed(refresh_token(), token_hash="token-2", created_at=LATER, expires_at=LATER + REFRESH_LASTS)
        assert accounts.spend("token-2", LATER, heir("token-4")) == (later, person())
        assert accounts.spend("token-3", LATER, heir("token-5")) is None

    def test_a_refresh_token_that_expired_has_no_heir(self, accounts: Accounts) -> None:
        add(accounts, person())
        accounts.issue(refresh_token())
        end = NOW + REFRESH_LASTS
        assert (
            accounts.spend("token-1", end, heir())
            == accounts.spend("token-1", end, heir())
            == (refresh_token(), person())
        )
        assert accounts.spend("token-2", end, heir("token-3")) is None

    def test_a_family_ends_with_all_of_its_tokens(self, accounts: Accounts) -> None:
        add(accounts, person())
        accounts.issue(refresh_token())
        accounts.issue(refresh_token("other", family="family-2"))
        accounts.spend("token-1", NOW, heir())
        accounts.end_family("family-1", action())
        assert accounts.spend("token-1", NOW, heir("a")) is accounts.spend("token-2", NOW, heir("b")) is None
        assert accounts.spend("other", NOW, heir("c")) is not None

    def test_a_link_counts_once_and_until_it_expires_and_for_its_purpose(self, accounts: Accounts) -> None:
        accounts.add_link(link("a"), action())
        accounts.add_link(link("b", LinkPurpose.SETUP, subject=None), action())
        accounts.add_link(link("c", LinkPurpose.ENROLMENT, subject="CP-001"), action())
        just_in_time = NOW + LINK_LASTS - timedelta(seconds=1)
        assert accounts.use_link("a", LinkPurpose.SETUP, NOW) is None
        assert accounts.use_link("a", LinkPurpose.RESET, just_in_time) == changed(link("a"), used_at=just_in_time)
        assert accounts.use_link("a", LinkPurpose.RESET, just_in_time) is None
        assert accounts.link("a") == changed(link("a"), used_at=just_in_time)
        assert (accounts.link("b"), accounts.link("none")) == (link("b", LinkPurpose.SETUP, subject=None), None)
        assert accounts.use_link("b", LinkPurpose.SETUP, NOW + LINK_LASTS) is None
        assert accounts.use_link("none", LinkPurpose.SETUP, NOW) is None
        used = accounts.use_link("c", LinkPurpose.ENROLMENT, NOW)
        assert used is not None and used.subject == "CP-001"

    def test_a_new_link_is_in_place_of_earlier_ones_for_the_same(self, accounts: Accounts) -> None:
        for purpose, subject in ((LinkPurpose.SETUP, None), (LinkPurpose.RESET, "acc-1"), (LinkPurpose.RESET, "acc-2")):
            accounts.add_link(link(f"{purpose} {subject}", purpose, subject=subject), action())
        accounts.add_link(link("new setup", LinkPurpose.SETUP, subject=None), action())
        accounts.add_link(link("new reset"), action())
        for gone, purpose in (("setup None", LinkPurpose.SETUP), ("reset acc-1", LinkPurpose.RESET)):
            assert accounts.use_link(gone, purpose, NOW) is None
        for kept, purpose in (("new setup", LinkPurpose.SETUP), ("new reset", LinkPurpose.RESET)):
            assert accounts.use_link(kept, purpose, NOW) is not None
        assert accounts.use_link("reset acc-2", LinkPurpose.RESET, NOW) is not None

    def test_what_has_expired_is_removed_and_what_counts_stays(self, accounts: Accounts) -> None:
        add(accounts, person())
        accounts.open_session(console_session(), action())
        accounts.issue(refresh_token())
        accounts.add_link(link(), action())
        accounts.tidy(NOW + SESSION_IDLES)
        assert accounts.session("session-1") is not None
        accounts.tidy(NOW + SESSION_IDLES + timedelta(seconds=1))
        assert accounts.session("session-1") is None
        accounts.open_session(changed(console_session(), seen_at=NOW + SESSION_LASTS), action())
        accounts.tidy(NOW + SESSION_LASTS + timedelta(seconds=1))
        assert (accounts.session("session-1"), accounts.use_link("link-1", LinkPurpose.RESET, NOW)) == (None, None)
        accounts.tidy(NOW + REFRESH_LASTS)
        assert accounts.spend("token-1", NOW, heir()) is not None
        accounts.tidy(NOW + REFRESH_LASTS + timedelta(seconds=1))
        assert accounts.spend("token-1", NOW, heir()) is None

    def test_cards_are_those_that_were_put_last_and_go_with_their_account(self, accounts: Accounts) -> None:
        add(accounts, person(1), person(2))
        first, second, other = card(1, is_default=True), card(2), card(3, of="acc-2")
        accounts.put_cards("acc-1", [second, first], action(), before=[])
        accounts.put_cards("acc-2", [other], action(), before=[])
        assert list(accounts.cards("acc-1")) == [first, second]
        for before in ([], [first], [first, changed(second, last4="0000")]):
            with pytest.raises(Overtaken):
                accounts.put_cards("acc-1", [], action(), before=before)
        accounts.put_cards("acc-1", [changed(second, is_default=True)], action(), before=[first, second])
        assert list(accounts.cards("acc-1")) == [changed(second, is_default=True)]
        accounts.erase("acc-1", action("erase_account"))
        assert (list(accounts.cards("acc-1")), list(accounts.cards("acc-2"))) == ([], [other])
        with pytest.raises(Overtaken):
            accounts.put_cards("acc-1", [first], action(), before=[])

    # Programs and points

    def test_a_machine_key_comes_back_as_it_was_put_last(self, accounts: Accounts) -> None:
        accounts.put_machine_key(machine_key("k2"), action())
        accounts.put_machine_key(machine_key("k1"), action())
        accounts.use_machine_key("k1", LATER)
        used = changed(machine_key("k1"), last_used_at=LATER)
        assert (accounts.machine_key("k1"), accounts.machine_key("k3")) == (used, None)
        accounts.put_machine_key(changed(used, revoked_at=LATER), action())
        assert list(accounts.machine_keys()) == [changed(used, revoked_at=LATER), machine_key("k2")]

    def test_identities_come_by_kind_and_owner(self, accounts: Accounts) -> None:
        driver = Identity(kind=KeyKind.DRIVER, id="CP-001")
        for identity in (POINT, driver):
            accounts.put_identity(identity, action())
        assert list(accounts.identities()) == [driver, POINT]
        assert list(accounts.identities(KeyKind.POINT)) == [accounts.identity(KeyKind.POINT, "CP-001")] == [POINT]
        assert accounts.identity(KeyKind.POINT, "CP-002") is None

    def test_the_version_in_use_grows_and_changes_nothing_else(self, accounts: Accounts) -> None:
        second = changed(POINT, version=2, older_until=LATER)
        accounts.put_identity(POINT, action())
        accounts.put_identity(second, action(), before=POINT)
        accounts.put_identity(changed(POINT, in_use=2, revoked_at=NOW), None)
        accounts.put_identity(POINT, None)
        accounts.put_identity(Identity(kind=KeyKind.POINT, id="unknown"), None)
        assert list(accounts.identities()) == [changed(second, in_use=2)]

    def test_a_key_that_was_revoked_meanwhile_is_not_renewed(self, accounts: Accounts) -> None:
        accounts.put_identity(POINT, action())
        accounts.put_identity(changed(POINT, in_use=1, revoked_at=NOW), action())
        with pytest.raises(Overtaken):
            accounts.put_identity(changed(POINT, version=2), action(), before=POINT)
        assert accounts.identity(KeyKind.POINT, "CP-001") == changed(POINT, revoked_at=NOW)
