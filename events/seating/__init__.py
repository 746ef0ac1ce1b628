"""Who sits where: the seating plan for staff, and place cards."""
