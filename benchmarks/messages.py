"""What one message costs: a reading of ten fields, built, written as JSON and read back with validation, as our own
structure, as a frozen dataclass and as a frozen Pydantic model. `python -m benchmarks.messages`
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from evcharging.common.kafka import CP_TELEMETRY, SCHEMAS
from evcharging.common.messages import ID_PATTERN, CPTelemetry
from evcharging.common.utils import to_json

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROUND = 20_000
"""Messages in one measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """The same fields, validated by nobody."""

    ts: datetime
    epoch: int
    seq: int
    cp_id: str
    kw: float
    euros: float
    driver_id: str
    session_id: str
    kwh: float
    register_mwh: int


Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=64)]
Reference = Annotated[str, Field(pattern=ID_PATTERN, max_length=128)]
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Model(BaseModel):
    """The same fields and bounds."""

    model_config = ConfigDict(frozen=True, strict=True, regex_engine="python-re", allow_inf_nan=False)

    ts: Annotated[AwareDatetime, Field(strict=False)]
    epoch: Count = 0
    seq: Count = 0
    cp_id: Id
    kw: Annotated[float, Field(ge=0, le=10_000)]
    euros: Annotated[float, Field(ge=0, le=10**12)]
    driver_id: Id
    session_id: Reference
    kwh: Annotated[float, Field(ge=0, le=10**9)] = 0.0
    register_mwh: Count = 0


def a_reading(kind: Callable[..., object]) -> object:
    """One message of a kind."""
    return kind(
        ts=NOON, epoch=1, seq=17, cp_id="CP-001", kw=22.0, euros=0.0183, driver_id="driver-alice",
        session_id="session-3-1-17", kwh=0.061111, register_mwh=61_111,
    )  # fmt: skip


def microseconds(job: Callable[[], object], runs: int) -> float:
    """CPU time of one job: the median over runs."""
    return median(_run(job) for _ in range(runs)) / ROUND * 1_000_000


def _run(job: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(ROUND):
        job()
    return time.process_time() - began


def measure(runs: int = 5) -> dict[str, tuple[float | None, ...]]:
    """Microseconds for building, writing and reading one message, by kind; None where a kind cannot."""
    ours, model = a_reading(CPTelemetry), Model.model_validate(a_reading(dict))
    text = to_json(ours)
    read = SCHEMAS[CP_TELEMETRY.name].decode
    jobs: dict[str, tuple[Callable[[], object] | None, ...]] = {
        "our structure (msgspec)": (lambda: a_reading(CPTelemetry), lambda: to_json(ours), lambda: read(text)),
        "frozen dataclass": (lambda: a_reading(Plain), None, None),
        "frozen Pydantic model": (
            lambda: a_reading(Model), model.model_dump_json, lambda: Model.model_validate_json(text)
        ),
    }  # fmt: skip
    return {kind: tuple(job and microseconds(job, runs) for job in three) for kind, three in jobs.items()}


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print("| CPU time of one message (µs) | built | written | read and validated |")
    print("|---|---|---|---|")
    for kind, costs in measure(options.runs).items():
        print("|", " | ".join([kind, *("" if cost is None else f"{cost:.2f}" for cost in costs)]), "|")


if __name__ == "__main__":
    main()
