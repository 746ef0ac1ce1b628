"""Whom a private link lets in, and what such a page may keep."""
