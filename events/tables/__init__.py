"""Tables of friends, and the seating plan."""
