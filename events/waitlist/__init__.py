"""The waitlist: entries and offers."""
