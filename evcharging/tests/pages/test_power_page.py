"""What the page about power shows is so."""

import re

from evcharging.common.amperes import LEAST_MA, MOST_MA, limit_of
from evcharging.common.messages_power import CircuitTree, Strategy
from evcharging.common.utils import from_json
from evcharging.domain.power.circuit import MOST_LEVELS, why_not_wired
from evcharging.domain.power.demand import TURN
from evcharging.domain.power.steps import RAISE_EVERY, STEP_MA
from evcharging.tests.places import ROOT

PAGE = (ROOT / "docs/power.md").read_text(encoding="utf-8")


def test_its_tree_can_be_wired() -> None:
    [text] = re.findall(r"```json\n(.+?)```", PAGE, re.DOTALL)
    assert why_not_wired(from_json(CircuitTree, text.encode())) is None


def test_it_has_each_strategy_in_its_table() -> None:
    assert re.findall(r"^\| `(\w+)` \| [a-z]", PAGE, re.MULTILINE) == [*Strategy]


def test_its_numbers_are_those_of_the_rules() -> None:
    assert limit_of("150kW") == 217_391
    assert f"below {LEAST_MA // 1000} A or above {MOST_MA // 1000:,} A" in PAGE
    assert MOST_LEVELS == 10
    assert "more than ten circuits one below another" in PAGE
    assert f"for {TURN.seconds // 60} minutes at least" in PAGE
    assert f"by {STEP_MA // 1000} A each {RAISE_EVERY.seconds} s" in PAGE
