"""The first part: thousands of things that are replayed, altered or made up, on links, on Kafka and over HTTP, and
nothing has come of them. Knows no report."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.real.breakin.bus import by_revoked_key, by_topic, charge_request, forged, recorded, set_aside, until_read
from tests.real.breakin.bus import write as write_on_kafka
from tests.real.breakin.caller import V1, Caller, bearer
from tests.real.breakin.findings import LogLine, Tally
from tests.real.breakin.links import Spy, said_again, say_truly, steal_links
from tests.real.breakin.place import DRIVER, DRIVER_NAME, GUEST, KNOWN_POINT, OPERATOR, OWN_POINT, Place
from tests.real.breakin.standing import is_counted, standing
from tests.real.breakin.tokens import Stolen, steal_tokens

REVOKED_POINT = "CP-006"
OF_LINKS, OF_KAFKA = 0.33, 0.34
MOST_REFUSALS = 400
"""How many refusals may be kept of all that: they are kept for ever, so that they have to be bounded."""

COUNTS_WITHIN = 20.0


@dataclass(frozen=True)
class Effects:
    """`set_aside`: messages that Central has not believed or could not read; `refusals`: how many it has kept."""

    tally: Tally
    effects: int
    set_aside: int
    refusals: int
    seconds: float


class Thieves:
    """Those who come to one place."""

    def __init__(self, place: Place, log: LogLine) -> None:
        self._place = place
        self._log = log
        self.tally = Tally()

    def steal(self, count: int) -> Effects:
        """So many tries in all; raises AssertionError where they cannot be made."""
        began, place = time.monotonic(), self._place
        stolen, spy = self._http_things(), self._spy()
        revoked_key = self._with_revoked_key()
        asyncio.run(said_again(spy, 4, self.tally))
        place.rest()
        place.until(lambda: is_counted(place.ledger), "all bills are counted")
        time.sleep(2)  # for a revoked key to count nowhere
        before, aside = standing(place), set_aside(place)
        self._log(f"Trying {count:,} false things: first on links")
        asyncio.run(steal_links(spy, round(count * OF_LINKS), self.tally))
        self._log("Now on Kafka")
        self._write(revoked_key, round(count * OF_KAFKA))
        self._log("Now over HTTP")
        asyncio.run(steal_tokens(place.central_port, stolen, count - self.tally.count, self.tally))
        self.tally.must(place["central"].is_running, "Central runs on")
        after = standing(place)
        found = before.differences(after)
        for difference in found:
            self.tally.find(f"an effect: {difference}")
        refusals = after.refusals - before.refusals
        self.tally.must(refusals <= MOST_REFUSALS, f"{refusals} refusals are no more than {MOST_REFUSALS}")
        effects = Effects(
            tally=self.tally,
            effects=len(found),
            set_aside=set_aside(place) - aside,
            refusals=refusals,
            seconds=time.monotonic() - began,
        )
        self._log("And all of it rightly, which has to have an effect")
        self._control(spy)
        return effects

    # What they have

    def _spy(self) -> Spy:
        keys = self._place.secrets[f"key of {OWN_POINT}"], self._place.secrets["key of CP-002"]
        return Spy(self._place.links_port, OWN_POINT, *map(bytes.fromhex, keys))

    def _http_things(self) -> Stolen:
        place = self._place
        spent = place.tokens_of(GUEST)["refresh_token"]
        with place.nobody as caller:
            caller.ask("POST", f"{V1}/auth/refresh", {"refresh_token": spent})
            again = caller.answer("POST", f"{V1}/auth/refresh", {"refresh_token": spent})
        self.tally.must(again.status_code == 401, "a refresh token counts once")
        ticket = place.owner.ask("POST", f"{V1}/auth/ticket")["ticket"]
        self.tally.must(asyncio.run(opens(place.central_port, ticket)), "a ticket opens a live view")
        signing = place.folder / "data" / "keys.json"
        return Stolen(
            place.tokens_of(DRIVER_NAME)["access_token"],
            signing_key(signing),
            spent,
            (place.secrets[f"link of {OPERATOR}"], place.secrets[f"enrolment of {OWN_POINT}"]),
            place.machine_key("true")[1],
            ticket,
        )

    def _with_revoked_key(self) -> bytes:
        """A point whose key is here, and counts no more."""
        place = self._place
        place.owner.ask("POST", "/cp/register", {"cp_id": REVOKED_POINT})
        with place.nobody as caller:
            given = caller.ask("POST", f"{V1}/points/enrol", {"token": place.invited(REVOKED_POINT)})
        place.owner.ask("DELETE", f"{V1}/points/{REVOKED_POINT}/key")
        return bytes.fromhex(place.note(f"key of {REVOKED_POINT}", given["key"]))

    def _write(self, revoked_key: bytes, count: int) -> None:
        place, aside = self._place, set_aside(self._place)
        stolen = recorded(place)
        self.tally.must(len({record.topic() for record in stolen}) >= 6, "thieves have read most topics")
        revoked = count // 10
        write_on_kafka(place, forged(by_topic(stolen), count - revoked), self.tally)
        write_on_kafka(place, by_revoked_key(stolen, REVOKED_POINT, revoked_key, revoked), self.tally)
        until_read(place, aside + revoked)

    # The control

    def _control(self, spy: Spy) -> None:
        self._link_counts(spy)
        self._request_counts()
        self._http_counts()

    def _link_counts(self, spy: Spy) -> None:
        place = self._place
        before = place.owner.ask("GET", f"/cp/{OWN_POINT}")["last_seen"]

        async def say() -> bool:
            line = await say_truly(spy)
            try:
                return await asyncio.to_thread(
                    comes, lambda: place.owner.ask("GET", f"/cp/{OWN_POINT}")["last_seen"] != before
                )
            finally:
                await line.close()

        self.tally.must(asyncio.run(say()), "a true report on a link counts")

    def _request_counts(self) -> None:
        place = self._place
        key = place.key_of(DRIVER)
        true = charge_request(DRIVER, "CP-001", "rightly-1", bytes.fromhex(key["key"]), key["version"])
        write_on_kafka(place, [true], Tally())
        wanted = f"{V1}/requests/rightly-1"
        counts = comes(lambda: place.owner.answer("GET", wanted).is_success)
        self.tally.must(counts, "a true request on Kafka counts")

    def _http_counts(self) -> None:
        place = self._place
        tokens = place.tokens_of(GUEST)
        with Caller(place.central_port, bearer(tokens["access_token"])) as caller:
            self.tally.must(caller.answer("GET", f"{V1}/me").is_success, "a true access token counts")
        with Caller(place.central_port, bearer(place.secrets["machine key true"])) as caller:
            self.tally.must(caller.answer("GET", "/cp").is_success, "a true machine key counts")
        with place.nobody as caller:
            renewed = caller.answer("POST", f"{V1}/auth/refresh", {"refresh_token": tokens["refresh_token"]})
            self.tally.must(renewed.is_success, "a true refresh token counts")
            enrolled = caller.answer("POST", f"{V1}/points/enrol", {"token": place.invited(KNOWN_POINT)})
            self.tally.must(enrolled.is_success, "a true enrolment counts")


def comes(so: Callable[[], bool]) -> bool:
    """Whether it comes to be so within a while."""
    end = time.monotonic() + COUNTS_WITHIN
    while time.monotonic() < end:
        if so():
            return True
        time.sleep(0.1)
    return False


async def opens(port: int, ticket: str) -> bool:
    """Whether a ticket opens a live view."""
    offered = [Subprotocol(f"ticket.{ticket}")]
    async with connect(f"ws://127.0.0.1:{port}/ws", proxy=None, subprotocols=offered) as viewer:
        return bool(await viewer.recv())


def signing_key(path: Path) -> bytes:
    """Central's own key, which thieves do not have; what is wrong otherwise is refused even with that."""
    kept = json.loads(path.read_text())["jwt"]
    return bytes.fromhex(kept["keys"][kept["newest"]])
