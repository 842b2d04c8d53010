"""Thin mains: they read settings, choose technologies, compose hosts and wait. They decide nothing."""
