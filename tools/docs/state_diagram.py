"""The state diagram in docs/architecture.md, made from the one table of transitions.
`python -m tools.docs.state_diagram --check`, or `--write`."""

import sys
from collections.abc import Mapping

from evcharging.common.states import TRANSITIONS, CPEvent, CPState
from tools.docs.generated_docs import DOCS, keep

PAGE = DOCS / "architecture.md"


def diagram(transitions: Mapping[tuple[CPState, CPEvent], CPState] = TRANSITIONS) -> str:
    """Mermaid, one line for each entry of the table, in its order."""
    arrows = [f"    {before} --> {after}: {event}" for (before, event), after in transitions.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {CPState.DISCONNECTED}", *arrows, "```"])


def blocks() -> dict[str, str]:
    """What the page is to say."""
    return {"state diagram": diagram()}


if __name__ == "__main__":
    keep(PAGE, blocks, sys.argv[1:])
