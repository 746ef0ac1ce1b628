"""Tables of friends."""
