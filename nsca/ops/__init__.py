"""Backups, health, logs, the audit, and retention."""
