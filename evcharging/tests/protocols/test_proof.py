"""Links whose two sides prove a key: the published transcript, and what no stranger can make of what was said."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.utils import changed, to_json
from evcharging.protocols.proof import (
    NotProven,
    accept,
    agree,
    hello,
    prove,
    read_hello,
    read_proof,
)
from evcharging.tests.places import ROOT
from evcharging.tests.stages.proof_stage import CHALLENGE, KEY, NONCE, greeting_of, payload_of, proven
from evcharging.tests.stages.vectors import VECTORS

ONE_KIND = st.binary(min_size=32, max_size=32)
SAID = st.lists(st.integers().map(lambda number: b'{"say":%d}' % number), min_size=1, max_size=6)


@pytest.fixture(params=VECTORS["proofs"], ids=lambda vector: vector["name"])
def vector(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


def test_the_published_transcript_is_what_both_sides_say(vector: dict[str, Any]) -> None:
    key, challenge, nonce = (bytes.fromhex(vector[name]) for name in ("key", "challenge", "nonce"))
    assert hello(challenge).decode() == vector["hello"]
    greeting = read_hello(vector["hello"].encode())
    assert greeting is not None
    proof = prove(key, vector["cp_id"], vector["key_version"], greeting, nonce)
    assert payload_of(proof).decode() == vector["proof"]
    answer, server = accept(key, challenge, read_proof(vector["proof"].encode()))
    assert answer.decode() == vector["proven"]
    client = agree(key, greeting, proof, answer)
    for said in vector["said"]:
        speaker, hearer = (client, server) if said["side"] == "client" else (server, client)
        assert speaker.wrap(said["message"].encode()).decode() == said["payload"]
        assert hearer.unwrap(said["payload"].encode()).decode() == said["message"]


def test_what_the_transcript_calls_refused_is_not_believed(vector: dict[str, Any]) -> None:
    for bad in vector["refused"]:
        with pytest.raises(NotProven):
            proven().server.unwrap(bad["payload"].encode())


def test_the_worked_example_of_the_page_is_the_published_transcript(vector: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    for payload in (vector["hello"], vector["proof"], vector["proven"], vector["said"][0]["payload"]):
        assert payload in page


@given(said=SAID)
def test_what_either_side_says_the_other_hears_once_and_in_order(said: list[bytes]) -> None:
    two = proven()
    for message in said:
        assert two.server.unwrap(two.client.wrap(message)) == message
        assert two.client.unwrap(two.server.wrap(message)) == message


@given(other=ONE_KIND)
def test_another_key_proves_nothing(other: bytes) -> None:
    key = bytes(reversed(KEY)) if other == KEY else other
    with pytest.raises(NotProven):
        accept(KEY, CHALLENGE, prove(key, "CP-001", 1, greeting_of(), NONCE))


@given(challenge=ONE_KIND)
def test_a_proof_counts_for_the_challenge_that_it_answers_and_no_other(challenge: bytes) -> None:
    if challenge != CHALLENGE:
        with pytest.raises(NotProven):
            accept(KEY, challenge, proven().proof)


@pytest.mark.parametrize("other", [{"cp_id": "CP-002"}, {"key_version": 2}, {"nonce": "0" * 64}])
def test_a_proof_counts_for_the_point_the_version_and_the_nonce_that_it_names(other: dict[str, object]) -> None:
    with pytest.raises(NotProven):
        accept(KEY, CHALLENGE, changed(proven().proof, **other))


def test_a_server_without_the_key_is_found_out_though_it_sends_back_what_it_was_sent() -> None:
    two = proven()
    for answer in (b'{"mac":"%s"}' % two.proof.mac.encode(), payload_of(two.proof), b"{}", b"1"):
        with pytest.raises(NotProven):
            agree(KEY, two.greeting, two.proof, answer)


def test_what_was_said_on_one_link_counts_on_no_other() -> None:
    said = proven().client.wrap(b'{"say":1}')
    for other in (proven(challenge=NONCE), proven(nonce=CHALLENGE), proven(cp_id="CP-002"), proven(key=NONCE)):
        with pytest.raises(NotProven):
            other.server.unwrap(said)


@given(at=st.integers(min_value=0, max_value=10_000), bit=st.integers(min_value=0, max_value=7))
def test_no_bit_of_an_envelope_can_be_turned(at: int, bit: int) -> None:
    two = proven()
    good = two.client.wrap(b'{"well":true}')
    bad = bytearray(good)
    bad[at % len(bad)] ^= 1 << bit
    with pytest.raises(NotProven):
        two.server.unwrap(bytes(bad))
    assert two.server.unwrap(good) == b'{"well":true}'


@given(order=st.permutations(range(5)))
def test_messages_out_of_their_order_end_at_the_first_that_was_not_due(order: list[int]) -> None:
    two = proven()
    said = [two.client.wrap(b"%d" % number) for number in range(5)]
    for due, number in enumerate(order):
        if number != due:
            with pytest.raises(NotProven):
                two.server.unwrap(said[number])
            return
        assert two.server.unwrap(said[number]) == b"%d" % number


def test_of_ten_thousand_repeated_altered_and_foreign_payloads_none_is_taken() -> None:
    two, chance, taken = proven(), Random(1), 0
    said = [two.client.wrap(b'{"say":%d}' % number) for number in range(10)]
    for payload in said:
        two.server.unwrap(payload)
    foreign = [proven(nonce=CHALLENGE).client.wrap(b'{"say":1}'), two.server.wrap(b'{"say":1}')]
    for _ in range(10_000):
        bad = bytearray(chance.choice([*said, *foreign]))
        for _ in range(chance.randrange(4)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        try:
            two.server.unwrap(bytes(bad))
        except NotProven:
            continue
        taken += 1
    assert taken == 0


@given(payload=st.binary(max_size=300))
def test_any_bytes_are_refused_or_read_and_never_an_accident(payload: bytes) -> None:
    two = proven()
    for read in (read_proof, two.server.unwrap):
        with pytest.raises(NotProven):
            read(payload)
    assert read_hello(payload) is None


@pytest.mark.parametrize(
    "bad",
    [
        b'{"cp_id":"CP-001","key_version":0,"nonce":"%s","mac":""}' % (b"a" * 64),
        b'{"cp_id":"CP\\u0000","key_version":1,"nonce":"%s","mac":""}' % (b"a" * 64),
        b'{"cp_id":"CP-001","key_version":1,"nonce":"%s","mac":""}' % (b"a" * 63),
        b'{"cp_id":"CP-001","key_version":1,"nonce":"%s","mac":""}' % (b"A" * 64),
    ],
)
def test_a_proof_that_could_mean_two_things_is_none(bad: bytes) -> None:
    with pytest.raises(NotProven, match="no proof"):
        read_proof(bad)


def test_a_greeting_of_a_later_version_says_what_to_do() -> None:
    greeting = changed(greeting_of(), version=2)
    with pytest.raises(NotProven, match="by version 2, and here by 1: update this one"):
        read_hello(to_json(greeting))


def test_a_greeting_whose_challenge_is_no_challenge_is_not_answered() -> None:
    with pytest.raises(NotProven, match="64 hexadecimal digits"):
        read_hello(to_json(changed(greeting_of(), challenge="00")))
