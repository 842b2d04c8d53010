"""The bus over HTTP: its topics, what was set aside, and what messages mean."""

from evcharging.adapters.bus.traffic import WATCHED, SetAside
from evcharging.common.kafka import TOPICS
from evcharging.tests.stages.central_world import World, in_world


@in_world("CP-001")
async def test_topics_say_what_they_are_for_and_how_far_readers_are_behind(world: World) -> None:
    found = await world.get("/api/v1/bus/topics")
    assert (found["partitions"], found["shared"], found["watched"]) == (2, False, False)
    assert [topic["name"] for topic in found["topics"]] == [topic.name for topic in WATCHED]
    (status,) = [topic for topic in found["topics"] if topic["name"] == "cp.status"]
    assert (status["key"], status["volatile"], status["per_second"], status["behind"]) == ("cp_id", False, None, 0)
    assert status["kinds"][0] == "CPStatus"
    assert status["about"] == "What engines say of themselves and of their supplies"


@in_world()
async def test_what_travels_on_links_alone_is_no_topic_of_the_bus(world: World) -> None:
    found = await world.get("/api/v1/bus/topics")
    assert {topic.name for topic in TOPICS if topic.link}.isdisjoint(topic["name"] for topic in found["topics"])


@in_world()
async def test_what_was_set_aside_is_shown_with_the_reason(world: World) -> None:
    assert await world.get("/api/v1/bus/unreadable") == {"all": 0, "items": []}
    for tell in world.bus.traffic.on_set_aside:
        tell(SetAside("cp.status", 1, 7, "Input data was truncated", "{", is_unbelieved=False))
    (item,) = (await world.get("/api/v1/bus/unreadable"))["items"]
    assert item == {
        "seen_at": "2026-01-01T12:00:00Z",
        "topic": "cp.status",
        "partition": 1,
        "offset": 7,
        "refusal": "It cannot be read: Input data was truncated",
        "text": "{",
    }


@in_world()
async def test_messages_are_explained_field_by_field(world: World) -> None:
    found = {each["name"]: each for each in await world.get("/api/v1/bus/messages")}
    ended = found["SupplyEnded"]
    assert ended["topic"] == "cp.status"
    assert ended["said"].startswith("The final reading of a session")
    (register,) = [field for field in ended["fields"] if field["name"] == "register_stop_mwh"]
    assert register == {
        "name": "register_stop_mwh",
        "required": True,
        "default": None,
        "what": "whole number, 0 or more",
        "unit": "milliwatt-hours",
        "of": None,
    }
    assert found["EndReason"]["values"]
    assert found["LinkHello"]["said"].startswith("The server's first payload")
