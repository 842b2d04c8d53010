"""Which damage the checksum of a frame misses, and what then stops it: envelope, number, and the rules of the message.
What passes even those says something else, but never that an ill engine is well, and never for long."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest

from evcharging.common.kafka import CP_HEALTH, SCHEMAS
from evcharging.common.messages import HealthReport
from evcharging.common.utils import BadJson, Raw, field_names, to_json
from evcharging.protocols.framing import ETX, FrameDecoder, encode_frame
from evcharging.protocols.stop_and_wait import Envelope, read_envelope
from evcharging.tests.stages.control_plane_stage import call, opened, refusal, report
from evcharging.tests.stages.scenario import T0
from evcharging.tests.stages.tcp_stage import Ear, connecting

REPORT = HealthReport(ts=T0, cp_id="CP-001", well=False, reason="smoke")
DATA = to_json(Envelope(n=17, body=Raw(to_json(REPORT))))
BITS = 8 * len(DATA)
HARMLESS = {"ts", "epoch", "seq", "link", "age_ms", "reason"}
"""Fields by which Central decides nothing: its door goes by its own clock and by its own number of the link."""


def two_bit_errors_that_the_lrc_misses() -> Iterator[bytes]:
    """The same bit of two bytes turned; any other two bits leave a trace in the LRC."""
    for first, second in combinations(range(len(DATA)), 2):
        for bit in range(8):
            damaged = bytearray(DATA)
            damaged[first] ^= 1 << bit
            damaged[second] ^= 1 << bit
            yield bytes(damaged)


def swaps() -> Iterator[bytes]:
    """Two bytes that differ change places; the LRC misses every swap."""
    for first, second in combinations(range(len(DATA)), 2):
        if DATA[first] != DATA[second]:
            swapped = bytearray(DATA)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            yield bytes(swapped)


def believed(data: bytes) -> frozenset[str]:
    """The fields in which the message that is taken differs from the one sent; none if it is not taken."""
    try:
        envelope = read_envelope(data)
        message = SCHEMAS[CP_HEALTH.name].decode(bytes(envelope.body))
    except BadJson:
        return frozenset()
    if ETX in data or envelope.n != 17:
        return frozenset()
    assert isinstance(message, HealthReport)
    return frozenset(name for name in field_names(HealthReport) if getattr(message, name) != getattr(REPORT, name))


def test_the_damage_in_question_is_what_the_lrc_misses() -> None:
    checksum = encode_frame(DATA)[-1:]
    for damaged in (*swaps(), *two_bit_errors_that_the_lrc_misses()):
        if ETX not in damaged:
            assert FrameDecoder().feed(b"\x02" + damaged + b"\x03" + checksum) == [damaged]


def test_an_eighth_of_two_bit_errors_passes_the_lrc_and_one_in_160_is_believed() -> None:
    assert len(DATA) == 165
    pairs = BITS * (BITS - 1) // 2
    missed = list(two_bit_errors_that_the_lrc_misses())
    wrong = [fields for damaged in missed if (fields := believed(damaged))]
    assert len(missed) / pairs == pytest.approx(0.124, abs=0.001)
    assert len(wrong) / pairs == pytest.approx(0.0062, abs=0.0005)


def test_one_in_22_swaps_of_two_bytes_is_believed() -> None:
    counts = Counter(bool(believed(damaged)) for damaged in swaps())
    assert counts[True] / counts.total() == pytest.approx(0.045, abs=0.002)


def test_believed_damage_never_says_that_an_engine_is_well_and_only_a_wrong_id_matters() -> None:
    for damaged in (*swaps(), *two_bit_errors_that_the_lrc_misses()):
        assert believed(damaged) <= HARMLESS | {"cp_id"}


def test_a_first_report_that_names_another_point_by_damage_is_found_out_by_the_next() -> None:
    async def scene() -> None:
        one, two = Ear(), Ear()
        async with opened() as (door, server), connecting(two, server.port):
            await call(two, report("CP-002"))
            own = await door.next()
            async with connecting(one, server.port):
                await call(one, report("CP-002"))  # is CP-001's, and was damaged
                one.links[-1].send(report("CP-001"))
                assert await refusal(one) == "This link belongs to CP-002 and cannot report for CP-001"
                await call(one, report("CP-001"))
                assert await two.next() == "closed: The peer ended the talk."
                await call(two, report("CP-002"))
                said = [own]
                while [message.cp_id for message in said if isinstance(message, HealthReport)].count("CP-002") < 3:
                    said.append(await door.next())
                links = [message.link for message in said if isinstance(message, HealthReport)]
                assert links == sorted(set(links))
                assert len(links) == 4

    asyncio.run(scene())
