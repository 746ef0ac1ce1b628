"""One ticket: its page, its PDF, its guest, and its transfers."""
