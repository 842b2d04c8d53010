"""The files in docker/monitoring that are made of what is declared here: `python -m tools.monitoring.files --write`, or
`--check`."""

import json
import sys
from pathlib import Path

import yaml

from tools.monitoring.alerts import rule_tests, rules
from tools.monitoring.boards import BOARDS
from tools.monitoring.grafana import dashboard

FOLDER = Path(__file__).parents[2] / "docker" / "monitoring"
RULES, RULE_TESTS = "alerts.yml", "alerts_test.yml"
MADE = "# Made by `python -m tools.monitoring.files --write`; what it says is declared in tools/monitoring/alerts.py.\n"


def made() -> dict[Path, str]:
    """The text of each file."""
    return {
        FOLDER / RULES: MADE + yaml.safe_dump(rules(), sort_keys=False, width=120),
        FOLDER / RULE_TESTS: MADE + yaml.safe_dump(rule_tests(RULES), sort_keys=False, width=120),
        **{
            FOLDER / "grafana" / "dashboards" / f"{board.uid}.json": json.dumps(dashboard(board), indent=2) + "\n"
            for board in BOARDS
        },
    }


def drifted() -> list[str]:
    """The files that say something else than what is declared."""
    return [file.name for file, text in made().items() if not file.is_file() or file.read_text("utf-8") != text]


def main(arguments: list[str]) -> None:
    """Write them anew, or say which are not as they should be."""
    match arguments:
        case ["--write"]:
            for file, text in made().items():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        case ["--check"]:
            if names := drifted():
                sys.exit(f"{', '.join(names)}: not as declared; run this with --write")
        case _:
            sys.exit("Say --check or --write")


if __name__ == "__main__":
    main(sys.argv[1:])
