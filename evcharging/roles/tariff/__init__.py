"""What is decided about published tariffs."""
