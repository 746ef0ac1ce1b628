"""Leaks and losses that a colleague might commit one day; the suite has to see each of them."""
