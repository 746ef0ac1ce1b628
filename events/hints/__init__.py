"""Hints: written ahead, shown one by one, e-mailed to guests who asked."""
