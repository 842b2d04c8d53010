"""Each topic says what it is for, in words of its own."""

from evcharging.common.kafka import TOPICS
from evcharging.common.topic_words import ABOUT


def test_each_topic_says_what_it_is_for() -> None:
    assert ABOUT.keys() == {topic.name for topic in TOPICS}
    assert len(set(ABOUT.values())) == len(ABOUT)
