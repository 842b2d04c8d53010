"""`evcharging users` as people and scripts meet it."""

import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from evcharging.adapters.key_files import central_keys
from evcharging.adapters.passwords import hash_of
from evcharging.adapters.secret_words import hash_of_word
from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.people import LinkPurpose
from evcharging.domain.charging_point import Point
from evcharging.tests.stages.audit_world import audit
from evcharging.tests.stages.backup_stage import LEDGER
from evcharging.tests.stages.cli_stage import evcharging, sentence
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.people import action, admin
from evcharging.tests.stages.store_world import put, session

LINK = re.compile(r"http://localhost:8000/setup#([A-Za-z0-9_-]{43})")


@pytest.fixture(autouse=True)
def network(alone: None) -> None:
    """An empty ledger in `data`."""
    empty_ledger(Path("data/central.db"))


def users(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return evcharging("users", *arguments, env=env)


def token_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = LINK.search(result.stdout)
    assert found is not None
    return found[1]


def with_an_administrator() -> None:
    with closing(SqlStore(LEDGER)) as store:
        store.accounts.add(changed(admin(), password_hash=hash_of("correct horse battery")), action())


def test_who_is_added_has_a_link_that_counts_and_no_password() -> None:
    token = token_in(users("add", "Ana Torres", "--role", "operator"))
    with closing(SqlStore(LEDGER)) as store:
        account, link = store.accounts.named("ana torres"), store.accounts.link(hash_of_word(token))
        assert account is not None and link is not None
        assert (account.role, account.password_hash) == ("operator", None)
        assert (link.purpose, link.subject) == (LinkPurpose.RESET, account.account_id)
        noted = [(each.actor_kind, each.actor_id, each.via, each.action) for each in store.facts(OperatorAction)]
        assert noted == [("system", "users", "command", "add_account"), ("system", "users", "command", "make_link")]
    assert audit(LEDGER).findings == []


def test_a_driver_may_be_given_the_id_that_the_ledger_has() -> None:
    users("add", "Dora", "--role", "driver", "--driver-id", "driver-dora")
    assert "Dora  driver  driver-dora" in users("list").stdout
    assert "Only a driver has a driver's ID" in sentence(users("add", "Eva", "--role", "viewer", "--driver-id", "x"))


def test_everybody_is_listed_with_how_they_stand() -> None:
    assert users("list").stdout == (
        "There are no accounts yet: `evcharging users link` makes a link for the first administrator\n"
    )
    with_an_administrator()
    users("add", "Bea", "--role", "viewer")
    users("disable", "Bea")
    *_, first, second = [line.split() for line in users("list").stdout.splitlines()]
    assert (first[:2], first[-3:-1]) == (["Bea", "viewer"], ["disabled", "since"])
    assert (second[:3], second[-3:]) == (["Person", "1", "admin"], ["can", "sign", "in"])
    shown = json.loads(users("list", "--json").stdout)
    assert [(each["name"], each["has_password"], bool(each["disabled_at"])) for each in shown] == [
        ("Bea", False, True),
        ("Person 1", True, False),
    ]
    assert "argon2" not in users("list", "--json").stdout


def test_a_link_is_for_the_first_administrator_until_there_is_one() -> None:
    token = token_in(users("link"))
    with closing(SqlStore(LEDGER)) as store:
        link = store.accounts.link(hash_of_word(token))
        assert link is not None and link.purpose is LinkPurpose.SETUP
    with_an_administrator()
    assert sentence(users("link")) == "There is an administrator already, who makes links for others"
    shown = json.loads(users("link", "person 1", "--json").stdout)
    assert LINK.fullmatch(shown["link"]) and shown["account"]["name"] == "Person 1"


def test_a_link_leads_to_where_central_is_reached() -> None:
    for env, address in (
        ({"CENTRAL_HTTP_PORT": "18000"}, "http://localhost:18000/setup#"),
        ({"CENTRAL_HTTP_HOST": "192.0.2.7", "CENTRAL_TLS_CERT": "cert.pem"}, "https://192.0.2.7:8000/setup#"),
        ({"CENTRAL_HTTP_HOST": "2001:db8::7"}, "http://[2001:db8::7]:8000/setup#"),
        ({"CENTRAL_HTTP_HOST": "0.0.0.0"}, "http://localhost:8000/setup#"),
        ({"CENTRAL_HTTP_HOST": "::", "CENTRAL_HTTP_NAMES": "ev.example"}, "http://ev.example:8000/setup#"),
        ({"CENTRAL_ROOT_PATH": "/charging"}, "http://localhost:8000/charging/setup#"),
    ):
        assert address in users("link", env=env).stdout


def test_who_is_disabled_is_so_until_that_is_undone_and_the_last_administrator_never_is() -> None:
    with_an_administrator()
    users("add", "Bea", "--role", "viewer")
    assert json.loads(users("disable", "Bea", "--json").stdout)["disabled_at"] is not None
    assert json.loads(users("disable", "bea", "--undo", "--json").stdout)["disabled_at"] is None
    for refused in (users("disable", "Person 1"), users("erase", "Person 1", "--yes")):
        assert sentence(refused) == "This is the last administrator: make another one first"


def test_who_is_erased_is_in_no_file_any_more() -> None:
    users("add", "Wilhelmina Unmistakable", "--role", "viewer")
    assert "Nobody has answered: say --yes" in sentence(users("erase", "Wilhelmina Unmistakable"))
    assert users("erase", "wilhelmina unmistakable", "--yes").exit_code == 0
    content = b"".join(path.read_bytes() for path in Path("data").iterdir())
    assert b"ilhelmina" not in content.lower()
    assert sentence(users("erase", "Wilhelmina Unmistakable", "--yes")) == (
        "Nobody is called Wilhelmina Unmistakable: see all with `evcharging users list`"
    )


def a_known_network() -> None:
    with closing(SqlStore(LEDGER)) as store:
        put(store, *(Point(cp_id=f"CP-{number:03}") for number in range(1, 14)), session(driver_id="driver-alice"))
        store.commit(Commit(records=[("0", session("S-2", driver_id="driver-bob"))]))
        store.accounts.put_identity(Identity(kind=KeyKind.POINT, id="CP-001"), action())
        store.accounts.put_identity(Identity(kind=KeyKind.DRIVER, id="driver-bob"), action())


def test_the_first_administrator_is_told_whom_that_shuts_out_and_asked() -> None:
    a_known_network()
    asked = users("add", "Ana", "--role", "admin")
    assert "Nobody has answered" in sentence(asked)
    assert "Central is open to this machine." in asked.stderr
    points = "CP-002, CP-003, CP-004, CP-005, CP-006, CP-007, CP-008, CP-009, CP-010, CP-011 and 2 others"
    assert f"`evcharging points enrol ID`: {points}\n" in asked.stderr
    assert "`evcharging users add NAME --role driver --driver-id ID`: driver-alice\n" in asked.stderr
    assert "driver-bob" not in asked.stderr
    with closing(SqlStore(LEDGER)) as store:
        assert list(store.accounts.accounts()) == []
    assert token_in(users("add", "Ana", "--role", "admin", "--yes"))


@pytest.mark.parametrize(
    "env",
    [
        {"CENTRAL_AUTH": "off"},
        {"CENTRAL_AUTH": "on"},
        {"CENTRAL_HTTP_HOST": "0.0.0.0"},
        {"CENTRAL_KAFKA_BOOTSTRAP": "kafka:9092"},
    ],
)
def test_where_an_administrator_changes_nothing_nobody_is_asked(env: dict[str, str]) -> None:
    a_known_network()
    added = users("add", "Ana", "--role", "admin", env=env)
    assert (added.exit_code, added.stderr) == (0, "")


def test_what_does_not_fit_is_one_sentence() -> None:
    users("add", "Ana", "--role", "viewer")
    assert sentence(users("add", "ANA", "--role", "viewer")) == "This name is taken: choose another one"
    assert "The name does not fit" in sentence(users("add", "a\nb", "--role", "viewer"))
    assert sentence(users("disable", "Nobody")) == "Nobody is called Nobody: see all with `evcharging users list`"
    assert "There is no ledger in data/none.db" in sentence(users("list", "--db-url", "sqlite:///data/none.db"))
    assert "is not a URL" in sentence(users("list", "--db-url", "nonsense"))
    assert users("add", "Eva", "--role", "king").exit_code == 2


def test_people_are_looked_after_while_central_has_the_ledger_open() -> None:
    with closing(SqlStore(LEDGER)) as central:
        seen = central.accounts.version()
        token_in(users("add", "Ana", "--role", "viewer"))
        assert central.accounts.version() > seen
        assert central.accounts.named("Ana") is not None


def test_the_keys_of_the_file_are_said_to_be_those_of_the_ledger() -> None:
    assert "data/keys.json" in sentence(users("use-keys"))
    central_keys(Path("data/keys.json"), may_make=True)
    assert users("use-keys").stdout == "These are the keys of the ledger from here on: start its Centrals anew\n"
    with closing(SqlStore(LEDGER)) as store:
        [kept] = store.accounts.identities(KeyKind.CENTRAL)
        [done] = [each for each in store.select(OperatorAction) if each.action == "use_key"]
    assert (kept.revoked_at, done.subject, done.actor_id) == (None, kept.id, "users")


def test_the_key_that_signs_is_renewed() -> None:
    assert "put it back" in sentence(users("renew-signing-key")) or "Cannot read" in sentence(
        users("renew-signing-key")
    )
    before = central_keys(Path("data/keys.json"), may_make=True)
    renewed = users("renew-signing-key")
    after = central_keys(Path("data/keys.json"), may_make=False)
    assert renewed.stdout == f"Access tokens are signed by key {after.signing.newest} from here on\n"
    assert set(after.signing.keys) == {before.signing.newest, after.signing.newest}
