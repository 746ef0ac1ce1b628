"""Reminders that a membership ends."""
