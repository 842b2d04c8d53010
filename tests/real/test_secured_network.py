"""A fresh Central on the network: who holds its link opens it, and by its API alone makes a colleague, a driver and
points. All six programs then charge over TLS and a Kafka that tells its users apart; nobody edits a file."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from evcharging.adapters.tls import client_context
from evcharging.common.messages import HealthReport
from evcharging.common.messages_link import LinkRefused
from evcharging.common.utils import json_decoder, to_json
from evcharging.protocols.proof import read_hello
from evcharging.tests.stages.talk_stage import ACK, ENQ
from evcharging.tests.stages.tcp_stage import Ear, calling, connecting
from tests.people import PHRASE, invite, use
from tests.real.secured import a_secured_broker, give_all
from tests.real.secured_network import SecuredNetwork

ADMIN, COLLEAGUE, DRIVER = "ann", "bob", "alice"
DRIVER_ID = "driver-alice"
POINTS = ("CP-001", "CP-002")
CUT_WITHIN = 5.0
ASKED = [
    *(("GET", path) for path in ("/cp", "/cp/CP-001", "/cp/free", "/sessions", "/tickets", "/nothing")),
    *(("GET", f"/api/v1/{path}") for path in ("users", "keys", "identities", "audit", "me", "me/sessions", "points")),
    *(("POST", f"/api/v1/{path}") for path in ("users", "keys", "points/CP-001/enrolment", "points/CP-001/key")),
    *(("POST", path) for path in ("/cp/register", "/cp/CP-001/stop", "/cp/stop")),
    ("DELETE", "/cp/CP-001"),
]

read_refusal = json_decoder(LinkRefused)


class Opened(NamedTuple):
    """A network whose six programs run, and who works at its console."""

    network: SecuredNetwork
    admin: httpx.Client
    colleague: httpx.Client
    accounts: dict[str, str]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredNetwork]:
    """An empty folder, and a Central that was just started in it."""
    folder = tmp_path_factory.mktemp("network")
    with a_secured_broker(folder / "kafka") as broker, SecuredNetwork(folder, broker) as network:
        give_all(broker)
        network.start("central")
        network.setup_token()
        yield network


@pytest.fixture(scope="module")
def opened(fresh: SecuredNetwork) -> Iterator[Opened]:
    """All that a console does, and then the programs."""
    with fresh.browser() as admin, fresh.browser() as colleague, fresh.browser() as phone:
        use(admin, fresh.setup_token(), ADMIN)
        use(colleague, invite(admin, COLLEAGUE, "operator"), COLLEAGUE)
        use(phone, invite(admin, DRIVER, "driver", driver_id=DRIVER_ID), DRIVER)
        for cp_id in POINTS:
            start_point(fresh, admin, cp_id)
        fresh.command(DRIVER_ID, "driver", "login", "--name", DRIVER, *fresh.to_central, DRIVER_PASSWORD=PHRASE)
        for cp_id in POINTS:
            fresh.until_seen(admin, cp_id, "ACTIVATED")
        accounts = {each["name"]: each["account_id"] for each in admin.get("/api/v1/users").json()}
        yield Opened(fresh, admin, colleague, accounts)


def start_point(network: SecuredNetwork, admin: httpx.Client, cp_id: str) -> None:
    """Register a point and give it a token, by which its monitor gets the key that its engine finds."""
    admin.post("/cp/register", json={"cp_id": cp_id}).raise_for_status()
    token = admin.post(f"/api/v1/points/{cp_id}/enrolment").raise_for_status().json()["token"]
    network.add_engine(cp_id)
    network.add_monitor(cp_id, CP_MONITOR_ENROL=token)
    network.start(f"monitor {cp_id}")
    network.until_said(f"monitor {cp_id}", f"{cp_id} is enrolled")
    network.start(f"engine {cp_id}")


# Who holds nothing


def test_without_a_credential_nothing_is_answered(fresh: SecuredNetwork) -> None:
    with fresh.browser() as stranger:
        answers = {(method, path): stranger.request(method, path).status_code for method, path in ASKED}
        assert {asked: status for asked, status in answers.items() if status != 401} == {}
        said = {"token": "A" * 43, "name": "mallory", "password": PHRASE}
        assert stranger.post("/api/v1/auth/setup", json=said).status_code == 401
        assert stranger.get("/api/v1/access").json()["who"] is None


def test_a_link_without_a_key_is_asked_for_its_proof_and_refused(fresh: SecuredNetwork) -> None:
    async def scene() -> None:
        async with calling(fresh.links_port) as (reader, writer):
            writer.write(ENQ * 16)
            assert ACK not in await reader.read()
        ear = Ear()
        async with connecting(ear, fresh.links_port, tls=client_context(str(fresh.ca))):
            assert await ear.next() == "opened"
            greeting = await ear.next()
            assert isinstance(greeting, bytes)
            assert read_hello(greeting) is not None
            ear.links[-1].send(to_json(HealthReport(ts=datetime.now(UTC), cp_id="CP-001", well=True)))
            refusal = await ear.next()
            assert isinstance(refusal, bytes)
            assert "has not proven that it has its key" in read_refusal(refusal).reason

    asyncio.run(scene())


def test_kafka_says_nothing_to_who_is_no_user_of_it(fresh: SecuredNetwork) -> None:
    for how in ({"security.protocol": "ssl", "ssl.ca.location": str(fresh.broker.ca)}, {}):
        admin = AdminClient({"bootstrap.servers": fresh.broker.bootstrap, "log_level": 0, **how})
        with pytest.raises(KafkaException):
            admin.list_topics(timeout=2)


# Who holds the link, and whoever was let in by that one


def test_all_six_programs_charge_and_central_may_die_meanwhile(opened: Opened) -> None:
    network, driver = opened.network, f"driver {DRIVER_ID}"
    network.add_driver(DRIVER_ID, *POINTS[:1])
    network.start(driver)
    network.until_said("engine CP-001", f"Charging session started for {DRIVER_ID}")
    network["central"].kill()
    network.start("central")
    network.until_said(driver, r"✔️ CP-001 \| COMPLETED")
    network.until_said(driver, "🎫 .*CP-001 .* supply complete")
    (ticket,) = opened.admin.get("/tickets").raise_for_status().json()
    assert (ticket["cp_id"], ticket["driver_id"]) == ("CP-001", DRIVER_ID)
    assert ticket["kwh"] > 0
    assert len(network["central"].said("/setup#")) == 1
    assert all(f"Connected to Central at 127.0.0.1:{network.links_port}" in said for said in connected(network))


def connected(network: SecuredNetwork) -> list[str]:
    """The line of each monitor that its link was proven, over TLS alone: there is no other door."""
    return [network[f"monitor {cp_id}"].said("Connected to Central")[0] for cp_id in POINTS]


def test_a_driver_without_a_key_is_told_to_sign_in_first(opened: Opened) -> None:
    network, before = opened.network, unbelieved(opened)
    network.add_driver("driver-mallory", "CP-001")
    network.start("driver driver-mallory")
    network.until_said("driver driver-mallory", "has no key: sign in first: evcharging driver login")
    network.until(lambda: unbelieved(opened) > before, "Central hears a driver who proves nothing")
    sessions = opened.admin.get("/api/v1/sessions", params={"driver_id": "driver-mallory"}).raise_for_status()
    assert sessions.json()["items"] == []


def test_what_an_engine_without_a_key_says_counts_for_nothing(opened: Opened) -> None:
    network = opened.network
    before = unbelieved(opened)
    opened.admin.post("/cp/register", json={"cp_id": "CP-003"}).raise_for_status()
    point = network.point(opened.admin, "CP-003")
    network.add_engine("CP-003")
    network.start("engine CP-003")
    network.until(lambda: unbelieved(opened) > before, "Central hears an engine that proves nothing")
    assert network.point(opened.admin, "CP-003") == point


def unbelieved(opened: Opened) -> float:
    """How many words Central has set aside, since nobody had proven to have said them."""
    found = re.search(r"^evcharging_messages_unbelieved_total (\S+)$", opened.admin.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_a_point_whose_key_is_revoked_is_refused_at_once(opened: Opened) -> None:
    network = opened.network
    opened.admin.delete("/api/v1/points/CP-002/key").raise_for_status()
    network.until_seen(opened.admin, "CP-002", "DISCONNECTED", CUT_WITHIN)
    network.until_said("monitor CP-002", "The key of CP-002 was revoked", seconds=CUT_WITHIN)
    before = unbelieved(opened)
    network["engine CP-002"].kill()
    network.start("engine CP-002")
    network.until(lambda: unbelieved(opened) > before, "Central does not believe its engine any more")


def test_a_colleague_does_what_an_operator_may_and_the_audit_lists_who_did_what(opened: Opened) -> None:
    network, colleague = opened.network, opened.colleague
    colleague.post("/cp/CP-001/stop").raise_for_status()
    colleague.post("/cp/CP-001/resume").raise_for_status()
    assert colleague.post("/api/v1/users", json={"name": "eve", "role": "admin"}).status_code == 403
    assert done(opened) >= {
        (ADMIN, "set_up", ADMIN),
        (ADMIN, "add_account", COLLEAGUE),
        (ADMIN, "add_account", DRIVER),
        *((ADMIN, action, cp_id) for action in ("register_point", "invite_point") for cp_id in POINTS),
        *((cp_id, "enrol_point", cp_id) for cp_id in POINTS),
        (DRIVER, "sign_in", DRIVER),
        (DRIVER, "give_key", DRIVER),
        (COLLEAGUE, "stop", "CP-001"),
        (COLLEAGUE, "resume", "CP-001"),
    }
    guess = {"name": COLLEAGUE, "password": "a word that it is not"}
    assert colleague.post("/api/v1/auth/session", json=guess).status_code == 401
    assert ("sign_in", COLLEAGUE) in {(action, subject) for _, action, subject in done(opened, refused=True)}
    denied = (COLLEAGUE, "POST /api/v1/users", "/api/v1/users")
    network.until(lambda: denied in done(opened, refused=True), "what the colleague may not do is noted")
    assert network.command("central", "audit").splitlines()[-1].endswith(": no difference")


def done(opened: Opened, *, refused: bool = False) -> set[tuple[str, str, str]]:
    """Who did what to whom, or was refused it, with people by their names."""
    names = {account_id: name for name, account_id in opened.accounts.items()}
    asked = f"/api/v1/audit?limit=200&refused={str(refused).lower()}"
    items: list[Any] = opened.admin.get(asked).raise_for_status().json()["items"]
    said = [(each["actor"]["id"], each["action"], each["subject"]) for each in items]
    return {(names.get(actor, actor), action, names.get(subject, subject)) for actor, action, subject in said}
