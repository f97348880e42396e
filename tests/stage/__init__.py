"""A sandbox on a stage: real rooms, a machine clock that is moved by hand, and receivers that follow a script."""
