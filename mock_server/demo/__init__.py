"""The whole story in ten seconds, played against a running sandbox with a real receiver."""
