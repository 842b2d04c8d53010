"""The audit: a ledger recomputed from its facts, and held against the journals. Writes nothing."""
