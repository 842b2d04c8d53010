"""A bus on Apache Kafka: `bus` is the whole of it, each other file one part.
`docs/decisions/0004-kafka-bus.md` says why it is so."""
