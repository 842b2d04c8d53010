"""How one Central comes to its provider of payments."""
