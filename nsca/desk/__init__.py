"""The admin: its site, its first page, its settings."""
