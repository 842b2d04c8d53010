"""EV Central: the role's host, the dashboard and its HTTP API, and the door for monitors' links."""
