"""Caching, limits, sessions, assets."""
