"""A provider of payments as real ones are, simulated: it declines, forgets, answers late or not at all."""
