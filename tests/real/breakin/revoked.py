"""The fifth part: what is revoked is refused everywhere within seconds. Knows no report."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from evcharging.adapters.tokens import Signer, issue_by_key
from evcharging.common.kafka import CP_STATUS
from evcharging.common.messages import CPStatus
from evcharging.common.states import CPState
from evcharging.common.utils import to_json
from evcharging.domain.access.keys import KeyKind
from evcharging.protocols.seal import seal
from tests.real.breakin.bus import Written, charge_request, set_aside
from tests.real.breakin.bus import write as write_on_kafka
from tests.real.breakin.caller import V1, Caller, bearer
from tests.real.breakin.findings import LogLine, Tally
from tests.real.breakin.place import DRIVER, DRIVER_NAME, OPERATOR, Place, headers_of

LATEST = 5.0
GIVE_UP = 20.0
LOOK_EVERY = 0.05
POINT = "CP-002"


@dataclass(frozen=True)
class Revocations:
    """How many seconds each took until it was refused."""

    tally: Tally
    took: dict[str, float] = field(default_factory=dict)


class Revoker:
    """Revokes one thing after another."""

    def __init__(self, place: Place, log: LogLine) -> None:
        self._place = place
        self._log = log
        self.done = Revocations(Tally())
        self._number = 0

    def revoke_all(self) -> Revocations:
        """All that can be revoked."""
        self._session()
        self._machine_key()
        self._key_of_point()
        self._account_of_operator()
        self._account_of_driver()
        return self.done

    def _session(self) -> None:
        with Caller(self._place.central_port) as caller:
            caller.with_cookie(self._place.session_of(OPERATOR))
            self._measure(
                "a session that is left",
                lambda: caller.ask("DELETE", f"{V1}/auth/session"),
                {"its cookie": lambda: caller.answer("GET", "/cp").status_code == 401},
            )

    def _machine_key(self) -> None:
        key_id, secret = self._place.machine_key("revoked")
        with Caller(self._place.central_port, bearer(secret)) as caller:
            self._measure(
                "a machine key",
                lambda: self._place.owner.ask("DELETE", f"{V1}/keys/{key_id}"),
                {"over HTTP": lambda: caller.answer("GET", "/cp").status_code == 401},
            )

    def _key_of_point(self) -> None:
        place = self._place
        kept = place.key_of(POINT)
        key, version = bytes.fromhex(kept["key"]), kept["version"]
        monitor = place[f"monitor {POINT}"]
        before = len(monitor.lines)
        self._measure(
            "a point's key",
            lambda: place.owner.ask("DELETE", f"{V1}/points/{POINT}/key"),
            {
                "over HTTP": lambda: self._registers_not(key, version),
                "its link": lambda: bool(monitor.said("was revoked", before)),
                "on Kafka": lambda: self._is_set_aside(self._status(key, version)),
            },
        )

    def _account_of_operator(self) -> None:
        place = self._place
        tokens = place.tokens_of(OPERATOR)
        with Caller(place.central_port) as by_cookie, Caller(place.central_port, headers_of(tokens)) as by_token:
            by_cookie.with_cookie(place.session_of(OPERATOR))
            self._measure(
                "an operator's account",
                lambda: self._disable(OPERATOR),
                {
                    "its cookie": lambda: by_cookie.answer("GET", "/cp").status_code == 401,
                    "its access token": lambda: by_token.answer("GET", "/cp").status_code == 401,
                    "its refresh token": lambda: self._renews_not(tokens["refresh_token"]),
                },
            )

    def _account_of_driver(self) -> None:
        place = self._place
        kept, tokens = place.key_of(DRIVER), place.tokens_of(DRIVER_NAME)
        key, version = bytes.fromhex(kept["key"]), kept["version"]

        def request() -> Written:
            self._number += 1
            return charge_request(DRIVER, "CP-404", f"revoked-{self._number}", key, version)

        with Caller(place.central_port, headers_of(tokens)) as caller:
            self._measure(
                "a driver's account",
                lambda: self._disable(DRIVER_NAME),
                {
                    "its access token": lambda: caller.answer("GET", f"{V1}/me").status_code == 401,
                    "its key on Kafka": lambda: self._is_set_aside(request()),
                },
            )

    # How it is seen

    def _measure(self, what: str, revoke: Callable[[], object], refused: dict[str, Callable[[], bool]]) -> None:
        for where, is_refused in refused.items():
            # A refresh token that was looked at is spent.
            if "refresh" not in where:
                self.done.tally.must(not is_refused(), f"{what} counts {where} until it is revoked")
        began = time.monotonic()
        revoke()
        waiting = dict(refused)
        while waiting and time.monotonic() - began < GIVE_UP:
            for where in [where for where, is_refused in waiting.items() if is_refused()]:
                del waiting[where]
                self._note(f"{what}: {where}", time.monotonic() - began)
            time.sleep(LOOK_EVERY)
        for where in waiting:
            self.done.tally.find(f"{what} still counts {where} {GIVE_UP:.0f} s after it was revoked")

    def _note(self, what: str, seconds: float) -> None:
        self.done.took[what] = round(seconds, 2)
        self._log(f"Refused after {seconds:.1f} s: {what}")
        self.done.tally.judge("revoked", f"{what} is refused after {seconds:.1f} s", refused=seconds <= LATEST)

    def _disable(self, name: str) -> None:
        self._place.owner.ask("PATCH", f"{V1}/users/{self._place.accounts[name]}", {"disabled": True})

    def _renews_not(self, refresh_token: str) -> bool:
        with self._place.nobody as caller:
            answer = caller.answer("POST", f"{V1}/auth/refresh", {"refresh_token": refresh_token})
        return answer.status_code == 401

    def _registers_not(self, key: bytes, version: int) -> bool:
        token = issue_by_key(Signer(KeyKind.POINT, POINT, version), key, datetime.now(UTC))
        with Caller(self._place.central_port, bearer(token)) as caller:
            return caller.answer("GET", f"{V1}/me").status_code == 401

    def _status(self, key: bytes, version: int) -> Written:
        """What the point's engine could have said, and what says nothing new."""
        now, state = datetime.now(UTC), CPState.ACTIVATED
        said = CPStatus(ts=now, cp_id=POINT, state=state, kw_rate=22, euro_rate=0.3, register_mwh=0)
        value = to_json(said)
        its_seal = seal(key, CP_STATUS.name, f"point/{POINT}/{version}", value)
        return Written("a status", CP_STATUS.name, POINT.encode(), 0, value, its_seal)

    def _is_set_aside(self, word: Written) -> bool:
        """Whether Central does not believe it; looked at a moment after."""
        before, end = set_aside(self._place), time.monotonic() + 0.3
        write_on_kafka(self._place, [word], Tally())
        while time.monotonic() < end:
            if set_aside(self._place) > before:
                return True
            time.sleep(LOOK_EVERY)
        return False
