"""Who asks, over HTTP and WebSocket, and what that one may do."""
