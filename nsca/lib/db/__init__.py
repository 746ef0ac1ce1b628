"""What databases do differently."""
