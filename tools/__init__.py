"""What developers run beside the project's own programs."""
