"""How deep laws and stories are searched: quickly and always the same in the plain suite; `FUZZ_DEPTH=20`, which
`make fuzz` sets, looks at as many times more cases, and at others each time."""

import os

from hypothesis import HealthCheck, settings

DEPTH = int(os.environ.get("FUZZ_DEPTH", "1"))


def searched(examples: int, steps: int = 50) -> settings:
    """So many examples in the plain suite."""
    return settings(
        derandomize=DEPTH == 1,
        deadline=None,
        max_examples=examples * DEPTH,
        stateful_step_count=steps,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        print_blob=True,
    )
