"""Passwords: how they are hashed and compared, and which are guessed first."""

import asyncio
from threading import Barrier
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from evcharging.adapters import passwords
from evcharging.adapters.passwords import AT_ONCE, WAITING, Passwords, TooBusy, check, common_passwords, hash_of
from evcharging.domain.access.passwords import SHORTEST
from evcharging.domain.access.people import name_key

GOOD = "correct horse battery"


def test_a_password_is_hashed_by_argon2id_in_19_mib_and_two_rounds() -> None:
    parameters = extract_parameters(hash_of(GOOD))
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        "ID", 19 * 1024, 2, 1,
    )  # fmt: skip


def test_the_right_password_is_right_and_no_other() -> None:
    kept = hash_of(GOOD)
    assert check(GOOD, kept) == (True, None)
    assert check(GOOD.upper(), kept) == check("", kept) == (False, None)


def test_two_hashes_of_a_password_differ_and_neither_says_it() -> None:
    assert hash_of(GOOD) != hash_of(GOOD)
    assert GOOD not in hash_of(GOOD)


def test_a_password_is_the_same_however_its_letters_are_written() -> None:
    assert check("contrasen\N{COMBINING TILDE}a larga", hash_of("contraseña larga")).is_right


def test_a_hash_of_earlier_parameters_is_renewed_once_the_password_is_known() -> None:
    earlier = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    found = check(GOOD, earlier)
    assert found.is_right and found.new_hash is not None
    assert check(GOOD, found.new_hash) == (True, None)
    assert check("another one", earlier) == (False, None)


def test_what_is_no_hash_is_nobodys_password() -> None:
    assert check(GOOD, "spoiled") == check(GOOD, "") == (False, None)


def test_a_name_that_nobody_has_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    kept = hash_of(GOOD)

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # the library's own names
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    assert check("a wrong password", kept) == check("a wrong password", None) == (False, None)
    assert len(verified) == 2
    assert extract_parameters(verified[0]) == extract_parameters(verified[1])


def test_those_that_are_guessed_first_are_known_by_their_small_letters() -> None:
    common = common_passwords()
    assert {"q1w2e3r4t5y6", "christopher1"} <= common
    assert all(len(each) >= SHORTEST and each == name_key(each) and each[0] != "#" for each in common)


def test_two_are_hashed_at_once_and_too_many_are_refused() -> None:
    async def crowd() -> None:
        kept, barrier = Passwords(), Barrier(AT_ONCE + 1)
        try:
            holding = [asyncio.ensure_future(kept._when_free(barrier.wait)) for _ in range(AT_ONCE)]
            waiting = [asyncio.ensure_future(kept.check(GOOD, None)) for _ in range(WAITING)]
            await asyncio.sleep(0)
            with pytest.raises(TooBusy, match=r"^Too many people sign in at once: try again in a few seconds$"):
                await kept.hash_of(GOOD)
            for each in waiting[2:]:
                each.cancel()
            await asyncio.to_thread(barrier.wait)
            await asyncio.gather(*holding)
            assert [found.is_right for found in await asyncio.gather(*waiting[:2])] == [False, False]
            assert (await kept.check(GOOD, await kept.hash_of(GOOD))).is_right
        finally:
            kept.close()

    asyncio.run(crowd())
