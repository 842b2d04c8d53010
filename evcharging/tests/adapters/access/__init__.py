"""Passwords, tokens and files with keys."""
