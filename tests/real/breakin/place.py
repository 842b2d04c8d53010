"""What is broken into: a secured Central, two points with their engines and monitors, people of each kind, a driver who
charges, and a program with a machine key. Knows no attack."""

import json
import re
import time
from pathlib import Path
from secrets import token_urlsafe
from types import TracebackType
from typing import Any

import httpx

from evcharging.tests.stages.kafka_world import forget_topics
from tests.real.breakin.caller import V1, Caller, bearer
from tests.real.stack import WITHIN, Stack
from tools.broker.broker import Broker, free_ports

CLI = ["python", "-m", "evcharging.apps.shell.cli"]
DRIVER, DRIVER_NAME = "driver-alice", "Alice"
OWNER, OPERATOR, GUEST = "Ana Torres", "Otto Lind", "Bob Stone"
POINTS = ("CP-001", "CP-002")
"""Each with an engine and a monitor."""

OWN_POINT, KNOWN_POINT, RETIRED_POINT = "CP-003", "CP-004", "CP-005"
"""One whose key is here, so that what its monitor says can be altered on its way; one that was never enrolled; and one
that was retired."""

PARTITIONS, WAIT = 2, 429
SETUP_LINK = "set-up link"
"""The one secret that a log shows, since that is how the first administrator comes by it."""


