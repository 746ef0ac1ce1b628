"""The member area."""
