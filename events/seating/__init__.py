"""Who sits where: the plan for staff, and cards for the tables."""
