"""What a consumer of Kafka knows of partitions: how far its group is, which ones it has, how much is to come."""

from collections import Counter
from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaException, TopicPartition

from evcharging.adapters.bus import Place


def committed_of(consumer: Consumer, places: Iterable[Place], within: float) -> dict[Place, int]:
    """Where the group has come to in those of these places of which Kafka knows it; raises KafkaException."""
    asked = [TopicPartition(*place) for place in places]
    told = consumer.committed(asked, within) if asked else []
    for there in told:
        if there.error is not None:
            raise KafkaException(there.error)
    return {(there.topic, there.partition): there.offset for there in told if there.offset >= 0}


def shared_by(places: Iterable[TopicPartition], partitions: int) -> frozenset[int]:
    """The partitions that a member has of every topic. Where a topic has more than there should be, which is said, the
    others go on as they were."""
    shares: dict[str, set[int]] = {}
    for place in places:
        shares.setdefault(place.topic, set()).add(place.partition)
    counted = Counter(frozenset(number for number in share if number < partitions) for share in shares.values())
    return max(counted, key=lambda share: (counted[share], len(share)), default=frozenset())


def behind(consumer: Consumer) -> Counter[str]:
    """How many messages of each topic come after where a consumer is, as Kafka said when it last fetched something."""
    found: Counter[str] = Counter()
    for place in consumer.position(consumer.assignment()):
        _, end = consumer.get_watermark_offsets(place, cached=True)
        found[place.topic] += max(0, end - place.offset) if place.offset >= 0 else 0
    return found
