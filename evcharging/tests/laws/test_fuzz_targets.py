"""The targets of `make fuzz` hold on what its search begins with, on beginnings of it, and on what it once found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.tests.laws.depth import searched
from evcharging.tests.laws.fuzz_targets import SEEDS, TARGETS

FOUND: dict[str, list[bytes]] = {name: [] for name in TARGETS}
"""Bytes on which a target once failed."""


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_on_its_seeds_on_their_beginnings_and_on_what_was_found(name: str) -> None:
    for seed in [*SEEDS[name], *FOUND[name]]:
        for end in range(len(seed) + 1):
            TARGETS[name](seed[:end])


@pytest.mark.parametrize("name", TARGETS)
@searched(100)
@given(data=st.data())
def test_a_target_holds_on_damaged_seeds(name: str, data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.sampled_from([b"", *SEEDS[name]])))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=9)):
        seed[at : at + byte % 2] = bytes([byte])
    TARGETS[name](bytes(seed))
