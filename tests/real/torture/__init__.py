"""Real programs over a real Kafka and PostgreSQL, killed and paused at random, and an audit of what is left of it."""
