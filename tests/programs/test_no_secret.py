"""What a program is given as a secret is nowhere to be found afterwards: not in what it says, nor in what it keeps."""

import asyncio
import os
import signal
import zipfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from evcharging.adapters.provider.numbers import FOR_TESTS
from evcharging.tests.conftest import alone
from tests.programs.network_process import SOON, evcharging, network
from tests.programs.program_process import OPTIONS, UP, command, until_said

__all__ = ["alone"]

WORD = "zxcv-4711-qwer"
SASL = ("--kafka-security", "sasl_ssl", "--kafka-user", "somebody", "--log-level", "DEBUG")
SECRETS: dict[str, Mapping[str, str]] = {
    "central": {"CENTRAL_KAFKA_PASSWORD": WORD, "CENTRAL_DB_URL": f"postgresql://me:{WORD}@127.0.0.1:1/x"},
    "engine": {"CP_ENGINE_KAFKA_PASSWORD": WORD},
    "driver": {"DRIVER_KAFKA_PASSWORD": WORD},
    "monitor": {"CP_MONITOR_ENROL": f"eve_{WORD}"},
}


def files_with(folder: Path, text: str) -> list[Path]:
    """The files that hold a text; secrets that a program makes for itself are in `keys.json` and nowhere else."""
    found = [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
    return sorted(found)


@pytest.mark.parametrize("in_file", [False, True], ids=["variables", "files"])
@pytest.mark.parametrize("program", SECRETS)
def test_no_program_says_or_keeps_a_secret_that_it_was_given(program: str, in_file: bool, tmp_path: Path) -> None:
    folder, secrets = tmp_path / "its", tmp_path / "secrets"
    folder.mkdir()
    secrets.mkdir()
    (folder / "mine.txt").write_text("CP-001\n")
    given = dict(SECRETS[program])
    if in_file:
        for variable, value in given.items():
            (secrets / variable).write_text(f"{value}\n")
        given = {f"{variable}_FILE": str(secrets / variable) for variable in given}
    assert program in OPTIONS

    async def scene() -> str:
        words = [*command(program), *(SASL if program != "monitor" else ("--log-level", "DEBUG"))]
        process = await asyncio.create_subprocess_exec(
            *words, cwd=folder, stdout=PIPE, stderr=STDOUT, env={**os.environ, **given}
        )
        try:
            said = await until_said(process.stdout, UP[program])
            process.send_signal(signal.SIGTERM)
            rest, _ = await asyncio.wait_for(process.communicate(), SOON)
            return (said + rest).decode()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    assert WORD not in asyncio.run(scene())
    assert files_with(folder, WORD) == []


def test_the_secrets_of_a_network_are_in_files_of_their_own_and_nobody_else_may_read_those(folder: Path) -> None:
    async def scene() -> str:
        async with network(folder, "--auth", "on", "--log-level", "DEBUG") as up:
            await up.end(signal.SIGTERM)
            return "".join(up.said)

    said = asyncio.run(scene())
    [file] = folder.rglob("keys.json")
    assert file.stat().st_mode & 0o077 == 0
    secrets = [word for word in file.read_text().split('"') if len(word) == 64]
    assert len(secrets) >= 2
    for secret in secrets:
        assert secret not in said
        assert files_with(folder, secret) == [file]


async def paid_by_cards(http: httpx.AsyncClient) -> None:
    """A driver makes an account, adds every card for tests and one that is none, and charges."""
    made = await http.post("/api/v1/auth/register", json={"name": "Ana", "password": "seven quiet harbours at dawn"})
    http.headers["Authorization"] = f"Bearer {made.raise_for_status().json()['tokens']['access_token']}"
    for number in (*sorted(FOR_TESTS, reverse=True), STRANGER):
        shown = f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}"
        answer = await http.post("/api/v1/me/cards", json={"number": shown, "expires": "2030-12"})
        assert answer.status_code == (422 if number == STRANGER else 201)
        assert shown not in answer.text
    points = (await http.get("/api/v1/me/points")).raise_for_status().json()["items"]
    for point in points:
        asked = await http.post("/api/v1/me/sessions", json={"cp_id": point["cp_id"]}, headers={"Prefer": "wait=10"})
        if asked.status_code == 201:
            return
    raise AssertionError(asked.text)


STRANGER = "4111111111111111"


def test_the_number_of_a_card_is_in_no_log_ledger_or_backup(folder: Path) -> None:
    async def scene() -> str:
        async with network(folder, "--payments", "simulated", "--log-level", "DEBUG") as up:
            await paid_by_cards(up.http)
            status, said, errors = await evcharging(folder, "backup", "backup.zip")
            assert status == 0, errors
            await up.end(signal.SIGTERM)
            return "".join([*up.said, said, errors])

    said = asyncio.run(scene())
    with zipfile.ZipFile(folder / "backup.zip") as backup:
        backup.extractall(folder / "restored")
    assert files_with(folder, "pm_card_visa")
    for number in (*FOR_TESTS, STRANGER):
        for written in (number, f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}"):
            assert written not in said
            assert files_with(folder, written) == []
