"""What everyone sees of events: lists, pages, feeds."""
