"""Backups, health, logs, the audit, and what is forgotten when."""
