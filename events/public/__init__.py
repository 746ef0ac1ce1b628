"""What everybody sees of events: lists, pages, feeds."""
