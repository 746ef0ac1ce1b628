"""The evening: links, scans, lists, sales at the door, the kitchen."""
