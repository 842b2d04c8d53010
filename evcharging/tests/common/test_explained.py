"""What messages mean is said in the words of their declarations, of each of their fields and of what they hold."""

from evcharging.common.explained import COMMON, UNITS, Explained, FieldExplained, explained, explained_alone, unit_of
from evcharging.common.kafka import TOPIC_OF
from evcharging.common.schema import MESSAGES
from evcharging.common.utils import field_names
from evcharging.protocols.proof import PROOFS

FOUND = {each.name: each for each in explained()}


def of(name: str) -> Explained:
    return FOUND[name]


def field(name: str, of_kind: str) -> FieldExplained:
    return next(each for each in of(of_kind).fields if each.name == name)


def test_every_message_is_explained_with_each_of_its_fields_and_its_topic() -> None:
    for kind in MESSAGES:
        told = of(kind.__name__)
        assert told.said
        assert [each.name for each in told.fields] == ["type", *field_names(kind)]
        assert told.topic == (TOPIC_OF[kind].name if kind in TOPIC_OF else None)


def test_what_a_message_holds_is_explained_too() -> None:
    for told in explained():
        for each in told.fields:
            assert each.of is None or of(each.of).said
    assert field("ticket", "DriverUpdate").of == "Ticket"
    assert field("marks", "SupplyEnded").of == "Mark"
    assert of("Ticket").topic is None
    assert "COMPLETED" in of("UpdateStatus").values


def test_what_is_no_message_is_explained_in_the_same_way() -> None:
    hello, proof, proven = explained_alone(*PROOFS)
    assert [each.name for each in (hello, proof, proven)] == ["LinkHello", "LinkProof", "LinkProven"]
    assert hello.said.startswith("The server's first payload")
    assert [(each.name, each.what) for each in proof.fields[1:4]] == [
        ("cp_id", "One line"),
        ("key_version", "whole number, of any size"),
        ("nonce", "32 bytes in hexadecimal"),
    ]


def test_a_field_says_whether_it_is_needed_what_holds_without_it_and_its_unit() -> None:
    register = field("register_stop_mwh", "SupplyEnded")
    assert (register.required, register.default, register.unit) == (True, None, "milliwatt-hours")
    plugged = field("plugged", "SupplyEnded")
    assert (plugged.required, plugged.default, plugged.what) == (False, "false", "true or false")
    assert field("seq", "SupplyEnded").what == COMMON["seq"]
    assert field("kwh", "DriverRequest").unit == "kilowatt-hours"


def test_only_numbers_have_units() -> None:
    assert unit_of("late_s", {"type": "integer"}) == "seconds"
    assert unit_of("late_s", {"type": "string"}) is None
    assert unit_of("news", {"type": "integer"}) is None
    assert unit_of("micro_euros_per_kwh", {"type": "integer"}) == UNITS["micro_euros_per_kwh"]


def test_words_have_no_marks_of_a_page() -> None:
    assert not any("`" in each.said + "".join(field.what for field in each.fields) for each in explained())
