"""Joining, renewing, and renewing automatically."""
