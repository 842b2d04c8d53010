"""The ledger in a SQL database, SQLite or PostgreSQL: `store` is the whole of it, each other file one part."""
