"""Thin mains: they read settings, choose technologies, compose hosts and wait. They decide nothing."""

from evcharging.apps.shell.machine import need_memory, open_streams

# Before any library is loaded: some abort the process where memory is short, or a standard stream is closed.
open_streams()
need_memory()
