"""How far each link of a Central has got in proving a point's key, and what it says after that.
Knows no socket, and not where keys are kept."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from evcharging.adapters.monitor_links import LinkRejected, Why
from evcharging.protocols.proof import Channel, NotProven, accept, hello, read_proof

L = TypeVar("L", bound=Hashable)

PROVEN_WITHIN = timedelta(seconds=5)
"""How long a link may take to prove a key."""

UNPROVEN_AT_ONCE = 1024
"""How many links from one address may be about to prove a key: a fleet on one machine opens 512 at a time."""

ENROL = "`evcharging points enrol`, or the point's page, gives the command by which its monitor gets its key"
UNPROVEN = "Nothing has proven whose link this is, which this Central wants to know"


class PointKeys(Protocol):
    """Whose keys count. Asked on the event loop, for each link every second."""

    @property
    def are_asked_for(self) -> bool:
        """Whether links have to prove a key."""
        ...

    def why_not(self, cp_id: str, version: int) -> str | None:
        """Why a point's key of this version does not count now and what to do, in one sentence; None where it does."""
        ...

    def key_of(self, cp_id: str, version: int) -> bytes:
        """That key."""
        ...


class NoKeys:
    """No link has to prove anything."""

    are_asked_for = False

    def why_not(self, cp_id: str, version: int) -> str | None:
        """None counts."""
        return "No key counts here"

    def key_of(self, cp_id: str, version: int) -> bytes:
        """A key that opens nothing."""
        return b""


class _Greeted(NamedTuple):
    """A link that was greeted and has proven nothing yet."""

    challenge: bytes
    at: datetime
    address: str


class _Proven(NamedTuple):
    """A link that has proven a key."""

    cp_id: str
    version: int
    channel: Channel


class LinkProofs(Generic[L]):
    """All links of one Central. `challenge` gives 32 bytes of chance, and `steady` a time that goes on evenly."""

    def __init__(self, keys: PointKeys, challenge: Callable[[], bytes], steady: Callable[[], datetime]) -> None:
        self._keys = keys
        self._challenge = challenge
        self._steady = steady
        self._links: dict[L, _Greeted | _Proven | None] = {}
        self._asked_at: Counter[str] = Counter()

    def opened(self, link: L, address: str) -> bytes | None:
        """How a link from this address is greeted, None where nobody has to prove anything; raises LinkRejected."""
        self._links[link] = None
        if not self._keys.are_asked_for:
            return None
        if self._asked_at[address] >= UNPROVEN_AT_ONCE:
            text = f"{UNPROVEN_AT_ONCE} links from {address} have not proven a key yet: try again in a while"
            raise LinkRejected(Why.TOO_OFTEN, text)
        challenge = self._challenge()
        self._links[link] = _Greeted(challenge, self._steady(), address)
        self._asked_at[address] += 1
        return hello(challenge)

    def awaits(self, link: L) -> bool:
        """Whether the next payload of a link has to be its proof."""
        return isinstance(self._links.get(link), _Greeted)

    def prove(self, link: L, payload: bytes) -> bytes:
        """What is answered to a link that has proven a key; raises LinkRejected."""
        asked = self._links[link]
        if not isinstance(asked, _Greeted):
            raise LinkRejected(Why.UNPROVEN, "A key is proven once on each link")
        try:
            proof = read_proof(payload)
            answer, channel = accept(self._keys.key_of(proof.cp_id, proof.key_version), asked.challenge, proof)
        except NotProven as error:
            raise LinkRejected(Why.UNPROVEN, f"{error}: {ENROL}") from None
        # Only who has had a key is told more: strangers do not learn which points there are.
        if refusal := self._keys.why_not(proof.cp_id, proof.key_version):
            raise LinkRejected(Why.REVOKED, refusal)
        self._is_over(asked)
        self._links[link] = _Proven(proof.cp_id, proof.key_version, channel)
        return answer

    def heard(self, link: L, payload: bytes) -> bytes:
        """What a link says; raises LinkRejected."""
        proven = self._links.get(link)
        if not isinstance(proven, _Proven):
            if self._keys.are_asked_for:
                raise LinkRejected(Why.UNPROVEN, f"{UNPROVEN}: {ENROL}")
            return payload
        try:
            return proven.channel.unwrap(payload)
        except NotProven as error:
            raise LinkRejected(Why.UNPROVEN, f"{error}: the link is made again") from None

    def wrapped(self, link: L, message: bytes) -> bytes:
        """How a message is said to a link."""
        proven = self._links.get(link)
        return proven.channel.wrap(message) if isinstance(proven, _Proven) else message

    def whose(self, link: L) -> str | None:
        """The point whose key a link has proven; None where it had to prove none."""
        proven = self._links.get(link)
        return proven.cp_id if isinstance(proven, _Proven) else None

    def closed(self, link: L) -> None:
        """Forget a link."""
        asked = self._links.pop(link, None)
        if isinstance(asked, _Greeted):
            self._is_over(asked)

    def overdue(self) -> Iterator[tuple[L, LinkRejected]]:
        """Links that may not go on, and why: they have taken too long to prove a key, or that key counts no more."""
        since, wanted = self._steady() - PROVEN_WITHIN, self._keys.are_asked_for
        for link, state in list(self._links.items()):
            if isinstance(state, _Proven):
                if refusal := self._keys.why_not(state.cp_id, state.version):
                    yield link, LinkRejected(Why.REVOKED, refusal)
            elif state.at <= since if state else wanted:
                yield link, LinkRejected(Why.UNPROVEN, f"{UNPROVEN}: {ENROL}")

    def _is_over(self, asked: _Greeted) -> None:
        self._asked_at[asked.address] -= 1
        if not self._asked_at[asked.address]:
            del self._asked_at[asked.address]
