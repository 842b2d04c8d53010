"""Backups: made while everything runs, kept in one checked file, and put back."""
