"""Placing and settling an order, and its receipt."""
