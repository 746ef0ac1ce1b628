"""The door: links, scans, lists, walk-up sales, the caterer's sheet."""
