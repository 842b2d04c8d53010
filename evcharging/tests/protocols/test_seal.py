"""A seal is what the document says, and fits just the message that it was made for."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.access.keys import KeyKind, derived_key
from evcharging.protocols.seal import (
    LONGEST,
    BadSeal,
    Sealer,
    SealKey,
    Stamp,
    head_of,
    is_sealed_by,
    mac_of,
    read_seal,
    seal,
    stamp_of,
)
from evcharging.tests.stages.vectors import VECTORS

KEY = bytes(range(32))
WHO = Sealer("point", "CP-1", 1)


@pytest.mark.parametrize("vector", VECTORS["seals"], ids=lambda vector: str(vector["about"]))
def test_the_vectors_are_what_is_made(vector: dict[str, str]) -> None:
    found = read_seal(vector["seal"].encode())
    kind, owner, version = found.sealer
    key = derived_key(bytes.fromhex(vector["master"]), KeyKind(kind), owner, version)
    assert key.hex() == vector["key"]
    assert seal(key, vector["topic"], str(found.sealer), vector["value"].encode()).decode() == vector["seal"]
    assert is_sealed_by(key, vector["topic"], found, vector["value"].encode())


@given(st.binary(max_size=64), st.binary(max_size=300))
def test_a_key_that_is_made_ready_makes_the_same_macs(key: bytes, body: bytes) -> None:
    said = head_of("cp.status", str(WHO)) + body
    assert SealKey(key).mac(said).decode() == hmac.digest(key, said, hashlib.sha256)[:16].hex()
    assert SealKey(key).mac(said).decode() == mac_of(key, "cp.status", str(WHO), body)


@given(st.binary(min_size=1, max_size=100), st.data())
def test_no_changed_bit_fits(body: bytes, data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, 8 * len(body) - 1))
    other = bytearray(body)
    other[bit // 8] ^= 1 << bit % 8
    stamp = stamp_of(WHO, SealKey(KEY), "cp.status")
    mac = stamp.seal(body).rpartition(b"/")[2]
    assert stamp.made(mac, body)
    assert not stamp.made(mac, bytes(other))


@pytest.mark.parametrize(
    "other",
    [
        stamp_of(WHO, SealKey(KEY), "cp.telemetry"),
        stamp_of(WHO._replace(kind="driver"), SealKey(KEY), "cp.status"),
        stamp_of(WHO._replace(id="CP-2"), SealKey(KEY), "cp.status"),
        stamp_of(WHO._replace(version=2), SealKey(KEY), "cp.status"),
        stamp_of(WHO, SealKey(KEY[:-1]), "cp.status"),
    ],
    ids=["topic", "kind", "id", "version", "key"],
)
def test_all_that_a_seal_says_is_in_its_mac(other: Stamp) -> None:
    mac = stamp_of(WHO, SealKey(KEY), "cp.status").seal(b"body").rpartition(b"/")[2]
    assert not other.made(mac, b"body")


def test_what_was_sealed_is_read_as_it_was() -> None:
    text = seal(KEY, "cp.status", str(WHO), b"body")
    found = read_seal(text)
    assert found.sealer == WHO
    assert is_sealed_by(KEY, "cp.status", found, b"body")
    assert not is_sealed_by(KEY, "cp.status", found, b"BODY")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"point/CP-1/1",
        b"point/CP-1/0/" + b"0" * 32,
        b"point/CP-1/1/" + b"0" * 31,
        b"point/CP-1/1/" + b"F" * 32,
        b"POINT/CP-1/1/" + b"0" * 32,
        b"point//1/" + b"0" * 32,
        b"point/CP 1/1/" + b"0" * 32,
        b"point/CP-1/1/" + b"0" * 32 + b"\n",
        b"point/CP-1/9999999999/" + b"0" * 32,
        b"x" * (LONGEST + 1),
    ],
)
def test_what_is_no_seal_is_refused(text: bytes) -> None:
    with pytest.raises(BadSeal, match=r"^its seal is not kind/id/version/mac$"):
        read_seal(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_seal_or_are_refused(text: bytes) -> None:
    try:
        found = read_seal(text)
    except BadSeal:
        return
    assert f"{found.sealer}/{found.mac}".encode() == text
