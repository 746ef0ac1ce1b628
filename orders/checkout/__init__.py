"""Placing and settling orders, and their receipts."""
