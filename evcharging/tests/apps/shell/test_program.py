"""What every program does while it runs."""

import asyncio
import gc

import pytest

from evcharging.apps.shell import program


async def until_frozen(stop: asyncio.Event) -> None:
    """A program that is done once the garbage collector leaves alone what is there."""
    while not gc.get_freeze_count():
        await asyncio.sleep(0)


def test_the_garbage_collector_looks_no_more_at_what_a_program_has_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "SETTLED_AFTER", 0.0)
    before = gc.get_threshold()
    try:
        program.run_program(until_frozen)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
