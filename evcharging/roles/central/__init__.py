"""EV Central's decisions for one shard of charging points: one file a concern, `central.py` hands each message on."""
