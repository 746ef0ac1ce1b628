"""Imports, duplicates, merges, and how each is undone."""
