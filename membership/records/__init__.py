"""Imports, possible duplicates, merges, and how each is undone."""
