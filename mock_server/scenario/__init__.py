"""Scenario files: what the business does, what the user does, how the clock moves, what must come (INTERFACE)."""
