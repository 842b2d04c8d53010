"""What is decided about webhooks."""
