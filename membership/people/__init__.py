"""People and their households."""
