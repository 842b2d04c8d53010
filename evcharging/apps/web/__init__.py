"""The web server that Central runs on: connections that are bounded, and what is said where no route answers."""
