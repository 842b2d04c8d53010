"""The second part: thousands of guessed passwords from several addresses, while who has signed in works on.
As a program, it is the crowd that guesses: `python -m tests.real.breakin.guesses PORT COUNT NAME...`."""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import httpx

from evcharging.domain.access.guessing import PER_MINUTE
from tests.real.breakin.caller import V1, Caller, crowd
from tests.real.breakin.findings import LogLine, Tally
from tests.real.breakin.place import DRIVER_NAME, OPERATOR, OWNER, Place, headers_of
from tests.real.stack import ROOT

ADDRESSES = tuple(f"127.0.0.{number}" for number in range(2, 6))
UNKNOWN = ("root", "admin")
AT_ONCE = 4
"""Guesses from each address."""

LEAST_SHARE, SLOWEST_MS = 0.99, 250.0
ENOUGH = 10_000
"""Of fewer guesses no share is judged, but how many the limiter lets through from each address."""

PAGES = ("/cp", f"{V1}/points?limit=50", f"{V1}/sessions?limit=50", f"{V1}/stats", "/requests/ongoing", "/")
WORKS_AT_LEAST = 100
"""So often the operator and the driver have asked, or else there is no share of a hundred."""

PAUSE = 0.02
CHARGES_AT = "CP-002"


@dataclass(frozen=True)
class Guessing:
    """`held_up`: the share of guesses that the limiter has refused; `p99_ms`, `p50_ms`: how long others waited."""

    tally: Tally
    guesses: int
    held_up: float
    p50_ms: float
    p99_ms: float
    asked: int
    charges: int
    seconds: float


def guess(place: Place, count: int, log: LogLine, slowest_ms: float = SLOWEST_MS) -> Guessing:
    """Guess so often, and measure how others fare meanwhile, who wait for so long at most."""
    tally, charged = Tally(), len(place["driver"].said("COMPLETED"))
    driver_headers = headers_of(place.tokens_of(DRIVER_NAME))
    place["driver"].start()
    log(f"Guessing {count:,} passwords from {len(ADDRESSES)} addresses")
    began = time.monotonic()
    words = [sys.executable, "-m", "tests.real.breakin.guesses", str(place.central_port), str(count)]
    crowd_of_thieves = subprocess.Popen(
        [*words, OWNER, OPERATOR, DRIVER_NAME, *UNKNOWN], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        with Caller(place.central_port, driver_headers) as driver:
            times = _work(_turns(place, driver), crowd_of_thieves, tally)
        said = crowd_of_thieves.communicate()[0]
    finally:
        if crowd_of_thieves.poll() is None:
            crowd_of_thieves.kill()
            crowd_of_thieves.wait()
    seconds = time.monotonic() - began
    found = Guessing(
        tally=tally,
        guesses=count,
        held_up=_judged(tally, json.loads(said), count, seconds),
        p50_ms=_share(times, 0.5),
        p99_ms=_share(times, 0.99),
        asked=len(times),
        charges=len(place["driver"].said("COMPLETED")) - charged,
        seconds=seconds,
    )
    tally.must(
        found.p99_ms <= slowest_ms,
        f"others wait {found.p99_ms:.0f} ms at p99, {slowest_ms:.0f} at most: {_slowest(times)}",
    )
    return found


def _judged(tally: Tally, statuses: dict[str, int], count: int, seconds: float) -> float:
    """The share that was held up."""
    for status, times in statuses.items():
        tally.tried[f"password: answered with {status}"] += times
        tally.must(status in ("401", "429"), f"{times} guesses of passwords are answered with {status}")
    held_up = statuses.get("429", 0) / count
    most = len(ADDRESSES) * PER_MINUTE * (1 + seconds / 60)
    tally.must(statuses.get("401", 0) <= most, f"{statuses.get('401')} guesses came through, {most:.0f} at most")
    tally.must(sum(statuses.values()) == count, "each guess is answered")
    is_held_up = count < ENOUGH or held_up >= LEAST_SHARE
    tally.must(is_held_up, f"{held_up:.2%} of guesses are held up, {LEAST_SHARE:.0%} at least")
    return held_up


Wait = tuple[float, str]
"""Seconds, and for what."""

Turn = tuple[str, httpx.Response, Sequence[int]]
"""What was asked, what was answered, and what may be."""


def _work(turns: Iterator[Turn], thieves: "subprocess.Popen[str]", tally: Tally) -> list[Wait]:
    """What the operator and a driver wait for, in seconds, as long as thieves guess."""
    times: list[Wait] = []
    while thieves.poll() is None or len(times) < WORKS_AT_LEAST:
        began = time.monotonic()
        what, answer, due = next(turns)
        times.append((time.monotonic() - began, what))
        tally.must(answer.status_code in due, f"{what} is answered with {answer.status_code}")
        time.sleep(PAUSE)
    return times


def _turns(place: Place, driver: Caller) -> Iterator[Turn]:
    """Pages of the operator, and a driver who asks for charges and looks at them."""
    while True:
        for path in PAGES:
            yield path, place.operator.answer("GET", path), (200,)
        yield "a charge", driver.answer("POST", f"{V1}/me/sessions", {"cp_id": CHARGES_AT}), (201, 202, 409)
        yield "own sessions", driver.answer("GET", f"{V1}/me/sessions"), (200,)


def _share(times: Sequence[Wait], share: float) -> float:
    """In milliseconds."""
    return sorted(times)[ceil(share * len(times)) - 1][0] * 1000


def _slowest(times: Sequence[Wait]) -> str:
    """For what the slowest hundredth waited."""
    found = Counter(what for _, what in sorted(times)[ceil(0.99 * len(times)) - 1 :])
    return ", ".join(f"{what} {count} times" for what, count in found.most_common())


async def guess_all(port: int, count: int, names: Sequence[str]) -> Counter[int]:
    """How often each status was answered."""
    statuses: Counter[int] = Counter()
    numbers = iter(range(count))

    async def work(http: httpx.AsyncClient) -> None:
        for number in numbers:
            path = "auth/login" if number % 2 else "auth/session"
            body = {"name": names[number // 2 % len(names)], "password": f"guess {number}"}
            statuses[(await http.post(f"{V1}/{path}", json=body)).status_code] += 1

    clients = [crowd(port, address, AT_ONCE) for address in ADDRESSES]
    try:
        await asyncio.gather(*(work(client) for client in clients for _ in range(AT_ONCE)))
    finally:
        for client in clients:
            await client.aclose()
    return statuses


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(guess_all(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))))
