"""The whole network in one process: what `evcharging run` composes."""
