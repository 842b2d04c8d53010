"""The charging-point engine: it obeys Central, and meters what a supply draws."""
