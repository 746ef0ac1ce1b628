"""Codes, secret links, and encryption at rest."""
