"""Tickets that go back: by when, and what becomes of the seat."""
