"""Errands of one Central: each once at a time, a few at once, and broken off at its end."""

import asyncio

from evcharging.apps.ev_central.errands import AT_ONCE, Errands
from evcharging.common.messages_alerts import ErrandDue
from evcharging.domain.webhook import ErrandOutcome
from evcharging.tests.stages.scenario import T0


def errand(number: int) -> ErrandDue:
    return ErrandDue(ts=T0, errand_id=f"e-{number}", webhook_id="w", url="https://a/", body="{}", attempt=1)


def test_what_goes_on_is_not_begun_again_and_a_few_go_on_at_once() -> None:
    async def scene() -> None:
        begun: list[str] = []
        answered: list[ErrandOutcome] = []
        go_on = asyncio.Event()

        async def post(asked: ErrandDue) -> ErrandOutcome:
            begun.append(asked.errand_id)
            await go_on.wait()
            return ErrandOutcome(status=200 if asked.errand_id != "e-0" else 500)

        errands = Errands(post)
        for number in [0, 0, *range(1, AT_ONCE + 2)]:
            errands(errand(number), answered.append)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert begun == [f"e-{number}" for number in range(AT_ONCE)]
        go_on.set()
        while len(answered) < AT_ONCE + 2:
            await asyncio.sleep(0)
        counts = {labels: value for _, labels, value in errands.samples()}
        assert counts == {("delivered",): AT_ONCE + 1, ("failed",): 1}
        errands(errand(0), answered.append)
        await asyncio.sleep(0)
        await errands.end()
        assert begun.count("e-0") == 2

    asyncio.run(scene())


def test_what_is_broken_off_is_not_answered() -> None:
    async def scene() -> None:
        answered: list[ErrandOutcome] = []

        async def post(asked: ErrandDue) -> ErrandOutcome:
            await asyncio.Event().wait()
            return ErrandOutcome(status=200)

        errands = Errands(post)
        errands(errand(1), answered.append)
        await asyncio.sleep(0)
        await errands.end()
        assert answered == []

    asyncio.run(scene())
