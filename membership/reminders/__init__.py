"""Renewal reminders."""
