"""The third part: guessed IDs of points. Whoever may not look at points learns of none whether it is there, neither by
what is answered nor by how long that takes."""

import asyncio
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes

from evcharging.adapters.clock import WallClock
from evcharging.adapters.tokens import Signer, issue_by_key
from evcharging.common.utils import to_json
from evcharging.domain.access.keys import KeyKind
from evcharging.protocols.proof import prove, read_hello
from tests.real.breakin.caller import V1, Caller, bearer
from tests.real.breakin.effects import REVOKED_POINT
from tests.real.breakin.findings import LogLine, Tally
from tests.real.breakin.links import Line
from tests.real.breakin.place import DRIVER_NAME, OWN_POINT, RETIRED_POINT, Place, headers_of

APART_MS = 5.0
KINDS = {"with an engine": "CP-002", "enrolled": OWN_POINT, "revoked": REVOKED_POINT, "retired": RETIRED_POINT}
UNKNOWN = "unknown"
FORGED_POINT = "a forged point"
ASKED = (
    ("GET", "/cp/{}"),
    ("POST", "/cp/{}/stop"),
    ("DELETE", "/cp/{}"),
    ("GET", f"{V1}/points/{{}}"),
    ("GET", f"{V1}/points/{{}}/limit"),
    ("POST", f"{V1}/points/{{}}/enrolment"),
    ("DELETE", f"{V1}/points/{{}}/key"),
)
LINK_EVERY = 10
"""Of so many guesses one is made on a link, too."""


@dataclass(frozen=True)
class Guesses:
    """`apart_ms`: how far the medians are from one another, of whom they are farthest for."""

    tally: Tally
    guesses: int
    apart_ms: float


def guess_names(place: Place, count: int, log: LogLine, apart_ms: float = APART_MS) -> Guesses:
    """Guess so many IDs, as nobody, by a forged token of the point, and as a driver; how long known and unknown ones
    take may differ by `apart_ms`."""
    log(f"Guessing {count:,} IDs of points")
    tally = Tally()
    with place.nobody as nobody, Caller(place.central_port, headers_of(place.tokens_of(DRIVER_NAME))) as driver:
        apart = [
            _compare(place, who, caller, count, tally)
            for who, caller in (("nobody", nobody), (FORGED_POINT, nobody), ("a driver", driver))
        ]
    asyncio.run(_on_links(place.links_port, max(count // LINK_EVERY, len(KINDS) + 1), tally))
    tally.must(max(apart) <= apart_ms, f"medians are {max(apart):.1f} ms apart, {apart_ms:.0f} at most")
    return Guesses(tally, count, max(apart))


def _guess(number: int) -> tuple[str, str]:
    """The kind of an ID, and an ID; each second one is unknown."""
    kinds = [*KINDS.items()]
    return kinds[number // 2 % len(kinds)] if number % 2 else (UNKNOWN, f"CP-{number % 900:03}X")


def _compare(place: Place, who: str, caller: Caller, count: int, tally: Tally) -> float:
    """How far apart the medians are, in ms."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    answers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for number in range(count):
        kind, cp_id = _guess(number)
        method, path = ASKED[number // (2 * len(KINDS)) % len(ASKED)]
        headers = bearer(_forged(cp_id)) if who == FORGED_POINT else None
        began = time.perf_counter()
        answer = caller.answer(method, path.format(cp_id), headers=headers)
        times[kind].append((time.perf_counter() - began) * 1000)
        answers[method, path].add(f"{answer.status_code} {re.sub(re.escape(cp_id), 'ID', answer.text)}")
        tally.judge(
            f"ID as {who}", f"{path} is answered with {answer.status_code}", refused=answer.status_code in (401, 403)
        )
    for (method, path), said in answers.items():
        tally.must(len(said) == 1, f"as {who}, {method} {path} is answered alike: {sorted(said)}"[:600])
    return _apart(times)


def _apart(times: Mapping[str, list[float]]) -> float:
    medians = [statistics.median(found) for found in times.values()]
    return max(medians) - min(medians)


def _forged(cp_id: str) -> str:
    return issue_by_key(Signer(KeyKind.POINT, cp_id, 1), b"x" * 32, WallClock().now())


async def _on_links(port: int, count: int, tally: Tally) -> None:
    """The same on links: what is answered to a proof by a key that is none."""
    said: set[str] = set()
    for number in range(count):
        kind, cp_id = _guess(number)
        line = await Line.opened(port)
        payload = await line.next()
        greeting = read_hello(payload) if payload else None
        assert greeting is not None
        line.say(to_json(prove(b"x" * 32, cp_id, 1, greeting, token_bytes(32))))
        answer = await line.next() or b""
        await line.close()
        found = re.search(rb'"reason":"([^"]*)"', answer)
        said.add(found[1].decode().replace(cp_id, "ID") if found else repr(answer))
        tally.judge("ID on a link", f"{kind}: {answer!r}", refused=b"LinkRefused" in answer)
    tally.must(len(said) == 1, f"on links all are answered alike: {sorted(said)}")
