"""Real programs over a real Kafka, secured, and everything that a thief could try to get in or to be believed."""
