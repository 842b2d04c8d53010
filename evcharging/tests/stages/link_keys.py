"""Keys of points for tests, and the monitor's side of a link that proves one."""

from evcharging.adapters.tcp import Link
from evcharging.common.utils import to_json
from evcharging.protocols.proof import Channel, LinkProof, agree, prove, read_hello
from evcharging.tests.stages.proof_stage import KEY, NONCE
from evcharging.tests.stages.tcp_stage import Ear


class Keys:
    """The keys of CP-001 and CP-002, in versions that count until they are taken away."""

    def __init__(self) -> None:
        self.are_asked_for = True
        self.counting = {("CP-001", 1), ("CP-002", 1)}

    def why_not(self, cp_id: str, version: int) -> str | None:
        return None if (cp_id, version) in self.counting else f"The key of {cp_id} was revoked: enrol it again"

    def key_of(self, cp_id: str, version: int) -> bytes:
        return key_of(cp_id, version)


def key_of(cp_id: str, version: int = 1) -> bytes:
    return KEY[len(cp_id) :] + f"{cp_id}/{version}".encode()


async def greeted(ear: Ear, cp_id: str, *, version: int = 1, key: bytes | None = None) -> tuple[bytes, LinkProof]:
    """Open a link and answer its greeting; gives the greeting and the proof."""
    assert await ear.next() == "opened"
    payload = await ear.next()
    assert isinstance(payload, bytes)
    greeting = read_hello(payload)
    assert greeting is not None
    proof = prove(key or key_of(cp_id, version), cp_id, version, greeting, NONCE)
    ear.links[-1].send(to_json(proof))
    return payload, proof


async def proven(ear: Ear, cp_id: str, version: int = 1) -> tuple[Link, Channel]:
    """A link that has proven a key, and what is said over it from then on."""
    payload, proof = await greeted(ear, cp_id, version=version)
    greeting, answer = read_hello(payload), await ear.next()
    assert greeting is not None
    assert isinstance(answer, bytes)
    return ear.links[-1], agree(key_of(cp_id, version), greeting, proof, answer)
