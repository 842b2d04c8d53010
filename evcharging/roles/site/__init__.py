"""What is decided and counted for sites."""
