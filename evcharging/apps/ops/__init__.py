"""What operators run besides the network: audit, backup, restore, moving a ledger."""
