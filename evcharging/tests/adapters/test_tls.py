"""TLS by files: what works is proven before it serves, what does not is one sentence, and renewed files are taken."""

import asyncio
import re
import shutil
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evcharging.adapters.tls import BadTls, Renewing, client_context, ends_at, server_context, warnings, why
from tools.certificates import Pair, authority, certificate, lock

BadPair = Callable[[Pair, Pair], None]


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def pair(ca: Pair) -> Pair:
    return certificate(ca)


def context(pair: Pair) -> ssl.SSLContext:
    return server_context(str(pair.cert), str(pair.key))


def copied(pair: Pair, folder: Path) -> Pair:
    copy = Pair(folder / "server.pem", folder / "server.key")
    shutil.copy(pair.cert, copy.cert)
    shutil.copy(pair.key, copy.key)
    return copy


async def said_over(serving: ssl.SSLContext, asking: ssl.SSLContext, name: str = "localhost") -> dict[str, Any]:
    """What a client sees of the certificate of a server, after it was answered there."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=asking, server_hostname=name)
        writer.write(b"well\n")
        assert await reader.readline() == b"well\n"
        shown = dict(writer.get_extra_info("peercert"))
        writer.close()
        await writer.wait_closed()
        return shown


def test_a_client_that_trusts_the_authority_is_served(ca: Pair, pair: Pair) -> None:
    shown = asyncio.run(said_over(context(pair), client_context(str(ca.cert))))

    assert ("DNS", "localhost") in shown["subjectAltName"]


def test_a_client_may_trust_the_certificate_itself(pair: Pair) -> None:
    asyncio.run(said_over(context(pair), client_context(str(pair.cert))))


@pytest.mark.parametrize("name", ["another.example", "127.0.0.9"])
def test_a_server_of_another_name_is_not_spoken_with(ca: Pair, pair: Pair, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        asyncio.run(said_over(context(pair), client_context(str(ca.cert)), name))

    assert why(refused.value).startswith("its certificate is not trusted: ")


def test_whom_the_system_does_not_know_is_not_trusted(pair: Pair) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        asyncio.run(said_over(context(pair), client_context(None)))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(ca: Pair, pair: Pair, version: ssl.TLSVersion) -> None:
    asking = client_context(str(ca.cert))
    asking.minimum_version = asking.maximum_version = version

    asyncio.run(said_over(context(pair), asking))


def test_nothing_older_than_tls_1_2_is_spoken(ca: Pair, pair: Pair) -> None:
    assert context(pair).minimum_version == client_context(str(ca.cert)).minimum_version == ssl.TLSVersion.TLSv1_2
    assert client_context(None).minimum_version == ssl.TLSVersion.TLSv1_2
    names = [each["name"] for each in context(pair).get_ciphers()]
    assert all("ECDHE" in name or name.startswith("TLS_") for name in names)
    assert all("GCM" in name or "CHACHA20" in name for name in names)


def empty(file: Path) -> None:
    file.write_text("")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda pair, _: pair.cert.unlink(), r"Cannot read the certificate \S+server.pem: no such file or directory"),
        (lambda pair, _: pair.key.unlink(), r"Cannot read the key \S+server.key: no such file or directory"),
        (lambda pair, _: empty(pair.cert), r"\S+server.pem holds no certificate in PEM, which begins with -----BEGIN"),
        (lambda pair, _: empty(pair.key), r"\S+server.key holds no private key in PEM, which begins with -----BEGIN"),
        (lambda pair, other: shutil.copy(other.key, pair.key), r"The key in \S+ does not belong to the certificate in"),
        (lambda pair, other: shutil.copy(other.cert, pair.cert), r"The key in \S+ does not belong to the certificate"),
        (lambda pair, _: pair.cert.write_text("-----BEGIN CERTIFICATE-----\nAA"), r"\S+ and \S+ are not the certifi"),
        (lambda pair, _: (pair.cert.unlink(), pair.cert.mkdir()), r"Cannot read the certificate \S+: is a directory"),
    ],
)
def test_what_is_of_no_use_is_said_in_one_sentence(
    ca: Pair, pair: Pair, tmp_path: Path, spoil: BadPair, sentence: str
) -> None:
    spoiled = copied(pair, tmp_path)
    spoil(spoiled, certificate(ca, "other"))

    with pytest.raises(BadTls) as refused:
        context(spoiled)

    assert re.match(sentence, str(refused.value))
    assert "\n" not in str(refused.value)


def test_a_certificate_that_has_expired_serves_nobody(ca: Pair) -> None:
    with pytest.raises(BadTls, match=r"The certificate in \S+old.pem has expired: renew it"):
        context(certificate(ca, "old", days=-1))


def test_a_key_under_a_password_is_refused_and_nobody_is_asked_for_it(pair: Pair, tmp_path: Path) -> None:
    locked = Pair(pair.cert, tmp_path / "locked.key")
    lock(pair.key, locked.key)

    with pytest.raises(BadTls, match="kept under a password"):
        context(locked)


@pytest.mark.parametrize("text", ["", "nothing of the kind", "-----BEGIN CERTIFICATE-----\n"])
def test_authorities_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(text)

    with pytest.raises(BadTls, match=r"ca\.pem holds no certificates in PEM"):
        client_context(str(file))


def test_authorities_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTls, match=r"Cannot read the certificates .*: no such file or directory"):
        client_context(str(tmp_path / "none.pem"))


def test_a_key_that_others_can_read_is_warned_of(pair: Pair, tmp_path: Path) -> None:
    mine = copied(pair, tmp_path)
    mine.key.chmod(0o644)
    (warning,) = warnings(str(mine.cert), str(mine.key), datetime.now(UTC) - timedelta(days=30))

    assert warning == f"{mine.key} can be read by others on this machine: chmod 600 {mine.key}"


def test_a_certificate_that_ends_soon_is_warned_of(pair: Pair, tmp_path: Path) -> None:
    mine = copied(pair, tmp_path)
    mine.key.chmod(0o600)
    ends = ends_at(str(mine.cert), str(mine.key))
    (warning,) = warnings(str(mine.cert), str(mine.key), datetime.now(UTC))

    assert timedelta(days=6) < ends - datetime.now(UTC) <= timedelta(days=7)
    assert warning == f"The certificate {mine.cert} expires on {ends:%Y-%m-%d}: renew it"
    assert warnings(str(mine.cert), str(mine.key), ends - timedelta(days=15)) == []


def test_a_server_takes_renewed_files_while_it_serves(ca: Pair, pair: Pair, tmp_path: Path) -> None:
    mine, said = copied(pair, tmp_path), list[tuple[str, str]]()
    serving, asking = context(mine), client_context(str(ca.cert))
    renewing = Renewing(serving, str(mine.cert), str(mine.key), lambda level, text: said.append((level, text)))
    assert not renewing.look()

    renewed = certificate(ca, "renewed")
    Path(shutil.copy(renewed.key, tmp_path / "new.key")).replace(mine.key)
    assert not renewing.look()
    assert said == [
        (
            "warning",
            f"The certificate from before goes on: The key in {mine.key} does not belong to the"
            f" certificate in {mine.cert}",
        )
    ]
    assert asyncio.run(said_over(serving, asking))["subject"] == ((("commonName", "server"),),)

    Path(shutil.copy(renewed.cert, tmp_path / "new.pem")).replace(mine.cert)
    assert renewing.look()
    assert said[1:] == [("info", f"The certificate in {mine.cert} has been renewed")]
    assert asyncio.run(said_over(serving, asking))["subject"] == ((("commonName", "renewed"),),)
    assert not renewing.look()


def test_files_that_go_away_change_nothing(pair: Pair, tmp_path: Path) -> None:
    mine, said = copied(pair, tmp_path), list[str]()
    renewing = Renewing(context(mine), str(mine.cert), str(mine.key), lambda _, text: said.append(text))
    mine.cert.unlink()

    assert not renewing.look()
    assert not renewing.look()
    assert len(said) == 1
