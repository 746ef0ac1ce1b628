"""Caching, limits, sessions and assets."""
