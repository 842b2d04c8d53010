"""Two sides of a link that have proven one key to each other."""

from typing import NamedTuple

from evcharging.common.utils import to_json
from evcharging.protocols.proof import Channel, LinkHello, LinkProof, accept, agree, hello, prove, read_hello

KEY, CHALLENGE, NONCE = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))


class Proven(NamedTuple):
    """What was said on the way, and the two ends of what came of it."""

    greeting: LinkHello
    proof: LinkProof
    answer: bytes
    server: Channel
    client: Channel


def greeting_of(challenge: bytes = CHALLENGE) -> LinkHello:
    greeting = read_hello(hello(challenge))
    assert greeting is not None
    return greeting


def proven(key: bytes = KEY, challenge: bytes = CHALLENGE, nonce: bytes = NONCE, cp_id: str = "CP-001") -> Proven:
    greeting = greeting_of(challenge)
    proof = prove(key, cp_id, 1, greeting, nonce)
    answer, server = accept(key, challenge, proof)
    return Proven(greeting, proof, answer, server, agree(key, greeting, proof, answer))


def payload_of(proof: LinkProof) -> bytes:
    return to_json(proof)
