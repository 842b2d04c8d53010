"""Where a program is served: beyond this machine only by TLS, or by somebody's word; and by which certificate."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from evcharging.adapters.tls import BadTls
from evcharging.apps.shell import serving
from evcharging.apps.shell.serving import files_of, serving_tls, tls_of, why_not_serve
from evcharging.common.config import CentralSettings, DriverSettings, EngineSettings, MonitorSettings
from evcharging.tests.stages.tls_stage import trust
from tools.certificates import Pair, certificate

SERVED = (CentralSettings, EngineSettings, MonitorSettings, DriverSettings)
CERT, KEY = "server.pem", "server.key"


def central(**given: Any) -> CentralSettings:
    return CentralSettings.model_construct(**given)


def test_without_files_there_is_no_tls() -> None:
    assert (files_of(central()), tls_of(central())) == (None, None)


@pytest.mark.parametrize("given", [{"tls_cert": CERT}, {"tls_key": KEY}])
def test_one_file_of_both_is_not_enough(given: dict[str, Any]) -> None:
    with pytest.raises(BadTls, match="give both --tls-cert and --tls-key, or neither"):
        tls_of(central(**given))


@pytest.mark.parametrize("group", SERVED)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_this_machine_alone_may_be_served_without_tls(group: type[CentralSettings], host: str) -> None:
    assert why_not_serve(group.model_construct(), host) is None


@pytest.mark.parametrize("group", SERVED)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "ev.example"])
def test_others_are_served_by_tls_or_by_somebodys_word(group: type[CentralSettings], host: str) -> None:
    assert why_not_serve(group.model_construct(tls_cert=CERT, tls_key=KEY), host) is None
    assert why_not_serve(group.model_construct(insecure=True), host) is None
    reason = why_not_serve(group.model_construct(), host)
    assert reason is not None
    assert "give --tls-cert and --tls-key, or say --insecure" in reason


def test_where_no_tls_is_spoken_a_certificate_lets_nobody_in() -> None:
    reason = why_not_serve(EngineSettings.model_construct(tls_cert=CERT, tls_key=KEY), "0.0.0.0", speaks_tls=False)
    assert reason is not None
    assert "TLS is not spoken there, so listen at 127.0.0.1, or say --insecure" in reason
    insecure = EngineSettings.model_construct(tls_cert=CERT, tls_key=KEY, insecure=True)
    assert why_not_serve(insecure, "0.0.0.0", speaks_tls=False) is None
    assert why_not_serve(EngineSettings.model_construct(), "127.0.0.1", speaks_tls=False) is None


def test_a_program_that_runs_takes_renewed_files_and_says_what_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOK_EVERY", 0.01)
    mine = Pair(Path(shutil.copy(trust().pair.cert, tmp_path / CERT)), tmp_path / KEY)
    shutil.copy(trust().pair.key, mine.key)
    mine.key.chmod(0o644)
    said: asyncio.Queue[str] = asyncio.Queue()

    async def scene() -> None:
        settings = central(tls_cert=str(mine.cert), tls_key=str(mine.key))
        async with serving_tls(settings, lambda _, text: said.put_nowait(text)) as context:
            assert context is not None
            assert await said.get() == f"{mine.key} can be read by others on this machine: chmod 600 {mine.key}"
            assert (await said.get()).startswith(f"The certificate {mine.cert} expires on ")
            renewed = certificate(trust().ca, "renewed")
            shutil.copy(renewed.key, mine.key)
            shutil.copy(renewed.cert, mine.cert)
            while "has been renewed" not in await said.get():
                pass

    asyncio.run(asyncio.wait_for(scene(), 30))


def test_without_tls_nothing_is_looked_at() -> None:
    async def scene() -> None:
        async with serving_tls(central(), lambda *_: None) as context:
            assert context is None

    asyncio.run(scene())
