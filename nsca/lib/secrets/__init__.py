"""Codes, keyed links, and what is sealed at rest."""
