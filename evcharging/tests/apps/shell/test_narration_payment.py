"""What Central says of payments: once for each thing that came of one."""

from evcharging.apps.shell.narration import central_lines
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment import Payment
from evcharging.roles.role import Effects
from evcharging.tests.stages.central_stage import ask
from evcharging.tests.stages.paying_stage import DECLINED, VISA, PayingStage


class Heard(PayingStage):
    """What is said of payments, in order, from the level on."""

    def __init__(self, terms: PaymentTerms | None = None) -> None:
        self.lines: list[tuple[str, str]] = []
        super().__init__(terms=terms)
        self.open_point()

    def took(self, effects: Effects) -> Effects:
        payments = [each for each in effects if isinstance(each, Payment)]
        self.lines += [
            (level, str(text).partition(" | payment ")[2]) for level, text, _ in central_lines(None, payments)
        ]
        return super().took(effects)


def test_a_session_waits_for_its_hold_and_its_card_is_captured() -> None:
    stage = Heard(PaymentTerms(method=VISA, most_cents=5000))
    stage.charged()
    said = [text for _, text in stage.lines]
    assert said[0] == "waits for a hold | €50.00"
    assert said[1:] == ["held | €50.00", "captured | €0.02"]


def test_a_card_that_is_declined_is_a_warning_with_its_reason() -> None:
    stage = Heard(PaymentTerms(method=DECLINED))
    stage.tell(ask("R-1"))
    assert stage.lines[1:] == [("warning", "declined | insufficient_funds")]


def test_a_provider_that_does_not_answer_is_told_of_once() -> None:
    stage = Heard()
    stage.provider.is_away = True
    stage.tell(ask("R-1"))
    assert stage.lines[-1] == ("warning", "waits for a hold | the provider does not answer")
    before = len(stage.lines)
    stage.wait(2)
    assert len(stage.lines) == before
