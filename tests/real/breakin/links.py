"""Thieves on the framed link: proofs and messages that were altered, repeated, or made for another link or point.
Knows no Central but its port."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Self

from evcharging.common.messages import HealthReport
from evcharging.common.utils import changed, to_json
from evcharging.protocols.control import Closed, Received, Talk, TalkClosed
from evcharging.protocols.framing import encode_frame
from evcharging.protocols.proof import Channel, LinkHello, LinkProof, NotProven, agree, hello, prove, read_hello
from tests.real.breakin.findings import Tally

AT_ONCE = 16
WITHIN = 20.0
REFUSED, STILL_OPEN = "refused", "still open"


def report(cp_id: str, *, well: bool = True) -> bytes:
    """What a monitor says."""
    return to_json(HealthReport(ts=datetime.now(UTC), cp_id=cp_id, well=well))


def other_digit(text: str) -> str:
    """The same with another first digit."""
    return ("1" if text[0] != "1" else "2") + text[1:]


class Line:
    """One link to Central, as a client of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._talk = Talk.client(_now())
        self._heard: list[bytes] = []
        self.is_over = False

    @classmethod
    async def opened(cls, port: int) -> Self:
        """A link on which nothing was said yet."""
        line = cls(*await asyncio.open_connection("127.0.0.1", port))
        line._flush()
        return line

    def say(self, payload: bytes) -> None:
        """Send a payload."""
        try:
            self._talk.send(payload, _now())
        except TalkClosed:
            self.is_over = True
        self._flush()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)

    async def next(self) -> bytes | None:
        """The next payload; None once the link is over."""
        async with asyncio.timeout(WITHIN):
            while not self._heard and not self.is_over:
                try:
                    data = await self._reader.read(65536)
                except ConnectionError:
                    data = b""
                self._take(data)
        return self._heard.pop(0) if self._heard else None

    async def is_refused(self) -> bool:
        """Whether Central ends it, and proves nothing before."""
        while (payload := await self.next()) is not None:
            if b"LinkProven" in payload:
                return False
        return True

    async def close(self) -> None:
        """End it at once."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    def _take(self, data: bytes) -> None:
        if not data:
            self.is_over = True
        for event in self._talk.receive_data(data, _now()):
            if isinstance(event, Received):
                self._heard.append(event.payload)
            self.is_over |= isinstance(event, Closed)
        self._flush()

    def _flush(self) -> None:
        if not self._writer.is_closing():
            self._writer.write(self._talk.data_to_send())


class Spy:
    """Knows the key of one point, `cp_id`, and what was said on an earlier link of it, so as to alter what is true."""

    def __init__(self, port: int, cp_id: str, key: bytes, others_key: bytes) -> None:
        self.port = port
        self.cp_id = cp_id
        self.key = key
        self.others_key = others_key
        self.old_proof = b""
        self.old_envelope = b""
        self.old_hello = LinkHello(version=1, challenge="")

    async def listen(self) -> None:
        """Have a true link once, on which nothing is reported."""
        line = await Line.opened(self.port)
        greeting, proof = await self.greeted(line)
        line.say(to_json(proof))
        channel = await self.agreed(line, greeting, proof)
        self.old_hello, self.old_proof = greeting, to_json(proof)
        self.old_envelope = channel.wrap(report(self.cp_id))
        await line.close()

    async def greeted(self, line: Line) -> tuple[LinkHello, LinkProof]:
        """The greeting, and the true answer to it."""
        payload = await line.next()
        greeting = read_hello(payload) if payload is not None else None
        assert greeting is not None
        return greeting, prove(self.key, self.cp_id, 1, greeting, token_bytes(32))

    async def agreed(self, line: Line, greeting: LinkHello, proof: LinkProof) -> Channel:
        """What is said over a link that has proven its key."""
        answer = await line.next()
        assert answer is not None
        return agree(self.key, greeting, proof, answer)

    async def proven(self, line: Line) -> Channel:
        """A link that has proven its key."""
        greeting, proof = await self.greeted(line)
        line.say(to_json(proof))
        return await self.agreed(line, greeting, proof)

    # Each says something false on a link of its own

    async def altered_mac(self, line: Line) -> None:
        _, proof = await self.greeted(line)
        line.say(to_json(changed(proof, mac=other_digit(proof.mac))))

    async def altered_nonce(self, line: Line) -> None:
        _, proof = await self.greeted(line)
        line.say(to_json(changed(proof, nonce=other_digit(proof.nonce))))

    async def another_version(self, line: Line) -> None:
        _, proof = await self.greeted(line)
        line.say(to_json(changed(proof, key_version=2)))

    async def another_point(self, line: Line) -> None:
        _, proof = await self.greeted(line)
        line.say(to_json(changed(proof, cp_id="CP-001")))

    async def key_of_another(self, line: Line) -> None:
        greeting, _ = await self.greeted(line)
        line.say(to_json(prove(self.others_key, self.cp_id, 1, greeting, token_bytes(32))))

    async def proof_of_before(self, line: Line) -> None:
        await line.next()
        line.say(self.old_proof)

    async def hello_of_another_link(self, line: Line) -> None:
        await line.next()
        line.say(to_json(prove(self.key, self.cp_id, 1, self.old_hello, token_bytes(32))))

    async def own_hello(self, line: Line) -> None:
        await line.next()
        line.say(hello(token_bytes(32)))

    async def no_proof(self, line: Line) -> None:
        await line.next()
        line.say(report("CP-001", well=False))

    async def envelope_with_altered_mac(self, line: Line) -> None:
        said = (await self.proven(line)).wrap(report(self.cp_id))
        at = said.index(b'"mac":"') + 7
        line.say(said[:at] + other_digit(said[at:].decode()).encode())

    async def envelope_with_altered_counter(self, line: Line) -> None:
        line.say((await self.proven(line)).wrap(report(self.cp_id)).replace(b'"n":1,', b'"n":2,'))

    async def envelope_left_out(self, line: Line) -> None:
        channel = await self.proven(line)
        channel.wrap(report(self.cp_id))
        line.say(channel.wrap(report(self.cp_id)))

    async def envelope_with_altered_body(self, line: Line) -> None:
        line.say((await self.proven(line)).wrap(report(self.cp_id)).replace(b'"well":true', b'"well":false'))

    async def envelope_of_another_link(self, line: Line) -> None:
        await self.proven(line)
        line.say(self.old_envelope)

    async def report_without_envelope(self, line: Line) -> None:
        await self.proven(line)
        line.say(report(self.cp_id))

    async def report_for_another(self, line: Line) -> None:
        line.say((await self.proven(line)).wrap(report("CP-001", well=False)))

    async def frame_with_altered_byte(self, line: Line) -> None:
        _, proof = await self.greeted(line)
        whole = encode_frame(b'{"n":1,"body":' + to_json(proof) + b"}")
        for _ in range(4):
            line.write(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])

    @property
    def tricks(self) -> list[tuple[str, Callable[[Line], Awaitable[None]]]]:
        """Every false thing, by what it is."""
        names = [name for name in vars(Spy) if name in TRICKS]
        return [(name.replace("_", " "), getattr(self, name)) for name in names]


TRICKS = frozenset(
    {
        "altered_mac", "altered_nonce", "another_version", "another_point", "key_of_another", "proof_of_before",
        "hello_of_another_link", "own_hello", "no_proof", "envelope_with_altered_mac", "envelope_with_altered_counter",
        "envelope_left_out", "envelope_with_altered_body", "envelope_of_another_link", "report_without_envelope",
        "report_for_another", "frame_with_altered_byte",
    }
)  # fmt: skip


async def steal_links(spy: Spy, count: int, tally: Tally) -> None:
    """Try all kinds in turn, `count` times in all."""
    await spy.listen()
    numbers = iter(range(count))
    tricks = spy.tricks

    async def work() -> None:
        for number in numbers:
            kind, trick = tricks[number % len(tricks)]
            await _try(spy, f"link: {kind}", trick, tally)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _try(spy: Spy, kind: str, trick: Callable[[Line], Awaitable[None]], tally: Tally) -> None:
    line = await Line.opened(spy.port)
    try:
        await trick(line)
        refused = await line.is_refused()
        tally.judge(kind, REFUSED if refused else "Central went on with it", refused=refused)
    except TimeoutError:
        tally.judge(kind, STILL_OPEN, refused=False)
    except (AssertionError, NotProven) as error:
        tally.judge(kind, f"the try could not be made: {error!r}", refused=False)
    finally:
        await line.close()


async def said_again(spy: Spy, tries: int, tally: Tally) -> None:
    """A message of a true link is said twice on that very link; the first of them counts."""
    for _ in range(tries):
        line = await Line.opened(spy.port)
        said = (await spy.proven(line)).wrap(report(spy.cp_id))
        line.say(said)
        line.say(said)
        tally.judge("link: envelope said again", STILL_OPEN, refused=await line.is_refused())
        await line.close()


async def say_truly(spy: Spy) -> Line:
    """The control: a true report on a link that is left open."""
    line = await Line.opened(spy.port)
    line.say((await spy.proven(line)).wrap(report(spy.cp_id)))
    return line


def _now() -> float:
    return asyncio.get_running_loop().time()
