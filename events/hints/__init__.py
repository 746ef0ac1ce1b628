"""Hints: written ahead, shown one by one, mailed to who asked."""