class Place(Stack):
    """None of its programs is started. `secrets` are all that the run has used, by what they are."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        super().__init__(folder)
        forget_topics(broker.bootstrap)
        self.bootstrap = broker.bootstrap
        self.central_port, self.links_port, *self._health = free_ports(4)
        self.secrets: dict[str, str] = {}
        self.owner = Caller(self.central_port)
        self.operator = Caller(self.central_port)
        self.accounts: dict[str, str] = {}
        """IDs by name."""
        self._add_programs()

    @property
    def ledger(self) -> Path:
        """The database."""
        return self.folder / "data" / "central.db"

    @property
    def nobody(self) -> Caller:
        """Somebody without a credential."""
        return Caller(self.central_port)

    def key_of(self, owner: str) -> Any:
        """The key file of a point or driver."""
        return json.loads((self.folder / "data" / f"{owner}.key").read_text())

    def begin(self) -> None:
        """Start all and give everybody what they come in by; a first charge has ended then."""
        self.start("central")
        self.until_said("central", r"/setup#[\w-]{43}")
        self._set_up()
        self._add_people()
        for cp_id in POINTS:
            self._enrol(cp_id)
        self._add_other_points()
        self._let_driver_sign_in()
        self.start("driver")
        self.until_said("driver", r"COMPLETED")

    def rest(self) -> None:
        """Nobody charges any more."""
        self["driver"].stop()
        self.until(lambda: all(self.state(cp_id) == "ACTIVATED" for cp_id in POINTS), "all points are free")
        self.until(lambda: not self.owner.ask("GET", "/requests/ongoing"), "nothing is asked for any more")

    def state(self, cp_id: str) -> str:
        """How a point is shown."""
        shown: str = self.owner.ask("GET", f"/cp/{cp_id}")["state"]
        return shown

    def tokens_of(self, name: str) -> dict[str, Any]:
        """What somebody is given who signs in with an app."""
        found: dict[str, Any] = self._signed_in("login", name).json()
        self.note(f"access token of {name}", found["access_token"])
        self.note(f"refresh token of {name}", found["refresh_token"])
        return found

    def session_of(self, name: str) -> str:
        """The cookie of somebody who signs in at the console."""
        return self.note(f"cookie of {name}", self._signed_in("session", name).cookies["session"])

    def _signed_in(self, path: str, name: str) -> httpx.Response:
        """Whoever's name was guessed at has to wait for the next attempt."""
        body, end = {"name": name, "password": self.secrets[f"password of {name}"]}, time.monotonic() + WITHIN
        with self.nobody as caller:
            while (answer := caller.answer("POST", f"{V1}/auth/{path}", body)).status_code == WAIT:
                assert time.monotonic() < end, answer.text
                time.sleep(float(answer.headers["Retry-After"]))
        assert answer.is_success, answer.text
        return answer

    def machine_key(self, label: str) -> tuple[str, str]:
        """A new machine key: its ID and its secret."""
        made = self.owner.ask("POST", f"{V1}/keys", {"label": label, "scopes": ["network:read"]})
        return made["key"]["key_id"], self.note(f"machine key {label}", made["secret"])

    def invited(self, cp_id: str) -> str:
        """A token that gives a point its key."""
        made = self.owner.ask("POST", f"{V1}/points/{cp_id}/enrolment")
        return self.note(f"enrolment of {cp_id}", made["token"])

    def note(self, what: str, secret: str) -> str:
        """Remember a secret, to look for it everywhere at last."""
        self.secrets[what if what not in self.secrets else f"{what}, {len(self.secrets)}"] = secret
        return secret

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for caller in (self.owner, self.operator):
            caller.__exit__()
        super().__exit__(kind, error, at)

    # How it is set up

    def _add_programs(self) -> None:
        kafka = ["--kafka-bootstrap", self.bootstrap]
        ports = ["--http-port", str(self.central_port), "--listen-port", str(self.links_port)]
        shards = ["--partitions", str(PARTITIONS)]
        self.add("central", [*CLI, "central", *kafka, *ports, *shards], CENTRAL_AUTH="on")
        for cp_id, port in zip(POINTS, self._health, strict=True):
            quick = ["--supply-ticks", "4", "--telemetry-interval", "0.5"]
            words = [*CLI, "engine", *kafka, "--cp-id", cp_id, "--health-port", str(port), *quick]
            self.add(f"engine {cp_id}", words)
        (self.folder / "requests.txt").write_text("CP-001\n" * 1000)
        words = ["--driver-id", DRIVER, "--request-interval", "0.5", "--central-port", str(self.central_port)]
        self.add("driver", [*CLI, "driver", *kafka, *words])

    def _set_up(self) -> None:
        found = re.search(r"/setup#([\w-]{43})", "\n".join(self["central"].said("/setup#")))
        assert found is not None
        self.owner.with_cookie(self._chosen(self.note(SETUP_LINK, found[1]), OWNER))

    def _chosen(self, link: str, name: str) -> str:
        """Use a link, with a password that is made up; the cookie that comes."""
        password = self.note(f"password of {name}", token_urlsafe(16))
        with self.nobody as caller:
            body = {"token": link, "name": name, "password": password}
            answer = caller.answer("POST", f"{V1}/auth/setup", body)
        assert answer.status_code == 201, answer.text
        self.accounts[name] = answer.json()["account"]["account_id"]
        return self.note(f"first cookie of {name}", answer.cookies["session"])

    def _add_people(self) -> None:
        made = self.owner.ask("POST", f"{V1}/users", {"name": OPERATOR, "role": "operator"})
        link = self.note(f"link of {OPERATOR}", made["link"]["link"].partition("#")[2])
        self.operator.with_cookie(self._chosen(link, OPERATOR))
        for name, driver_id in ((DRIVER_NAME, DRIVER), (GUEST, "driver-bob")):
            password = self.note(f"password of {name}", token_urlsafe(16))
            with self.nobody as caller:
                body = {"name": name, "password": password, "driver_id": driver_id}
                made = caller.ask("POST", f"{V1}/auth/register", body)
            self.accounts[name] = made["account"]["account_id"]
            self.note(f"first refresh token of {name}", made["tokens"]["refresh_token"])

    def _enrol(self, cp_id: str) -> None:
        """Its monitor gets its key by a token, and its engine has it then, too."""
        port = self["engine " + cp_id].words[self["engine " + cp_id].words.index("--health-port") + 1]
        words = ["--cp-id", cp_id, "--cp-e-port", port, "--central-port", str(self.central_port)]
        self.add(f"monitor {cp_id}", [*CLI, "monitor", *words], CP_MONITOR_ENROL=self.invited(cp_id))
        self.start(f"monitor {cp_id}")
        self.until_said(f"monitor {cp_id}", f"{cp_id} is enrolled")
        self.start(f"engine {cp_id}")
        self.note(f"key of {cp_id}", self.key_of(cp_id)["key"])
        self.until(lambda: self._is_there(cp_id), f"{cp_id} is ACTIVATED")

    def _is_there(self, cp_id: str) -> bool:
        answer = self.owner.answer("GET", f"/cp/{cp_id}")
        return answer.is_success and answer.json()["state"] == "ACTIVATED"

    def _add_other_points(self) -> None:
        for cp_id in (OWN_POINT, KNOWN_POINT, RETIRED_POINT):
            self.owner.ask("POST", "/cp/register", {"cp_id": cp_id})
        self.owner.ask("DELETE", f"/cp/{RETIRED_POINT}")
        with self.nobody as caller:
            given = caller.ask("POST", f"{V1}/points/enrol", {"token": self.invited(OWN_POINT)})
        self.note(f"key of {OWN_POINT}", given["key"])

    def _let_driver_sign_in(self) -> None:
        words = [*CLI, "driver", "login", "--name", DRIVER_NAME, "--central-port", str(self.central_port)]
        signing_in = self.add("login", words, DRIVER_PASSWORD=self.secrets[f"password of {DRIVER_NAME}"])
        signing_in.start()
        self.until((self.folder / "data" / f"{DRIVER}.key").exists, "the driver has a key")
        self.until(lambda: not signing_in.is_running, "the driver has signed in")
        del self.programs["login"]  # a command, which says other things than a program's log does
        self.note(f"key of {DRIVER}", self.key_of(DRIVER)["key"])


def headers_of(tokens: dict[str, Any]) -> dict[str, str]:
    """How an app asks that was given these."""
    return bearer(tokens["access_token"])
