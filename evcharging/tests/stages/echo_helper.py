"""A process for tests of helpers: it echoes, dies or hangs as it is asked."""

import asyncio
import os

from evcharging.adapters.helper import Answering, answer_all


def opened(greeting: bytes) -> Answering:
    if greeting == b"refuse":
        raise ValueError("there is nothing to open")

    async def answer(question: bytes) -> bytes:
        match question:
            case b"die":
                os._exit(1)
            case b"hang":
                await asyncio.Event().wait()
            case b"who":
                return f"{os.getpid()} {os.getsid(0)} {os.fstat(1).st_rdev}".encode()
        return greeting + question

    return answer


if __name__ == "__main__":
    answer_all(opened)
