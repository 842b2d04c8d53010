"""Work beside a block: it goes on with it, and no longer."""

import asyncio

import pytest

from evcharging.adapters.beside import beside


def test_work_goes_on_beside_the_block_and_is_given_up_with_it() -> None:
    async def scene() -> None:
        begun, given_up = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                given_up.set()

        async with beside(work()):
            await begun.wait()
            assert not given_up.is_set()
        assert given_up.is_set()

    asyncio.run(scene())


def test_what_the_work_raises_is_raised_where_the_block_ends() -> None:
    async def scene() -> None:
        async def work() -> None:
            failed.set()
            raise OSError("the disk is gone")

        failed = asyncio.Event()
        async with beside(work()):
            await failed.wait()

    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(scene())
