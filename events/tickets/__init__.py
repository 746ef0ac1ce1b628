"""One ticket: its page, its paper, its guest, its way to others."""
