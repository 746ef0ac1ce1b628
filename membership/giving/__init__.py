"""Gifts, funds, acknowledgments, statements."""
