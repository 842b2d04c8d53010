"""How quickly years of history are read: a ledger that is made in bulk, every page and series over HTTP, and commits
beside readers. `python -m benchmarks.history`"""
